using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// Access tokens for a service account's key (a signed assertion, RFC 7523), for the refresh token of Google's default credentials, or for another identity provider's token. The key is kept in the place of the refresh token, as one line of PKCS #8: it is
/// what a new access token is had for, and so is encrypted, masked and renewed like one. None of them is spent by its use.
/// </summary>
/// <param name="identities">Exchanges tokens of other identity providers.</param>
internal sealed class VertexTokens(WorkloadIdentityTokens identities) : ITokenRefresher
{
    /// <summary>What people call the vendor.</summary>
    public const string Vendor = "Google";

    /// <summary>The service account that a key is of; absent for a refresh token.</summary>
    public const string EmailExtra = "client-email";

    /// <summary>The id of the key.</summary>
    public const string KeyIdExtra = "key-id";

    /// <summary>The client id that a refresh token was given to.</summary>
    public const string ClientIdExtra = "client-id";

    /// <summary>That client's secret.</summary>
    public const string ClientSecretExtra = "client-secret";

    /// <summary>The provider of an identity pool whose tokens are exchanged; absent for a key and a refresh token.</summary>
    public const string PoolExtra = "identity-provider";

    /// <summary>Google takes assertions of an hour at most.</summary>
    private static readonly TimeSpan AssertionLife = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public bool SpendsNothing => true;

    /// <inheritdoc/>
    public Task<TokenRefresh> RefreshAsync(Account account, OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken) => RenewAsync(credential, vendor, cancellationToken);

    /// <summary>Has an access token.</summary>
    public async Task<TokenRefresh> RenewAsync(OAuthCredential credential, VendorContext vendor, CancellationToken cancellationToken)
    {
        var settings = vendor.SettingsAs<VertexSettings>();
        if (credential.Extra.ContainsKey(PoolExtra))
            return WorkloadIdentity.Unpack(credential.RefreshToken ?? "") is { } identity ? await identities.RenewAsync(identity, credential, vendor, cancellationToken) : TokenRefresh.Refused("the account's identity is none that can be read");
        if (FormOf(credential, settings, vendor.Time.GetUtcNow()) is not { } form) return TokenRefresh.Refused("the account's key is none that can be read");
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.TokenUrl) { Content = new FormUrlEncodedContent(form) };
        var answer = await RefreshGrant.SendAsync(vendor, request, credential, Vendor, cancellationToken);
        // "Invalid JWT: Token must be a short-lived token … Check your iat and exp values": our clock is wrong, the key is not.
        var isClock = answer.Outcome == TokenRefreshOutcome.Refused && answer.Reason?.Contains("short-lived token", StringComparison.Ordinal) == true;
        return isClock || answer.Outcome == TokenRefreshOutcome.Failed ? TokenRefresh.Failed(answer.Reason ?? "", mayHaveSpent: false, answer.RetryAfter) : answer;
    }

    private static KeyValuePair<string, string>[]? FormOf(OAuthCredential credential, VertexSettings settings, DateTimeOffset now)
    {
        var secret = credential.RefreshToken ?? "";
        if (!credential.Extra.TryGetValue(EmailExtra, out var email))
        {
            return
            [
                new("grant_type", "refresh_token"), new("refresh_token", secret), new("client_id", credential.Extra.GetValueOrDefault(ClientIdExtra, "")),
                new("client_secret", credential.SecretExtra.GetValueOrDefault(ClientSecretExtra, "")),
            ];
        }

        using var key = RSA.Create();
        try
        {
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(secret), out _);
        }
        catch (Exception ex) when (ex is FormatException or CryptographicException)
        {
            return null;
        }

        return [new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", Assertion(key, email, credential.Extra.GetValueOrDefault(KeyIdExtra), settings, now))];
    }

    private static string Assertion(RSA key, string email, string? keyId, VertexSettings settings, DateTimeOffset now)
    {
        var head = Encoded(json =>
        {
            json.WriteString("alg", "RS256");
            json.WriteString("typ", "JWT");
            if (keyId is not null) json.WriteString("kid", keyId);
        });
        var claims = Encoded(json =>
        {
            json.WriteString("iss", email);
            json.WriteString("scope", settings.Scope);
            json.WriteString("aud", settings.TokenUrl);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + AssertionLife).ToUnixTimeSeconds());
        });
        var text = $"{head}.{claims}";
        return $"{text}.{Base64Url.EncodeToString(key.SignData(System.Text.Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static string Encoded(Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(bytes.ToArray());
    }
}
