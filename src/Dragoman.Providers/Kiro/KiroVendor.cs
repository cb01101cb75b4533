using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols.Json;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>Questions to Kiro's and AWS's services beside the traffic, and what their answers have in common.</summary>
internal static class KiroVendor
{
    public const string Name = "Kiro";

    public const string Aws = "AWS";

    /// <summary>
    /// The user agent where the vendor goes by it: renewal at Kiro's own sign-in turns away who names no version of its interface, and usage is answered by that version (logins-2026-11 §5). The gateway's own
    /// name stands beside it.
    /// </summary>
    public static string UserAgentOf(KiroSettings settings, string machineId) => $"KiroIDE-{settings.InterfaceVersion}-{machineId} {Product.UserAgent}";

    /// <summary>64 digits that stand for the machine in that user agent: of the account's own making, so that no two accounts share them.</summary>
    public static string MachineIdOf(OAuthCredential credential)
        => KiroExtra.Of(credential, KiroExtra.MachineId) ?? TextDigest.Hex($"dragoman/kiro/{credential.AccountId ?? credential.RefreshToken ?? credential.AccessToken}");

    /// <summary>A request with JSON in it.</summary>
    public static HttpRequestMessage Post(string address, Action<Utf8JsonWriter> members) => new(HttpMethod.Post, address) { Content = VendorJson.Body(members) };

    /// <summary>A question to the service on behalf of an account.</summary>
    public static HttpRequestMessage Question(HttpMethod method, Uri address, OAuthCredential credential, KiroSettings settings)
    {
        var request = new HttpRequestMessage(method, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.AccessToken);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgentOf(settings, MachineIdOf(credential)));
        request.Headers.TryAddWithoutValidation("x-amzn-codewhisperer-optout", "true");
        if (KiroAuthenticator.TypeOf(credential) is { } type) request.Headers.TryAddWithoutValidation("tokentype", type);
        return request;
    }

    /// <summary>Sends a question. What the vendor refuses is an answer too.</summary>
    public static async Task<KiroAnswer> AskAsync(VendorContext vendor, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Accept.Count == 0) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await vendor.Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new KiroAnswer(response.StatusCode, Parse(body), body, RetryHints.Read(response.Headers, vendor.Time.GetUtcNow()));
    }

    /// <summary>The tokens in an answer of either sign-in, with what is known already; null where there are none.</summary>
    public static OAuthCredential? Tokens(JsonElement answer, OAuthCredential known, DateTimeOffset now)
    {
        if (VendorJson.Text(answer, "accessToken") is not { } access || !HeaderSafe.Check(access)) return null;
        var extra = new Dictionary<string, string>(known.Extra, StringComparer.Ordinal);
        // AWS's OIDC never says a profile: the one that is known stays.
        if (VendorJson.Text(answer, "profileArn") is { } arn && KiroAddress.RegionOf(arn) is not null) extra[KiroExtra.ProfileArn] = arn;
        return known with
        {
            AccessToken = access,
            RefreshToken = VendorJson.Text(answer, "refreshToken") ?? known.RefreshToken,
            IdToken = VendorJson.Text(answer, "idToken") ?? known.IdToken,
            Expires = VendorJson.Number(answer, "expiresIn") is > 0 and < 1e9 and var seconds ? now.AddSeconds(seconds) : null,
            Extra = extra,
        };
    }

    /// <summary>The tokens of a sign-in that has just been made.</summary>
    public static OAuthCredential NewTokens(KiroAnswer answer, Dictionary<string, string> extra, string? clientSecret, VendorContext vendor, string who)
    {
        var secrets = clientSecret is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [KiroExtra.ClientSecret] = clientSecret };
        var empty = new OAuthCredential { AccessToken = "", Extra = extra, SecretExtra = secrets };
        if (answer.Json is not { } json || Tokens(json, empty, vendor.Time.GetUtcNow()) is not { } credential) throw new LoginException($"{who} answered without tokens.");
        return credential;
    }

    /// <summary>Only web addresses are shown: what a vendor answers is opened in a browser.</summary>
    public static Uri? WebAddress(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address : null;

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What the vendor answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Json">The body, where it is a JSON object.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">How long the vendor wants to be left alone.</param>
internal sealed record KiroAnswer(HttpStatusCode Status, JsonElement? Json, byte[] Body, TimeSpan? RetryAfter)
{
    public int Code => (int)Status;

    public bool IsSuccess => Code is >= 200 and < 300;

    /// <summary>OAuth's code of a refusal.</summary>
    public string? Error => Json is { } json ? VendorJson.Text(json, "error") : null;

    /// <summary>The refusal in the vendor's words.</summary>
    public string Describe(string who) => $"{who} answered {Code}{VendorJson.WordsOf(Body)}";
}
