using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Bedrock;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Logins;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Emulators.Vertex;

/// <summary>
/// Google's token service for identity pools, the service accounts that they may impersonate, and an identity provider beside them: <c>GET /vertex/_subject/POOL</c> with <c>Metadata: True</c> gives a token of ten
/// minutes for a pool. A pool <c>direct-PROJECT</c> has the right itself; any other impersonates the service accounts of the project of its name. AWS's key is <c>AKIAEMULATEDSTS</c> with <c>emulated-aws-secret</c>.
/// </summary>
internal sealed partial class VertexFederation
{
    private const string AwsKey = "AKIAEMULATEDSTS";
    private const string AwsSecret = "emulated-aws-secret";
    private const string CloudScope = "https://www.googleapis.com/auth/cloud-platform";

    private readonly Lazy<RSA> _key = new(static () => RSA.Create(2048));

    /// <summary>Whose a token of a pool is.</summary>
    public static string OwnerOf(string pool) => $"pool:{pool}";

    public Reply Give(string pool, Call call, DateTimeOffset now)
    {
        if (call.Header("metadata") != "True") throw new Refusal(400, "Required metadata header not specified.");
        var claims = new JsonObject { ["iss"] = "https://identity.example", ["aud"] = pool, ["sub"] = "workload", ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddMinutes(10).ToUnixTimeSeconds() };
        var text = $"{Encode("""{"alg":"RS256","typ":"JWT"}""")}.{Encode(claims.ToJsonString())}";
        return Reply.Json(new JsonObject { ["access_token"] = $"{text}.{Base64Url.EncodeToString(_key.Value.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}", ["token_type"] = "Bearer" });
    }

    public Reply Exchange(Call call, TokenFamilies tokens, DateTimeOffset now, int seed)
    {
        var form = FormText.Read(call);
        string Need(string name) => form.GetValueOrDefault(name) is { Length: > 0 } value ? value : throw new Refusal(400, $"{name} is required", code: "invalid_request");
        if (Need("grant_type") != "urn:ietf:params:oauth:grant-type:token-exchange") throw new Refusal(400, "Invalid grant_type.", code: "unsupported_grant_type");
        if (Need("requested_token_type") != "urn:ietf:params:oauth:token-type:access_token") throw new Refusal(400, "Invalid requested_token_type.", code: "invalid_request");
        if (Need("scope") != CloudScope) throw new Refusal(400, "Some requested scopes cannot be shown.", code: "invalid_scope");
        if (Audience().Match(Need("audience")) is not { Success: true } audience) throw new Refusal(400, "Invalid value for \"audience\".", code: "invalid_target");
        var (pool, subject) = (audience.Groups["pool"].Value, Need("subject_token"));
        switch (Need("subject_token_type"))
        {
            case "urn:ietf:params:oauth:token-type:jwt":
                CheckToken(subject, pool, now);
                break;
            case "urn:ietf:params:aws:token-type:aws4_request":
                CheckAws(subject, audience.Value, now);
                break;
            default:
                throw new Refusal(400, "Invalid value for \"subject_token_type\".", code: "invalid_request");
        }

        return Reply.Json(new JsonObject
        {
            ["access_token"] = tokens.Begin(OwnerOf(pool), "sts", now, seed).Access, ["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token", ["token_type"] = "Bearer", ["expires_in"] = tokens.AccessSeconds,
        });
    }

    public static Reply Impersonate(string last, Call call, TokenFamilies tokens, DateTimeOffset now, int seed)
    {
        if (tokens.Find(call.Bearer, now) is not ({ } owner, AccessState.Good)) throw new Refusal(401, "Request had invalid authentication credentials.", code: "ACCESS_TOKEN_TYPE_UNSUPPORTED");
        if (last.Split(':') is not [var email, "generateAccessToken"]) throw new Refusal(404, "Requested entity was not found.");
        var project = email.EndsWith(".iam.gserviceaccount.com", StringComparison.Ordinal) ? email.Split('@')[^1].Split('.')[0] : "";
        if (owner != OwnerOf(project)) throw new Refusal(403, "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).", code: "IAM_PERMISSION_DENIED");
        var body = call.Json ?? throw new Refusal(400, "Invalid JSON payload received.");
        if (body["scope"] is not JsonArray { Count: > 0 } scopes || scopes.Any(scope => scope.Str() != CloudScope)) throw new Refusal(400, "Scope is invalid.");
        var seconds = tokens.AccessSeconds;
        if (body["lifetime"].Str() is { } lifetime && (!lifetime.EndsWith('s') || !int.TryParse(lifetime[..^1], CultureInfo.InvariantCulture, out seconds) || seconds is < 1 or > 3600))
            throw new Refusal(400, "The token lifetime is invalid: without a policy of the organization it is an hour at most.");
        return Reply.Json(new JsonObject
        {
            ["accessToken"] = tokens.Begin(project, "iam", now, seed).Access, ["expireTime"] = now.AddSeconds(Math.Min(seconds, tokens.AccessSeconds)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        });
    }

    private void CheckToken(string token, string pool, DateTimeOffset now)
    {
        if (token.Split('.') is not [var head, var body, var signature]) throw new Refusal(400, "Invalid subject token: not a JWT.", code: "invalid_request");
        if (!_key.Value.VerifyData(Encoding.ASCII.GetBytes($"{head}.{body}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            throw new Refusal(400, "The signature of the ID Token is invalid.", code: "invalid_grant");
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(body))!;
        if (claims["aud"].Str() != pool) throw new Refusal(400, "The audience in ID Token does not match the expected audience.", code: "invalid_grant");
        if (claims["exp"]!.GetValue<long>() <= now.ToUnixTimeSeconds()) throw new Refusal(400, "ID Token issued at is stale to sign-in.", code: "invalid_grant");
    }

    /// <summary>The question that AWS would be put: url, method and headers, as one escaped word of JSON.</summary>
    private static void CheckAws(string word, string audience, DateTimeOffset now)
    {
        Refusal Invalid(string why) => new(400, $"Invalid AWS subject token: {why}.", code: "invalid_grant");
        JsonNode? question;
        try
        {
            question = JsonNode.Parse(Uri.UnescapeDataString(word));
        }
        catch (JsonException)
        {
            throw Invalid("no JSON");
        }

        if (question?["url"].Str() is not { } url || !Uri.TryCreate(url, UriKind.Absolute, out var at) || !AwsHost().IsMatch(at.Host) || at.Query != "?Action=GetCallerIdentity&Version=2011-06-15") throw Invalid("the url is none of AWS's");
        var headers = new HeaderDictionary();
        foreach (var header in question["headers"] as JsonArray ?? []) headers[header?["key"].Str() ?? ""] = header?["value"].Str();
        var call = new Call(question["method"].Str() ?? "", "/" + at.Query, headers, []);
        if (call.Header("x-goog-cloud-target-resource") != audience || call.Header("host") != at.Host || !call.IsPost) throw Invalid("it is for somebody else");
        if (!DateTimeOffset.TryParseExact(call.Header("x-amz-date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || (now - time).Duration() > TimeSpan.FromMinutes(15)) throw Invalid("it has expired");
        if (!AwsCredentials.IsSigned(call, "sts", AwsKey, AwsSecret, "x-goog-cloud-target-resource")) throw Invalid("AWS does not take the signature");
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"^//iam\.googleapis\.com/projects/\d+/locations/global/workloadIdentityPools/(?<pool>[a-z0-9-]+)/providers/[a-z0-9-]+$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Audience();

    [GeneratedRegex(@"^sts\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex AwsHost();
}
