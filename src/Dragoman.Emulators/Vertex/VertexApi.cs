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
/// Google's token endpoint for service accounts and default credentials, and Vertex AI's paths for Gemini and Claude, below <c>/vertex</c>. <c>GET /vertex/_key/PROJECT</c> makes a service account with a key and gives
/// its file; the assertion's signature, audience, scope and times are verified with it. A person's refresh token is <c>1//vertex-PROJECT</c>. A token serves its own project only; <c>disabled…</c> has not enabled the
/// service. Tokens of other identity providers are exchanged below <c>/vertex/sts</c> and <c>/vertex/iam</c> (<see cref="VertexFederation"/>). A token <c>ya29.vertex-NAME</c> is good without a grant, for any project.
/// </summary>
internal sealed class VertexApi : IProviderApi
{
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private const string KnownToken = "ya29.vertex-";

    private static readonly HashSet<string> Locations = new(StringComparer.Ordinal) { "global", "us", "eu", "us-central1", "europe-west4" };

    private readonly GeminiApi _gemini = new();
    private readonly VertexClaude _claude = new();
    private readonly VertexFederation _federation = new();
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
            case { Method: "GET", Segments: [_, "_subject", var pool] }:
                return _federation.Give(pool, call, now);
            case { IsPost: true, Segments: [_, "sts", "v1", "token"] }:
                return _federation.Exchange(call, _tokens, now, request.Options.Seed);
            case { IsPost: true, Segments: [_, "iam", "v1", "projects", "-", "serviceAccounts", var last] }:
                return VertexFederation.Impersonate(last, call, _tokens, now, request.Options.Seed);
            case { IsPost: true, Segments: [_, "token"] }:
                var owner = Grant(call, now);
                return Reply.Json(new JsonObject { ["access_token"] = _tokens.Begin(owner, "google", now, request.Options.Seed).Access, ["expires_in"] = _tokens.AccessSeconds, ["token_type"] = "Bearer" });
            case { Method: "GET", Segments: [_, "v1beta1", "publishers", "google" or "anthropic", "models"] }:
                Authenticate(call, now);
                return VertexModelGarden.List(call.Segments[3]);
            case { IsPost: true, Segments: [_, "v1", "projects", var project, "locations", var location, "publishers", "google" or "anthropic", "models", var last] }:
                Admit(call, project, location, now);
                return call.Segments[7] == "google" ? Serve(call, request, project, location, last) : _claude.Answer(call, request, last, $"projects/{project}/locations/{location}");
            default:
                throw new Refusal(404, "Requested entity was not found.");
        }
    }

    public Reply Error(Call call, Refusal refusal)
    {
        if (call.Segments is [_, "token"] or [_, "sts", ..]) return Reply.Json(new JsonObject { ["error"] = refusal.Code ?? "invalid_request", ["error_description"] = refusal.Message }, refusal.Status);
        return VertexClaude.IsClaude(call) && refusal.Code is null && refusal.Status != 404 ? _claude.Error(call, refusal) : _gemini.Error(call, refusal);
    }

    /// <summary>Whose token a call carries; null for one of nobody's project.</summary>
    private string? Authenticate(Call call, DateTimeOffset now)
    {
        if (call.Bearer?.StartsWith(KnownToken, StringComparison.Ordinal) == true && !call.Bearer.StartsWith(KnownToken + "invalid", StringComparison.Ordinal)) return null;
        return _tokens.Find(call.Bearer, now) is (var owner, AccessState.Good) ? owner
            : throw new Refusal(401, "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", code: "ACCESS_TOKEN_TYPE_UNSUPPORTED");
    }

    private void Admit(Call call, string project, string location, DateTimeOffset now)
    {
        if (Authenticate(call, now) is { } owner && owner != project && owner != VertexFederation.OwnerOf("direct-" + project) || !Locations.Contains(location))
            throw new Refusal(403, $"Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform.googleapis.com/projects/{project}/locations/{location}' (or it may not exist).", code: "IAM_PERMISSION_DENIED");
        if (project.StartsWith("disabled", StringComparison.Ordinal)) throw new Refusal(403, $"Vertex AI API has not been used in project {project} before or it is disabled.", code: "SERVICE_DISABLED");
    }

    private Reply Serve(Call call, RequestContext request, string project, string location, string last)
    {
        if (last.Split(':') is not [var model, "generateContent" or "streamGenerateContent" or "countTokens"]) throw new Refusal(404, "Requested entity was not found.");
        if (model.StartsWith("missing-", StringComparison.Ordinal))
            throw new Refusal(404, $"Publisher Model `projects/{project}/locations/{location}/publishers/google/models/{model}` was not found or your project does not have access to it.");
        if (call.Json?.ContainsKey("generateContentRequest") == true)
            throw new Refusal(400, "Invalid JSON payload received. Unknown name \"generateContentRequest\": Cannot find field.");
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
