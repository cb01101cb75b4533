using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Gemini;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Logins;

namespace Dragoman.Emulators.Antigravity;

/// <summary>
/// Google Antigravity below <c>/antigravity</c>: consent (<c>emulated_user=NAME</c>), tokens with the application's secret, userinfo, and the service, which takes a new enough version, known names, a negative session and
/// no safety settings. Names: <c>new…</c> was never set up, <c>unverified…</c> has to be verified, <c>paid…</c> shows its tier when it is asked with the project, <c>spent…</c> has no quota of Claude left.
/// </summary>
internal sealed partial class AntigravityApi : IProviderApi
{
    private const string ClientId = "1071006060591-tmhssin2h21lcre235vtolojh4g403ep.apps.googleusercontent.com";
    private const string Secret = "emulated-secret";
    private const string KnownToken = "ya29-login-";
    private const string RefreshToken = "1//of-";
    private const string Outdated = "This version of Antigravity is no longer supported. Please update to receive the latest features!";

    private static readonly HashSet<string> EnvelopeNames = new(StringComparer.Ordinal) { "project", "model", "userAgent", "requestType", "requestId", "request", "enabledCreditTypes" };

    private static readonly HashSet<string> RequestNames = new(StringComparer.Ordinal) { "sessionId", "contents", "systemInstruction", "cachedContent", "tools", "toolConfig", "labels", "generationConfig" };

    private readonly GeminiApi _gemini = new();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _setUp = new(StringComparer.Ordinal);

    public AuthorizationCodes Codes { get; } = new();

    public TokenFamilies Tokens { get; } = new("ya29.ag.", "1//ag.", TimeSpan.FromHours(1), null);

    public void Clear()
    {
        Codes.Clear();
        Tokens.Clear();
        lock (_gate) _setUp.Clear();
    }

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        return call switch
        {
            { Method: "GET", Segments: [_, "o", "oauth2", "v2", "auth"] } => Consent(call, request, now),
            { IsPost: true, Segments: [_, "token"] } => Token(call, request, now),
            { Method: "GET", Segments: [_, "oauth2", "v1", "userinfo"] } => User(PersonOf(call, now)),
            { Method: "GET", Segments: [_, "v1internal", "operations", var person] } => Operation(person, PersonOf(call, now)),
            { IsPost: true, Segments: [_, var method] } when method.StartsWith("v1internal:", StringComparison.Ordinal) => Serve(method["v1internal:".Length..], call, request, PersonOf(call, now), now),
            _ => throw new Refusal(404, "Requested entity was not found."),
        };
    }

    public Reply Error(Call call, Refusal refusal) => call.Segments is [_, "token"]
        ? Reply.Json(new JsonObject { ["error"] = refusal.Code ?? "invalid_request", ["error_description"] = refusal.Message }, refusal.Status)
        : _gemini.Error(call, refusal);

    private Reply Consent(Call call, RequestContext request, DateTimeOffset now)
    {
        string? Ask(string name) => call.Query.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (Ask("client_id") != ClientId || Ask("response_type") != "code") throw new Refusal(400, "The OAuth client was not found.");
        if (Ask("redirect_uri") is not { } redirect || !Uri.TryCreate(redirect, UriKind.Absolute, out var at) || at is not { Scheme: "http", Host: "localhost", AbsolutePath: "/oauth-callback", Port: >= 51121 and <= 51126 })
            throw new Refusal(400, "redirect_uri_mismatch");
        if (Ask("scope")?.Contains("cclog", StringComparison.Ordinal) != true) throw new Refusal(400, "invalid_scope");
        if (Ask("code_challenge") is not { } challenge || Ask("code_challenge_method") != "S256" || Ask("state") is not { } state) throw new Refusal(400, "PKCE and a state are required.");
        var code = Codes.Issue(Ask("emulated_user") ?? "paid", ClientId, redirect, null, challenge, now, request.Options.Seed);
        return new Reply { Status = 302, ContentType = "text/html", Frames = [new Frame("<p>Authorized.</p>"u8.ToArray())] }.With("location", $"{redirect}?state={Uri.EscapeDataString(state)}&code={code}");
    }

    private Reply Token(Call call, RequestContext request, DateTimeOffset now)
    {
        var form = FormText.Read(call);
        var client = form.GetValueOrDefault("client_id");
        if (client != ClientId || form.GetValueOrDefault("client_secret") != Secret) throw new Refusal(401, "The OAuth client was not found.", code: "invalid_client");
        var answer = new JsonObject { ["expires_in"] = Tokens.AccessSeconds, ["token_type"] = "Bearer" };
        string person;
        switch (form.GetValueOrDefault("grant_type"))
        {
            case "authorization_code":
                person = Codes.Redeem(form.GetValueOrDefault("code"), client, form.GetValueOrDefault("redirect_uri"), null, form.GetValueOrDefault("code_verifier"), now) ?? throw new Refusal(400, "Malformed auth code.", code: "invalid_grant");
                answer["refresh_token"] = RefreshToken + person;
                break;
            case "refresh_token":
                // Google's refresh tokens say whose they are here, because they are good more than once.
                if (form.GetValueOrDefault("refresh_token") is not { } token || !token.StartsWith(RefreshToken, StringComparison.Ordinal)) throw new Refusal(400, "Token has been expired or revoked.", code: "invalid_grant");
                person = token[RefreshToken.Length..];
                break;
            default:
                throw new Refusal(400, "Invalid grant_type.", code: "unsupported_grant_type");
        }

        answer["access_token"] = Tokens.Begin(person, ClientId, now, request.Options.Seed).Access;
        return Reply.Json(answer);
    }

    private static Reply User(string person) => Reply.Json(new JsonObject { ["id"] = $"20{person.Sum(letter => (long)letter)}", ["email"] = $"{person}@example.com" });

    private Reply Serve(string method, Call call, RequestContext request, string person, DateTimeOffset now)
    {
        var body = call.Json ?? throw new Refusal(400, "Invalid JSON payload received.");
        switch (method)
        {
            case "loadCodeAssist": return Reply.Json(Load(body, person));
            case "onboardUser": return Reply.Json(Onboard(body, person));
            case "retrieveUserQuotaSummary": return Reply.Json(Quota(now));
            case "fetchAvailableModels": return Reply.Json(Models(person, now));
            case "countTokens":
                OnlyKnown(body, ["request"], "");
                var counted = body["request"] as JsonObject ?? throw new Refusal(400, "request is required");
                OnlyKnown(counted, ["model", "contents"], "request.");
                return Retargeted(counted["model"].Str()?["models/".Length..] ?? "", method, new JsonObject { ["contents"] = counted["contents"]?.DeepClone() }, call, request);
        }

        if (method is not ("generateContent" or "streamGenerateContent")) throw new Refusal(404, "Requested entity was not found.");
        // Only the version counts, whoever asks.
        if (VersionForm().Match(call.Header("user-agent") ?? "") is not { Success: true } version || Version.Parse(version.Groups["version"].Value) < new Version(2, 8)) throw new Refusal(400, Outdated);
        OnlyKnown(body, EnvelopeNames, "");
        var model = body["model"].Str() ?? throw new Refusal(400, "model is required");
        if (body["userAgent"].Str() != "antigravity" || body["requestType"].Str() != "agent" || body["requestId"].Str()?.StartsWith("agent-", StringComparison.Ordinal) != true) throw new Refusal(400, "The request is of no known kind.");
        if (body["project"] is { } project && project.Str() is not { Length: > 0 }) throw new Refusal(400, "project must not be empty");
        var inner = body["request"] as JsonObject ?? throw new Refusal(400, "request is required");
        OnlyKnown(inner, RequestNames, "request.");
        if (inner["sessionId"].Str() is not { } session || !long.TryParse(session, CultureInfo.InvariantCulture, out var number) || number > 0) throw new Refusal(400, "sessionId is no session");
        var isClaude = model.Contains("claude", StringComparison.Ordinal);
        if (isClaude) AntigravityClaudeRules.Check(inner);
        inner.Remove("sessionId");
        return Wrapped(Retargeted(model, method, inner, call, request), isClaude ? AntigravityClaudeRules.FlaggedTools(inner) : new HashSet<string>());
    }

    private Reply Retargeted(string model, string method, JsonObject body, Call call, RequestContext request)
        => _gemini.Answer(new Call("POST", $"/v1beta/models/{Uri.EscapeDataString(model)}:{method}{(call.Query.GetValueOrDefault("alt") is { } alt ? $"?alt={alt}" : "")}", call.Headers, JsonExtensions.Bytes(body)), request);

    /// <summary>Of <c>spent…</c> Claude's quota has a reset and no fraction: it is empty.</summary>
    private static JsonObject Models(string person, DateTimeOffset now)
    {
        string In(int hours) => now.AddHours(hours).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var claude = new JsonObject { ["resetTime"] = In(2) };
        if (!person.StartsWith("spent", StringComparison.Ordinal)) claude["remainingFraction"] = 0.4;
        return new JsonObject
        {
            ["models"] = new JsonObject
            {
                ["gemini-3.8-flash-high"] = new JsonObject { ["displayName"] = "Gemini", ["quotaInfo"] = new JsonObject { ["remainingFraction"] = 0.85, ["resetTime"] = In(5) } },
                ["claude-opus-4-6-thinking"] = new JsonObject { ["quotaInfo"] = claude },
                ["chat_20706"] = new JsonObject(),
            },
        };
    }

    private static Reply Wrapped(Reply reply, IReadOnlySet<string> flagged)
    {
        byte[] Wrap(byte[] bytes)
        {
            var text = Encoding.UTF8.GetString(bytes);
            var isEvent = text.StartsWith("data: ", StringComparison.Ordinal);
            var inside = JsonNode.Parse(isEvent ? text["data: ".Length..].Trim() : text);
            AntigravityClaudeRules.Flag(inside, flagged);
            var wrapped = new JsonObject { ["response"] = inside, ["traceId"] = "trace-1", ["remainingCredits"] = new JsonArray() };
            return isEvent ? JsonExtensions.Sse(null, wrapped) : JsonExtensions.Bytes(wrapped);
        }

        return new Reply { Status = reply.Status, ContentType = reply.ContentType, Streamed = reply.Streamed, ErrorFrame = reply.ErrorFrame, Frames = [.. reply.Frames.Select(frame => new Frame(Wrap(frame.Bytes), frame.Delay))] };
    }

    private JsonObject Load(JsonObject body, string person)
    {
        if (body["metadata"]?["ideType"].Str() != "ANTIGRAVITY") throw new Refusal(403, "The client is not allowed.");
        lock (_gate)
            if (person.StartsWith("new", StringComparison.Ordinal) && !_setUp.Contains(person)) return new JsonObject { ["allowedTiers"] = new JsonArray(new JsonObject { ["id"] = "free-tier", ["isDefault"] = true }) };
        if (person.StartsWith("unverified", StringComparison.Ordinal))
        {
            return new JsonObject
            {
                ["ineligibleTiers"] = new JsonArray(new JsonObject { ["reasonCode"] = "VALIDATION_REQUIRED", ["reasonMessage"] = "Verify your account.", ["validationUrl"] = "https://accounts.google.com/verify" }),
            };
        }

        var loaded = new JsonObject { ["cloudaicompanionProject"] = $"project-of-{person}" };
        if (!person.StartsWith("paid", StringComparison.Ordinal)) loaded["currentTier"] = new JsonObject { ["id"] = "free-tier" };
        else if (body["cloudaicompanionProject"].Str() == $"project-of-{person}") loaded["paidTier"] = new JsonObject { ["id"] = "g1-ultra-tier" };
        return loaded;
    }

    private static JsonObject Onboard(JsonObject body, string person)
    {
        if (body["tierId"].Str() != "free-tier" || body.ContainsKey("cloudaicompanionProject")) throw new Refusal(400, "The free tier takes no project.");
        return new JsonObject { ["name"] = $"operations/{person}", ["done"] = false };
    }

    private Reply Operation(string operation, string person)
    {
        if (operation != person) throw new Refusal(404, "Requested entity was not found.");
        lock (_gate) _setUp.Add(person);
        return Reply.Json(new JsonObject { ["name"] = $"operations/{person}", ["done"] = true, ["response"] = new JsonObject() });
    }

    private static JsonObject Quota(DateTimeOffset now)
    {
        string In(int hours) => now.AddHours(hours).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["groups"] = new JsonArray(
                new JsonObject
                {
                    ["displayName"] = "Claude and GPT models",
                    ["buckets"] = new JsonArray(
                        new JsonObject { ["bucketId"] = "a", ["window"] = "5h", ["remainingFraction"] = 0.5, ["resetTime"] = In(3) },
                        new JsonObject { ["bucketId"] = "b", ["window"] = "weekly", ["resetTime"] = In(90) },
                        new JsonObject { ["bucketId"] = "c", ["window"] = "5h", ["disabled"] = true, ["remainingFraction"] = 1 }),
                },
                new JsonObject { ["displayName"] = "Gemini models", ["buckets"] = new JsonArray(new JsonObject { ["bucketId"] = "d", ["window"] = "weekly", ["remainingFraction"] = 1, ["remainingAmount"] = "1000" }) }),
        };
    }

    private string PersonOf(Call call, DateTimeOffset now)
    {
        if (call.Bearer is { } token && token.StartsWith(KnownToken, StringComparison.Ordinal) && !token.StartsWith(KnownToken + "invalid", StringComparison.Ordinal)) return token[KnownToken.Length..];
        return Tokens.Find(call.Bearer, now) is (var person, AccessState.Good) ? person! : throw new Refusal(401, "Request had invalid authentication credentials.", code: "ACCESS_TOKEN_TYPE_UNSUPPORTED");
    }

    private static void OnlyKnown(JsonObject body, IReadOnlyCollection<string> names, string at)
    {
        foreach (var (name, _) in body)
            if (!names.Contains(name)) throw new Refusal(400, $"Invalid JSON payload received. Unknown name \"{name}\" at '{at}': Cannot find field.");
    }

    [GeneratedRegex(@"^antigravity/(?:[a-z]+/)?(?<version>\d+\.\d+(?:\.\d+)?)", RegexOptions.None, 10_000)]
    private static partial Regex VersionForm();
}
