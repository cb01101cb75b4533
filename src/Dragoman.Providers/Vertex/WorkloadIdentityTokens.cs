using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// Exchanges another identity provider's token at Google's token service (RFC 8693), and that where the file wants it for one of a service account. Nothing is spent, and nothing is refused for good: what the other
/// provider gives changes, and so do the rights at Google.
/// </summary>
/// <param name="subjects">Has the other provider's token.</param>
internal sealed class WorkloadIdentityTokens(SubjectTokens subjects)
{
    /// <summary>The scope with which a service account may be impersonated.</summary>
    private const string CloudScope = "https://www.googleapis.com/auth/cloud-platform";

    /// <summary>Has an access token.</summary>
    public async Task<TokenRefresh> RenewAsync(WorkloadIdentity identity, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<VertexSettings>();
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, settings.StsUrl)
            {
                Content = new FormUrlEncodedContent(FormOf(identity, await subjects.ReadAsync(identity, vendor, cancellationToken), settings)),
            };
            var answer = await RefreshGrant.SendAsync(vendor, request, credential, VertexTokens.Vendor, cancellationToken);
            if (answer.Credential is not { } federated) return TokenRefresh.Failed(answer.Reason ?? "", mayHaveSpent: false, answer.RetryAfter);
            return identity.ServiceAccount is { } account ? await ImpersonateAsync(account, identity, federated, vendor, cancellationToken) : answer;
        }
        catch (LoginException ex)
        {
            return TokenRefresh.Failed(ex.Message.TrimEnd('.'), mayHaveSpent: false);
        }
    }

    private static List<KeyValuePair<string, string>> FormOf(WorkloadIdentity identity, string subject, VertexSettings settings)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), new("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"), new("audience", identity.Audience),
            new("scope", identity.ServiceAccount is null ? settings.Scope : CloudScope), new("subject_token_type", identity.SubjectTokenType), new("subject_token", subject),
        ];
        if (identity.UserProject is { } project) form.Add(new("options", $"{{\"userProject\":{JsonSerializer.Serialize(project, WorkloadIdentityJson.Default.String)}}}"));
        return form;
    }

    private static async Task<TokenRefresh> ImpersonateAsync(string account, WorkloadIdentity identity, OAuthCredential federated, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<VertexSettings>();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{settings.IamUrl}/v1/projects/-/serviceAccounts/{account}:generateAccessToken")
        {
            Content = VendorJson.Body(writer =>
            {
                writer.WriteStartArray("scope");
                foreach (var scope in settings.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)) writer.WriteStringValue(scope);
                writer.WriteEndArray();
                writer.WriteString("lifetime", $"{identity.LifetimeSeconds.ToString(CultureInfo.InvariantCulture)}s");
            }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", federated.AccessToken);
        using var answer = await VendorJson.SendAsync(vendor.Http, request, VertexTokens.Vendor, cancellationToken);
        if (VendorJson.Text(answer.RootElement, "accessToken") is not { } token || !HeaderSafe.Check(token)) return TokenRefresh.Failed($"{VertexTokens.Vendor} answered without a token for {account}", mayHaveSpent: false);
        var end = DateTimeOffset.TryParse(VendorJson.Text(answer.RootElement, "expireTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : vendor.Time.GetUtcNow().AddSeconds(identity.LifetimeSeconds);
        return TokenRefresh.Renewed(federated with { AccessToken = token, Expires = end });
    }
}
