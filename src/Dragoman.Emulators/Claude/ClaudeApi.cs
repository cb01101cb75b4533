using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.Logins;

namespace Dragoman.Emulators.Claude;

/// <summary>
/// Anthropic for people with a Claude plan, below <c>/claude</c>: the page that a person consents at (at once; <c>emulated_user=NAME</c> says who, <c>deny=1</c> refuses), the page that shows a code, the token
/// endpoint, profile, usage, and the Messages API, which takes the tokens of logins only with the right beta. What a plan allows depends on the name (<see cref="ClaudePlan"/>).
/// </summary>
internal sealed class ClaudeApi : IProviderApi
{
    private const string ClientId = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
    private const string SetupPrefix = "sk-ant-oat01-setup-";
    private const string Beta = "oauth-2025-04-20";

    private readonly AnthropicApi _messages = new();

    public AuthorizationCodes Codes { get; } = new();

    public TokenFamilies Tokens { get; } = new("sk-ant-oat01-", "sk-ant-ort01-", TimeSpan.FromHours(8), TimeSpan.FromDays(30));

    public ClaudeUsageGate Usage { get; } = new();

    public void Clear()
    {
        Codes.Clear();
        Tokens.Clear();
        Usage.Clear();
    }

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        return call switch
        {
            { Method: "GET", Segments: [_, "cai", "oauth", "authorize"] } => Consent(call, request, now),
            { Method: "GET", Segments: [_, "oauth", "code", "callback"] } => Page($"{call.Query.GetValueOrDefault("code")}#{call.Query.GetValueOrDefault("state")}"),
            { IsPost: true, Segments: [_, "v1", "oauth", "token"] } => Token(call, request, now),
            { Method: "GET", Segments: [_, "api", "oauth", "profile"] } => Profile(call, now),
            { Method: "GET", Segments: [_, "api", "oauth", "usage"] } => UsageOf(call, now),
            { Method: "GET", Segments: [_, "api", "claude_cli", "bootstrap"] } => Bootstrap(call, now),
            { IsPost: true, Segments: [_, "_revoke" or "_expire"] } => Control(call.Segments[1] == "_revoke"),
            { Segments: [_, "v1", "messages" or "models", ..] } => Serve(call, request, now),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    public Reply Error(Call call, Refusal refusal)
    {
        if (call.Segments is not [_, "v1", "oauth", "token"] || refusal.Code is null) return WithHeaders(_messages.Error(call, refusal), refusal);
        return Reply.Json(new JsonObject { ["error"] = refusal.Code, ["error_description"] = refusal.Message }, refusal.Status);
    }

    private Reply Consent(Call call, RequestContext request, DateTimeOffset now)
    {
        string? Ask(string name) => call.Query.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
        if (Ask("client_id") != ClientId) throw new Refusal(400, "Invalid client id provided");
        if (Ask("response_type") != "code") throw new Refusal(400, "Unsupported response type");
        if (Ask("redirect_uri") is not { } redirect || !IsRegistered(redirect, call)) throw new Refusal(400, "Redirect URI is not supported by client.");
        if (Ask("state") is not { } state) throw new Refusal(400, "Missing state parameter");
        if (Ask("code_challenge") is not { } challenge || Ask("code_challenge_method") != "S256") throw new Refusal(400, "Missing code_challenge parameter");
        if (Ask("scope") is not { } scope || !scope.Split(' ').Contains("user:inference")) throw new Refusal(400, "Invalid scope");
        var back = call.Query.ContainsKey("deny")
            ? $"{redirect}?error=access_denied&state={Uri.EscapeDataString(state)}"
            : $"{redirect}?code={Codes.Issue(Ask("emulated_user") ?? "max", ClientId, redirect, state, challenge, now, request.Options.Seed)}&state={Uri.EscapeDataString(state)}";
        return new Reply { Status = 302, ContentType = "text/html", Frames = [new Frame("<p>Authorized.</p>"u8.ToArray())] }.With("location", back);
    }

    private Reply Token(Call call, RequestContext request, DateTimeOffset now)
    {
        // The endpoint takes JSON only.
        if (call.Json is not { } body) throw new Refusal(400, "Invalid request format");
        var client = body["client_id"].Str();
        switch (body["grant_type"].Str())
        {
            case "authorization_code":
                if (body["state"].Str() is null) throw new Refusal(400, "Invalid request format");
                var person = Codes.Redeem(body["code"].Str(), client, body["redirect_uri"].Str(), body["state"].Str(), body["code_verifier"].Str(), now)
                    ?? throw new Refusal(400, "Invalid 'code' in request.", code: "invalid_grant");
                var (access, refresh) = Tokens.Begin(person, client!, now, request.Options.Seed);
                return Issued(access, refresh, person);
            case "refresh_token":
                if (Tokens.Renew(body["refresh_token"].Str(), client, now, request.Options.Seed, out var refusal) is var (next, following, owner)) return Issued(next, following, owner);
                throw new Refusal(400, refusal == RefusedRefresh.Ended ? "Refresh token expired" : "Refresh token not found or invalid", code: "invalid_grant");
            default:
                throw new Refusal(400, "Unsupported grant type", code: "unsupported_grant_type");
        }
    }

    private Reply Issued(string access, string refresh, string person) => Reply.Json(new JsonObject
    {
        ["token_type"] = "Bearer", ["access_token"] = access, ["refresh_token"] = refresh, ["expires_in"] = Tokens.AccessSeconds, ["scope"] = "user:inference user:profile",
        ["organization"] = new JsonObject { ["uuid"] = ClaudePlan.OrganizationOf(person), ["name"] = $"{person}'s organization" },
        ["account"] = new JsonObject { ["uuid"] = ClaudePlan.AccountOf(person), ["email_address"] = $"{person}@example.com" },
    });

    private Reply Profile(Call call, DateTimeOffset now)
    {
        var (person, isSetupToken) = PersonOf(call, now);
        return isSetupToken ? throw new Refusal(403, "OAuth token does not meet scope requirement user:profile") : Reply.Json(ClaudePlan.Profile(person));
    }

    private Reply UsageOf(Call call, DateTimeOffset now)
    {
        var (person, isSetupToken) = PersonOf(call, now);
        if (isSetupToken) throw new Refusal(403, "OAuth token does not meet scope requirement user:profile");
        if (Usage.Ask(now) is { } seconds) throw new Refusal(429, "Rate limited. Please try again later.", param: $"{seconds}");
        return Reply.Json(ClaudePlan.Usage(person, now));
    }

    private Reply Bootstrap(Call call, DateTimeOffset now)
    {
        var (person, _) = PersonOf(call, now);
        return Reply.Json(new JsonObject
        {
            ["oauth_account"] = new JsonObject
            {
                ["account_uuid"] = ClaudePlan.AccountOf(person), ["account_email"] = $"{person}@example.com", ["organization_uuid"] = ClaudePlan.OrganizationOf(person),
                ["organization_name"] = $"{person}'s organization",
            },
        });
    }

    /// <summary>What a test does to all logins: their access tokens end, or they themselves.</summary>
    private Reply Control(bool revokes)
    {
        if (revokes) Tokens.RevokeAll();
        else Tokens.Expire();
        return Reply.Json(new JsonObject { ["done"] = true });
    }

    private Reply Serve(Call call, RequestContext request, DateTimeOffset now)
    {
        if (call.Header("x-api-key") is not null) throw new Refusal(401, "invalid x-api-key");
        var (person, _) = PersonOf(call, now);
        if (call.Segments is [_, "v1", "messages"]) ClaudePlan.Check(person, call, now);
        var reply = _messages.Answer(new Call(call.Method, call.Target["/claude".Length..], call.Headers, call.Body), request);
        foreach (var (name, value) in ClaudePlan.Headers(person, ModelOf(call), now)) reply.With(name, value);
        return reply;
    }

    /// <summary>Whose token it is, in the vendor's words where it is not taken (claude-code#28089).</summary>
    private (string Person, bool IsSetupToken) PersonOf(Call call, DateTimeOffset now)
    {
        if (call.Bearer is not { Length: > 0 } token) throw new Refusal(401, "x-api-key header is required");
        if (call.Header("anthropic-beta")?.Split(',').Select(flag => flag.Trim()).Contains(Beta) != true) throw new Refusal(401, "OAuth authentication is currently not supported.");
        if (token.StartsWith(SetupPrefix, StringComparison.Ordinal) && !token.StartsWith(SetupPrefix + "invalid", StringComparison.Ordinal)) return (token[SetupPrefix.Length..], true);
        return Tokens.Find(token, now) switch
        {
            (var person, AccessState.Good) => (person!, false),
            (_, AccessState.Expired) => throw new Refusal(401, "OAuth token has expired. Please obtain a new token or refresh your existing token."),
            (_, AccessState.Revoked) => throw new Refusal(403, "OAuth token has been revoked. Please obtain a new token."),
            _ => throw new Refusal(401, "Invalid bearer token"),
        };
    }

    private static bool IsRegistered(string redirect, Call call)
        => Uri.TryCreate(redirect, UriKind.Absolute, out var address) && address.Query.Length == 0
            && ((address.Scheme == "http" && address.Host == "localhost" && address.AbsolutePath == "/callback") || redirect == $"http://{call.Header("host")}/claude/oauth/code/callback");

    private static Reply Page(string text) => new() { ContentType = "text/html; charset=utf-8", Frames = [new Frame(Encoding.UTF8.GetBytes($"<!doctype html><title>Emulated Claude</title><p>{text}</p>"))] };

    /// <summary>A refusal of the plan brings its limits; one of the usage endpoint, the seconds to wait.</summary>
    private static Reply WithHeaders(Reply reply, Refusal refusal)
    {
        if (refusal is ClaudeLimitRefusal limit)
            foreach (var (name, value) in limit.Headers) reply.With(name, value);
        return refusal is { Status: 429, Param: { } seconds } ? reply.With("retry-after", seconds) : reply;
    }
}
