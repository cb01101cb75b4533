using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Gemini;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Logins;

namespace Dragoman.Emulators.Vertex;

/// <summary>
/// Google's token endpoint for service accounts and default credentials, and Vertex AI's Gemini paths, below <c>/vertex</c>. <c>GET /vertex/_key/PROJECT</c> makes a service account with a key and gives its file; the
/// assertion's signature, audience, scope and times are verified with it. A person's refresh token is <c>1//vertex-PROJECT</c>. A token serves its own project only; <c>disabled…</c> has not enabled the service.
/// </summary>
internal sealed class VertexApi : IProviderApi
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private static readonly HashSet<string> Locations = new(StringComparer.Ordinal) { "global", "us", "eu", "us-central1", "europe-west4" };

    private readonly GeminiApi _gemini = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (RSA Key, string Id)> _keys = new(StringComparer.Ordinal);
    private readonly TokenFamilies _tokens = new("ya29.c.", "1//", TimeSpan.FromHours(1), null);

    public void Clear()
    {
        _tokens.Clear();
        lock (_gate)
        {
            foreach (var (key, _) in _keys.Values) key.Dispose();
            _keys.Clear();
        }
    }

    public string? ModelOf(Call call) => call.Segments is [_, _, _, _, _, _, _, _, _, var last] ? last.Split(':')[0] : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        switch (call)
        {
            case { Method: "GET", Segments: [_, "_key", var project] }:
                return MakeKey(project, call);
            case { IsPost: true, Segments: [_, "_expire"] }:
                _tokens.Expire();
                return Reply.Json(new JsonObject());
            case { IsPost: true, Segments: [_, "token"] }:
                var owner = Grant(call, now);
                return Reply.Json(new JsonObject { ["access_token"] = _tokens.Begin(owner, "google", now, request.Options.Seed).Access, ["expires_in"] = _tokens.AccessSeconds, ["token_type"] = "Bearer" });
            case { IsPost: true, Segments: [_, "v1", "projects", var project, "locations", var location, "publishers", "google", "models", var last] }:
                return Serve(call, request, project, location, last, now);
            default:
                throw new Refusal(404, "Requested entity was not found.");
        }
    }

    public Reply Error(Call call, Refusal refusal) => call.Segments is [_, "token"]
        ? Reply.Json(new JsonObject { ["error"] = refusal.Code ?? "invalid_request", ["error_description"] = refusal.Message }, refusal.Status)
        : _gemini.Error(call, refusal);

    private Reply Serve(Call call, RequestContext request, string project, string location, string last, DateTimeOffset now)
    {
        if (_tokens.Find(call.Bearer, now) is not (var owner, AccessState.Good))
            throw new Refusal(401, "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", code: "ACCESS_TOKEN_TYPE_UNSUPPORTED");
        if (owner != project || !Locations.Contains(location))
            throw new Refusal(403, $"Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/{project}/locations/{location}' (or it may not exist).", code: "IAM_PERMISSION_DENIED");
        if (project.StartsWith("disabled", StringComparison.Ordinal)) throw new Refusal(403, $"Vertex AI API has not been used in project {project} before or it is disabled.", code: "SERVICE_DISABLED");
        if (last.Split(':') is not [var model, "generateContent" or "streamGenerateContent"]) throw new Refusal(404, "Requested entity was not found.");
        if (model.StartsWith("missing-", StringComparison.Ordinal))
            throw new Refusal(404, $"Publisher Model `projects/{project}/locations/{location}/publishers/google/models/{model}` was not found or your project does not have access to it.");
        if (call.Json?["contents"] is JsonArray contents && contents.Any(content => content is JsonObject item && item["role"].Str() is not ("user" or "model" or "function")))
            throw new Refusal(400, "Please use a valid role: user, model.");
        var alt = call.Query.GetValueOrDefault("alt") is { } form ? $"?alt={form}" : "";
        return _gemini.Answer(new Call("POST", $"/v1beta/models/{Uri.EscapeDataString(model)}:{last.Split(':')[1]}{alt}", call.Headers, call.Body), request);
    }

    private Reply MakeKey(string project, Call call)
    {
        var (email, key) = ($"gateway@{project}.iam.gserviceaccount.com", RSA.Create(2048));
        string id;
        lock (_gate)
        {
            id = $"key-{_keys.Count + 1}";
            _keys[email] = (key, id);
        }

        return Reply.Json(new JsonObject
        {
            ["type"] = "service_account", ["project_id"] = project, ["private_key_id"] = id, ["private_key"] = key.ExportPkcs8PrivateKeyPem(), ["client_email"] = email, ["client_id"] = $"1000{project.Length}",
            ["token_uri"] = TokenUrl(call), ["universe_domain"] = "googleapis.com",
        });
    }

    /// <summary>Whose token it becomes: a project's.</summary>
    private string Grant(Call call, DateTimeOffset now)
    {
        var form = FormText.Read(call);
        switch (form.GetValueOrDefault("grant_type"))
        {
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                return Verify(form.GetValueOrDefault("assertion") ?? "", call, now);
            case "refresh_token":
                if (form.GetValueOrDefault("client_id") != "adc-client" || form.GetValueOrDefault("client_secret") != "adc-secret") throw new Refusal(401, "The OAuth client was not found.", code: "invalid_client");
                const string known = "1//vertex-";
                if (form.GetValueOrDefault("refresh_token") is not { } token || !token.StartsWith(known, StringComparison.Ordinal)) throw new Refusal(400, "Token has been expired or revoked.", code: "invalid_grant");
                return token[known.Length..];
            default:
                throw new Refusal(400, "Invalid grant_type.", code: "unsupported_grant_type");
        }
    }

    private string Verify(string assertion, Call call, DateTimeOffset now)
    {
        if (assertion.Split('.') is not [var head, var claims, var signature]) throw new Refusal(400, "Invalid JWT: not three parts.", code: "invalid_grant");
        var (header, body) = (Part(head), Part(claims));
        if (header["alg"].Str() != "RS256") throw new Refusal(400, "Invalid JWT: unsupported algorithm.", code: "invalid_grant");
        var email = body["iss"].Str() ?? "";
        lock (_gate)
        {
            if (!_keys.TryGetValue(email, out var known)) throw new Refusal(400, "Invalid grant: account not found", code: "invalid_grant");
            if (header["kid"].Str() is { } id && id != known.Id) throw new Refusal(400, "Invalid JWT Signature.", code: "invalid_grant");
            if (!known.Key.VerifyData(Encoding.ASCII.GetBytes($"{head}.{claims}"), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
                throw new Refusal(400, "Invalid JWT Signature.", code: "invalid_grant");
        }

        if (body["aud"].Str() != TokenUrl(call)) throw new Refusal(400, "Invalid JWT: Failed audience check.", code: "invalid_grant");
        if (body["scope"].Str() != Scope) throw new Refusal(400, "Invalid OAuth scope or ID token audience provided.", code: "invalid_scope");
        var (from, to) = (body["iat"]!.GetValue<long>(), body["exp"]!.GetValue<long>());
        var seconds = now.ToUnixTimeSeconds();
        if (to - from is < 1 or > 3600 || from > seconds + 300 || to <= seconds)
            throw new Refusal(400, "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.", code: "invalid_grant");
        return email.Split('@')[1].Split('.')[0];
    }

    private static JsonObject Part(string text) => JsonNode.Parse(Base64Url.DecodeFromChars(text))!.AsObject();

    private static string TokenUrl(Call call) => $"http://{call.Header("host")}/vertex/token";
}
