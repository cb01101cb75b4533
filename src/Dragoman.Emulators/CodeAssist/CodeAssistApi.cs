using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Gemini;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Logins;

namespace Dragoman.Emulators.CodeAssist;

/// <summary>
/// Google for people with a Code Assist licence, below <c>/google</c>: the page that a person consents at (<c>emulated_user=NAME</c>), tokens, which want the application's secret, userinfo, revocation, and the service
/// itself, whose envelope takes known names only. Names: <c>personal…</c> has no licence, <c>new…</c> was never set up, <c>spent…</c> has used up a model, <c>unverified…</c> has to be verified; a token
/// <c>ya29-login-NAME</c> is one of a login.
/// </summary>
internal sealed class CodeAssistApi : IProviderApi
{
    private const string ClientId = "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com";
    private const string Secret = "emulated-secret";
    private const string KnownToken = "ya29-login-";

    private static readonly HashSet<string> EnvelopeNames = new(StringComparer.Ordinal) { "model", "project", "user_prompt_id", "request", "enabled_credit_types" };

    private static readonly HashSet<string> RequestNames = new(StringComparer.Ordinal)
        { "contents", "systemInstruction", "cachedContent", "tools", "toolConfig", "labels", "safetySettings", "generationConfig", "session_id" };

    private readonly GeminiApi _gemini = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _setUp = new(StringComparer.Ordinal);
    private readonly HashSet<string> _revoked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _issued = new(StringComparer.Ordinal);

    public AuthorizationCodes Codes { get; } = new();

    public TokenFamilies Tokens { get; } = new("ya29.", "1//", TimeSpan.FromHours(1), null);

    public void Clear()
    {
        Codes.Clear();
        Tokens.Clear();
        lock (_gate)
        {
            _setUp.Clear();
            _revoked.Clear();
            _issued.Clear();
        }
    }

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        return call switch
        {
            { Method: "GET", Segments: [_, "o", "oauth2", "v2", "auth"] } => Consent(call, request, now),
            { Method: "GET", Segments: [_, "authcode"] } => new Reply { ContentType = "text/html; charset=utf-8", Frames = [new Frame(Encoding.UTF8.GetBytes($"<!doctype html><title>Emulated Google</title><p>{call.Query.GetValueOrDefault("code")}</p>"))] },
            { IsPost: true, Segments: [_, "token"] } => Token(call, request, now),
            { IsPost: true, Segments: [_, "revoke"] } => Revoke(call),
            { IsPost: true, Segments: [_, "_revoke" or "_expire"] } => Control(call.Segments[1] == "_revoke"),
            { Method: "GET", Segments: [_, "oauth2", "v1", "userinfo"] } => User(PersonOf(call, now)),
            { Method: "GET", Segments: [_, "v1internal", "operations", var person] } => Operation(person, PersonOf(call, now)),
            { IsPost: true, Segments: [_, var method] } when method.StartsWith("v1internal:", StringComparison.Ordinal) => Serve(method["v1internal:".Length..], call, request, PersonOf(call, now), now),
            _ => throw new Refusal(404, "Requested entity was not found."),
        };
    }

    public Reply Error(Call call, Refusal refusal) => call.Segments is [_, "token" or "revoke"]
        ? Reply.Json(new JsonObject { ["error"] = refusal.Code ?? "invalid_request", ["error_description"] = refusal.Message }, refusal.Status)
        : _gemini.Error(call, refusal);

    private Reply Consent(Call call, RequestContext request, DateTimeOffset now)
    {
        string? Ask(string name) => call.Query.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (Ask("client_id") != ClientId || Ask("response_type") != "code") throw new Refusal(400, "The OAuth client was not found.");
        if (Ask("redirect_uri") is not { } redirect || !(redirect == $"http://{call.Header("host")}/google/authcode" || (Uri.TryCreate(redirect, UriKind.Absolute, out var at) && at is { Scheme: "http", Host: "127.0.0.1", AbsolutePath: "/oauth2callback" })))
            throw new Refusal(400, "redirect_uri_mismatch");
        if (Ask("access_type") != "offline" || Ask("scope")?.Contains("cloud-platform", StringComparison.Ordinal) != true) throw new Refusal(400, "invalid_scope");
        if (Ask("code_challenge") is not { } challenge || Ask("code_challenge_method") != "S256" || Ask("state") is not { } state) throw new Refusal(400, "PKCE and a state are required.");
        var code = Codes.Issue(Ask("emulated_user") ?? "business", ClientId, redirect, null, challenge, now, request.Options.Seed);
        return new Reply { Status = 302, ContentType = "text/html", Frames = [new Frame("<p>Authorized.</p>"u8.ToArray())] }.With("location", $"{redirect}?state={Uri.EscapeDataString(state)}&code={code}");
    }

    private Reply Token(Call call, RequestContext request, DateTimeOffset now)
    {
        var form = FormText.Read(call);
        var client = form.GetValueOrDefault("client_id");
        if (client != ClientId) throw new Refusal(401, "The OAuth client was not found.", code: "invalid_client");
        if (form.GetValueOrDefault("client_secret") != Secret) throw new Refusal(401, "The provided client secret is invalid.", code: "invalid_client");
        switch (form.GetValueOrDefault("grant_type"))
        {
            case "authorization_code":
                var person = Codes.Redeem(form.GetValueOrDefault("code"), client, form.GetValueOrDefault("redirect_uri"), null, form.GetValueOrDefault("code_verifier"), now) ?? throw new Refusal(400, "Malformed auth code.", code: "invalid_grant");
                var (access, _) = Tokens.Begin(person, ClientId, now, request.Options.Seed);
                return Issued(access, person, withRefresh: true);
            case "refresh_token":
                // Google's refresh tokens say whose they are here, because they are good more than once.
                if (form.GetValueOrDefault("refresh_token") is not { } token || !token.StartsWith("1//of-", StringComparison.Ordinal) || IsRevoked(token)) throw new Refusal(400, "Token has been expired or revoked.", code: "invalid_grant");
                var owner = token["1//of-".Length..];
                return Issued(Tokens.Begin(owner, ClientId, now, request.Options.Seed).Access, owner, withRefresh: false);
            default:
                throw new Refusal(400, "Invalid grant_type.", code: "unsupported_grant_type");
        }
    }

    private Reply Issued(string access, string person, bool withRefresh)
    {
        var answer = new JsonObject { ["access_token"] = access, ["expires_in"] = Tokens.AccessSeconds, ["token_type"] = "Bearer", ["scope"] = "https://www.googleapis.com/auth/cloud-platform" };
        if (withRefresh)
        {
            var token = $"1//of-{person}";
            answer["refresh_token"] = token;
            lock (_gate)
            {
                _issued.Add(token);
                _revoked.Remove(token);
            }
        }

        return Reply.Json(answer);
    }

    private Reply Revoke(Call call)
    {
        var token = FormText.Read(call).GetValueOrDefault("token") ?? "";
        if (!token.StartsWith("1//of-", StringComparison.Ordinal)) throw new Refusal(400, "Token expired or revoked", code: "invalid_token");
        lock (_gate) _revoked.Add(token);
        return Reply.Json(new JsonObject());
    }

    private bool IsRevoked(string token)
    {
        lock (_gate) return _revoked.Contains(token);
    }

    private static Reply User(string person) => Reply.Json(new JsonObject { ["id"] = $"10{person.Sum(letter => (long)letter)}", ["email"] = $"{person}@example.com", ["verified_email"] = true });

    /// <summary>What a test does to all logins: their access tokens end, or they themselves; a login that is made later is good again.</summary>
    private Reply Control(bool revokes)
    {
        Tokens.Expire();
        lock (_gate)
            if (revokes) _revoked.UnionWith(_issued);
        return Reply.Json(new JsonObject { ["done"] = true });
    }

    private Reply Serve(string method, Call call, RequestContext request, string person, DateTimeOffset now)
    {
        var body = call.Json ?? throw new Refusal(400, "Invalid JSON payload received.");
        switch (method)
        {
            case "loadCodeAssist": return Reply.Json(Load(person));
            case "onboardUser": return Reply.Json(Onboard(body, person));
            case "retrieveUserQuota": return Reply.Json(Quota(now));
            case "countTokens":
                OnlyKnown(body, ["request"], "");
                var counted = body["request"] as JsonObject ?? throw new Refusal(400, "request is required");
                OnlyKnown(counted, ["model", "contents"], "request.");
                return Retargeted(counted["model"].Str()?["models/".Length..] ?? "", "countTokens", new JsonObject { ["contents"] = counted["contents"]?.DeepClone() }, call, request);
        }

        if (method is not ("generateContent" or "streamGenerateContent")) throw new Refusal(404, "Requested entity was not found.");
        OnlyKnown(body, EnvelopeNames, "");
        var model = body["model"].Str() ?? throw new Refusal(400, "model is required");
        if (body["project"] is { } project && project.Str() is not { Length: > 0 }) throw new Refusal(400, "project must not be empty");
        var inner = body["request"] as JsonObject ?? throw new Refusal(400, "request is required");
        OnlyKnown(inner, RequestNames, "request.");
        if (person.StartsWith("unverified", StringComparison.Ordinal)) throw new Refusal(403, "Verify your account to continue: https://accounts.google.com/verify", code: "VALIDATION_REQUIRED");
        if (person.StartsWith("spent", StringComparison.Ordinal)) throw new Refusal(429, "You have exhausted your capacity on this model. Your quota will reset after 2h1m1s.", code: "QUOTA_EXHAUSTED");
        return Wrapped(Retargeted(model, method, inner, call, request));
    }

    private Reply Retargeted(string model, string method, JsonObject body, Call call, RequestContext request)
        => _gemini.Answer(new Call("POST", $"/v1beta/models/{Uri.EscapeDataString(model)}:{method}{(call.Query.GetValueOrDefault("alt") is { } alt ? $"?alt={alt}" : "")}", call.Headers, JsonExtensions.Bytes(body)), request);

    /// <summary>Every body, whole or of an event, with the service's wrapping around it.</summary>
    private static Reply Wrapped(Reply reply)
    {
        byte[] Wrap(byte[] bytes)
        {
            var text = Encoding.UTF8.GetString(bytes);
            var isEvent = text.StartsWith("data: ", StringComparison.Ordinal);
            var json = JsonNode.Parse(isEvent ? text["data: ".Length..].Trim() : text)!;
            var wrapped = new JsonObject { ["response"] = json, ["traceId"] = "trace-1" };
            return isEvent ? JsonExtensions.Sse(null, wrapped) : JsonExtensions.Bytes(wrapped);
        }

        return new Reply
        {
            Status = reply.Status, ContentType = reply.ContentType, Streamed = reply.Streamed, ErrorFrame = reply.ErrorFrame, Frames = [.. reply.Frames.Select(frame => new Frame(Wrap(frame.Bytes), frame.Delay))],
        };
    }

    private JsonObject Load(string person)
    {
        var tiers = new JsonArray(new JsonObject { ["id"] = "standard-tier", ["isDefault"] = true, ["userDefinedCloudaicompanionProject"] = true });
        if (person.StartsWith("personal", StringComparison.Ordinal))
        {
            return new JsonObject
            {
                ["allowedTiers"] = new JsonArray(new JsonObject { ["id"] = "free-tier", ["isDefault"] = true }),
                ["ineligibleTiers"] = new JsonArray(new JsonObject { ["reasonCode"] = "INELIGIBLE_ACCOUNT", ["reasonMessage"] = "This client is no longer supported for Gemini Code Assist for individuals." }),
            };
        }

        lock (_gate)
            if (person.StartsWith("new", StringComparison.Ordinal) && !_setUp.Contains(person)) return new JsonObject { ["allowedTiers"] = tiers };
        return new JsonObject { ["currentTier"] = new JsonObject { ["id"] = "standard-tier", ["name"] = "Standard" }, ["allowedTiers"] = tiers, ["cloudaicompanionProject"] = $"project-of-{person}" };
    }

    private static JsonObject Onboard(JsonObject body, string person)
    {
        if (body["tierId"].Str() != "standard-tier") throw new Refusal(400, "The tier is not allowed.");
        return new JsonObject { ["name"] = $"operations/{person}", ["done"] = false };
    }

    /// <summary>The set-up is done when it is asked about for the first time.</summary>
    private Reply Operation(string operation, string person)
    {
        if (operation != person) throw new Refusal(404, "Requested entity was not found.");
        lock (_gate) _setUp.Add(person);
        return Reply.Json(new JsonObject { ["name"] = $"operations/{person}", ["done"] = true, ["response"] = new JsonObject { ["cloudaicompanionProject"] = new JsonObject { ["id"] = $"project-of-{person}" } } });
    }

    private static JsonObject Quota(DateTimeOffset now)
    {
        var end = now.AddHours(20).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["buckets"] = new JsonArray(
                new JsonObject { ["modelId"] = "gemini-2.5-pro", ["tokenType"] = "REQUESTS", ["remainingFraction"] = 0.75, ["remainingAmount"] = "150", ["resetTime"] = end },
                new JsonObject { ["modelId"] = "gemini-2.5-flash", ["tokenType"] = "REQUESTS", ["resetTime"] = end },
                new JsonObject { ["modelId"] = "gemini-3-pro-preview", ["tokenType"] = "REQUESTS" }),
        };
    }

    private string PersonOf(Call call, DateTimeOffset now)
    {
        if (call.Bearer is { } token && token.StartsWith(KnownToken, StringComparison.Ordinal) && !token.StartsWith(KnownToken + "invalid", StringComparison.Ordinal)) return token[KnownToken.Length..];
        return Tokens.Find(call.Bearer, now) is (var person, AccessState.Good) ? person!
            : throw new Refusal(401, "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", code: "ACCESS_TOKEN_TYPE_UNSUPPORTED");
    }

    private static void OnlyKnown(JsonObject body, IReadOnlyCollection<string> names, string at)
    {
        foreach (var (name, _) in body)
            if (!names.Contains(name)) throw new Refusal(400, $"Invalid JSON payload received. Unknown name \"{name}\" at '{at}': Cannot find field.");
    }
}
