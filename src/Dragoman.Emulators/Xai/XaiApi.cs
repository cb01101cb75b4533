using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Logins;
using Dragoman.Emulators.OpenAiChat;
using Dragoman.Emulators.OpenAiResponses;

namespace Dragoman.Emulators.Xai;

/// <summary>
/// xAI for people with a Grok plan, below <c>/xai</c>: discovery, device codes (<c>device?user_code=…&amp;emulated_user=NAME[&amp;deny=1]</c> enters one), the page that a person consents at, tokens, userinfo, and the
/// plan's service, which wants to know what kind of token it gets and from which version. Names: <c>free…</c> has no plan, <c>trial…</c> has used up the free usage, <c>unified…</c> has a monthly budget;
/// a token <c>grok-login-NAME</c> is one of a login.
/// </summary>
internal sealed class XaiApi : IProviderApi
{
    private const string ClientId = "b1a00492-073a-47ea-816f-4c329264a828";
    private const string KnownToken = "grok-login-";

    private readonly ChatApi _chat = new();
    private readonly ResponsesApi _responses = new();

    public DeviceCodes Devices { get; } = new(TimeSpan.FromMinutes(30), 5);

    public AuthorizationCodes Codes { get; } = new();

    public TokenFamilies Tokens { get; } = new("eyJ-grok-", "grok-refresh-", TimeSpan.FromHours(6), null);

    public void Clear()
    {
        Devices.Clear();
        Codes.Clear();
        Tokens.Clear();
    }

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        return call switch
        {
            { Method: "GET", Segments: [_, ".well-known", "openid-configuration"] } => Discover(call),
            { IsPost: true, Segments: [_, "oauth2", "device", "code"] } => Begin(call, request, now),
            { Method: "GET", Segments: [_, "device"] } => Enter(call, now),
            { Method: "GET", Segments: [_, "oauth2", "authorize"] } => Consent(call, request, now),
            { IsPost: true, Segments: [_, "oauth2", "token"] } => Token(call, request, now),
            { Method: "GET", Segments: [_, "oauth2", "userinfo"] } => User(PersonOf(call, now)),
            { IsPost: true, Segments: [_, "_revoke" or "_expire"] } => Control(call.Segments[1] == "_revoke"),
            { Segments: [_, "v1", ..] } => Serve(call, request, now),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    /// <summary>The vendor's errors are a code and a text beside each other.</summary>
    public Reply Error(Call call, Refusal refusal) => call.Segments is [_, "oauth2", ..]
        ? Reply.Json(new JsonObject { ["error"] = refusal.Code ?? "invalid_request", ["error_description"] = refusal.Message }, refusal.Status)
        : refusal.Code is { } code ? Reply.Json(new JsonObject { ["code"] = code, ["error"] = refusal.Message }, refusal.Status) : _chat.Error(call, refusal);

    private static Reply Discover(Call call)
    {
        var at = $"http://{call.Header("host")}/xai";
        return Reply.Json(new JsonObject
        {
            ["issuer"] = at, ["authorization_endpoint"] = $"{at}/oauth2/authorize", ["token_endpoint"] = $"{at}/oauth2/token", ["device_authorization_endpoint"] = $"{at}/oauth2/device/code",
            ["userinfo_endpoint"] = $"{at}/oauth2/userinfo",
        });
    }

    private Reply Begin(Call call, RequestContext request, DateTimeOffset now)
    {
        var form = FormText.Read(call);
        if (form.GetValueOrDefault("client_id") != ClientId) throw new Refusal(400, "Unknown client.", code: "invalid_client");
        if (form.GetValueOrDefault("scope")?.Split(' ').Contains("grok-cli:access") != true) throw new Refusal(400, "The scope is not allowed.", code: "invalid_scope");
        var (device, user) = Devices.Begin(ClientId, now, request.Options.Seed);
        var place = $"http://{call.Header("host")}/xai/device";
        return Reply.Json(new JsonObject
        {
            ["device_code"] = device, ["user_code"] = user, ["verification_uri"] = place, ["verification_uri_complete"] = $"{place}?user_code={user}", ["expires_in"] = Devices.Seconds, ["interval"] = Devices.Interval,
        });
    }

    private Reply Enter(Call call, DateTimeOffset now)
        => Devices.Enter(call.Query.GetValueOrDefault("user_code"), call.Query.GetValueOrDefault("emulated_user") ?? "grok", call.Query.ContainsKey("deny"), now)
            ? Reply.Json(new JsonObject { ["entered"] = true }) : throw new Refusal(404, "There is no such code.");

    private Reply Consent(Call call, RequestContext request, DateTimeOffset now)
    {
        string? Ask(string name) => call.Query.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (Ask("client_id") != ClientId || Ask("response_type") != "code") throw new Refusal(400, "Unknown client.", code: "invalid_client");
        if (Ask("redirect_uri") is not "http://127.0.0.1:56121/callback") throw new Refusal(400, "The redirect address is not registered.");
        // Without it, loopback logins of programs other than the vendor's own are refused.
        if (Ask("plan") != "generic" || Ask("nonce") is null || Ask("state") is null) throw new Refusal(400, "plan, nonce and state are required.");
        if (Ask("code_challenge") is not { } challenge || Ask("code_challenge_method") != "S256") throw new Refusal(400, "PKCE is required.");
        var code = Codes.Issue(Ask("emulated_user") ?? "grok", ClientId, Ask("redirect_uri")!, null, challenge, now, request.Options.Seed);
        return new Reply { Status = 302, ContentType = "text/html", Frames = [new Frame("<p>Authorized.</p>"u8.ToArray())] }
            .With("location", $"{Ask("redirect_uri")}?code={code}&state={Uri.EscapeDataString(Ask("state")!)}");
    }

    private Reply Token(Call call, RequestContext request, DateTimeOffset now)
    {
        var form = FormText.Read(call);
        var client = form.GetValueOrDefault("client_id");
        if (client != ClientId) throw new Refusal(400, "Unknown client.", code: "invalid_client");
        switch (form.GetValueOrDefault("grant_type"))
        {
            case "urn:ietf:params:oauth:grant-type:device_code":
                var (person, error) = Devices.Ask(form.GetValueOrDefault("device_code"), ClientId, now);
                return person is null ? throw new Refusal(400, $"The reason is {error}.", code: error) : Issued(Tokens.Begin(person, ClientId, now, request.Options.Seed));
            case "authorization_code":
                var owner = Codes.Redeem(form.GetValueOrDefault("code"), client, form.GetValueOrDefault("redirect_uri"), null, form.GetValueOrDefault("code_verifier"), now);
                return owner is null ? throw new Refusal(400, "The code is not valid.", code: "invalid_grant") : Issued(Tokens.Begin(owner, ClientId, now, request.Options.Seed));
            case "refresh_token":
                return Tokens.Renew(form.GetValueOrDefault("refresh_token"), client, now, request.Options.Seed, out _) is var (access, refresh, _)
                    ? Issued((access, refresh)) : throw new Refusal(400, "The refresh token is not valid.", code: "invalid_grant");
            default:
                throw new Refusal(400, "The grant type is not supported.", code: "unsupported_grant_type");
        }
    }

    private Reply Issued((string Access, string Refresh) tokens) => Reply.Json(new JsonObject
    {
        ["access_token"] = tokens.Access, ["refresh_token"] = tokens.Refresh, ["token_type"] = "Bearer", ["expires_in"] = Tokens.AccessSeconds, ["scope"] = "openid grok-cli:access",
    });

    private static Reply User(string person) => Reply.Json(new JsonObject { ["sub"] = $"user-{person}", ["email"] = $"{person}@example.com" });

    /// <summary>What a test does to all logins: their access tokens end, or they themselves.</summary>
    private Reply Control(bool revokes)
    {
        if (revokes) Tokens.RevokeAll();
        else Tokens.Expire();
        return Reply.Json(new JsonObject { ["done"] = true });
    }

    private Reply Serve(Call call, RequestContext request, DateTimeOffset now)
    {
        if (call.Header("x-xai-token-auth") != "xai-grok-cli") throw new Refusal(403, "[WKE=unauthenticated:bad-credentials] The token is not an API key.", code: "unauthenticated:bad-credentials");
        var person = PersonOf(call, now);
        if (!Version.TryParse(call.Header("x-grok-client-version"), out var version) || version < new Version(0, 2)) throw new Refusal(426, "The client version is too old.", code: "client-version-outdated");
        if (person.StartsWith("free", StringComparison.Ordinal))
            throw new Refusal(403, "Access to Grok requires a SuperGrok or X Premium+ subscription.", code: "The caller does not have permission to execute the specified operation");
        if (call.Segments is [_, _, "billing"]) return Reply.Json(XaiPlan.Billing(person, call.Query.GetValueOrDefault("format") == "credits", now));
        if (call.IsPost && call.Header("x-userid") is { } user && user != $"user-{person}") throw new Refusal(403, "The user is not the token's.", code: "unauthenticated:bad-credentials");
        if (call.IsPost && person.StartsWith("trial", StringComparison.Ordinal))
            throw new Refusal(429, $"You've used all the included free usage for model {ModelOf(call)} for now. Usage resets over a rolling 24-hour window — tokens (actual/limit): 1003617/1000000.", code: "subscription:free-usage-exhausted");
        return call.Segments switch
        {
            [_, _, "models"] or [_, _, "chat", "completions"] => _chat.Answer(At(call), request),
            [_, _, "responses", ..] => _responses.Answer(At(call), request),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    private string PersonOf(Call call, DateTimeOffset now)
    {
        if (call.Bearer is { } token && token.StartsWith(KnownToken, StringComparison.Ordinal) && !token.StartsWith(KnownToken + "invalid", StringComparison.Ordinal)) return token[KnownToken.Length..];
        return Tokens.Find(call.Bearer, now) is (var person, AccessState.Good) ? person! : throw new Refusal(401, "The access token is not valid.", code: "unauthenticated:bad-credentials");
    }

    private static Call At(Call call) => new(call.Method, call.Target["/xai".Length..], call.Headers, call.Body);
}
