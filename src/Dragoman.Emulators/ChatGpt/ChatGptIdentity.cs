using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>
/// OpenAI's identity provider below <c>/chatgpt/auth</c>: everybody consents at once (<c>emulated_user=NAME[&amp;emulated_workspace=NAME][&amp;deny=1]</c> in the address), and
/// <c>codex/device?user_code=…</c> enters a code.
/// </summary>
internal sealed class ChatGptIdentity(ChatGptGrants grants)
{
    public const string Client = "app_EMoamEEZ73f0CkXaXp7hrann";

    public Reply Answer(Call call, RequestContext request)
    {
        var (now, seed) = (request.Options.Time.GetUtcNow(), request.Options.Seed);
        return call switch
        {
            { Method: "GET", Segments: [_, _, "oauth", "authorize"] } => Consent(call, now, seed),
            { IsPost: true, Segments: [_, _, "oauth", "token"] } => Token(call, now, seed),
            { IsPost: true, Segments: [_, _, "oauth", "revoke"] } => Revoke(call),
            { IsPost: true, Segments: [_, _, "api", "accounts", "deviceauth", "usercode"] } => Begin(call, now, seed),
            { IsPost: true, Segments: [_, _, "api", "accounts", "deviceauth", "token"] } => Poll(call, now, seed),
            { Method: "GET", Segments: [_, _, "codex", "device"] } => Enter(call, now),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    private Reply Consent(Call call, DateTimeOffset now, int seed)
    {
        var query = call.Query;
        Demand(query.GetValueOrDefault("response_type") == "code", "response_type");
        Demand(query.GetValueOrDefault("client_id") == Client, "client_id");
        var redirect = query.GetValueOrDefault("redirect_uri") ?? "";
        // Only these two are registered, and only with this host.
        Demand(redirect is "http://localhost:1455/auth/callback" or "http://localhost:1457/auth/callback", "redirect_uri");
        var scopes = (query.GetValueOrDefault("scope") ?? "").Split(' ');
        Demand(scopes.Contains("openid") && scopes.Contains("offline_access"), "scope");
        Demand(query.GetValueOrDefault("code_challenge_method") == "S256" && query.GetValueOrDefault("code_challenge")?.Length == 43, "code_challenge");
        Demand(query.GetValueOrDefault("state") is { Length: >= 8 }, "state");
        Demand(query.GetValueOrDefault("codex_cli_simplified_flow") == "true", "codex_cli_simplified_flow");
        Demand(query.GetValueOrDefault("originator") is { Length: > 0 }, "originator");
        var state = Uri.EscapeDataString(query["state"]);
        var back = query.ContainsKey("deny")
            ? $"{redirect}?error=access_denied&error_description=The+user+denied+the+request&state={state}"
            : $"{redirect}?code={grants.Issue(PersonOf(call), redirect, query["code_challenge"], now, seed)}&scope={Uri.EscapeDataString(query["scope"])}&state={state}";
        return new Reply { Status = 302, ContentType = "text/html", Frames = [new Frame("<p>Signed in.</p>"u8.ToArray())] }.With("location", back);
    }

    private Reply Token(Call call, DateTimeOffset now, int seed)
    {
        var form = Form(call);
        if (form.GetValueOrDefault("client_id") != Client) throw new Refusal(401, "Invalid client specified", null, "invalid_client", "invalid_request_error");
        var tokens = form.GetValueOrDefault("grant_type") switch
        {
            "authorization_code" => grants.Redeem(form.GetValueOrDefault("code"), form.GetValueOrDefault("redirect_uri"), form.GetValueOrDefault("code_verifier"), now, seed),
            "refresh_token" => grants.Refresh(form.GetValueOrDefault("refresh_token"), now, seed),
            _ => throw new Refusal(400, "Unsupported grant_type.", null, "unsupported_grant_type", "invalid_request_error"),
        };
        return Reply.Json(new JsonObject { ["id_token"] = tokens.Id, ["access_token"] = tokens.Access, ["refresh_token"] = tokens.Refresh, ["expires_in"] = tokens.Seconds, ["token_type"] = "Bearer", ["scope"] = "openid profile email offline_access" });
    }

    private Reply Revoke(Call call)
    {
        var body = call.Json ?? throw new Refusal(400, "Invalid JSON", null, "invalid_request", "invalid_request_error");
        if (body["token_type_hint"].Str() == "refresh_token" && body["client_id"].Str() != Client) throw new Refusal(401, "Invalid client specified", null, "invalid_client", "invalid_request_error");
        grants.Revoke(body["token"].Str() ?? "");
        return Reply.Json(new JsonObject());
    }

    private Reply Begin(Call call, DateTimeOffset now, int seed)
    {
        if (call.Json?["client_id"].Str() != Client) throw new Refusal(400, "Invalid client.", null, "invalid_client", "invalid_request_error");
        var (device, user) = grants.Begin(now, seed);
        // The interval is a text.
        return Reply.Json(new JsonObject { ["device_auth_id"] = device, ["user_code"] = user, ["interval"] = $"{ChatGptGrants.Interval}" });
    }

    private Reply Poll(Call call, DateTimeOffset now, int seed)
    {
        var body = call.Json;
        var (code, verifier, challenge) = grants.Ask(body?["device_auth_id"].Str(), body?["user_code"].Str(), $"http://{call.Header("host")}/chatgpt/auth/deviceauth/callback", now, seed);
        return Reply.Json(new JsonObject { ["authorization_code"] = code, ["code_challenge"] = challenge, ["code_verifier"] = verifier });
    }

    private Reply Enter(Call call, DateTimeOffset now) => !call.Query.TryGetValue("user_code", out var code)
        ? new Reply { ContentType = "text/html; charset=utf-8", Frames = [new Frame("<!doctype html><title>Emulated OpenAI</title><form><label>Code <input name=\"user_code\" autofocus></label> <button>Continue</button></form>"u8.ToArray())] }
        : grants.Enter(code, PersonOf(call), now) ? Reply.Json(new JsonObject { ["entered"] = true }) : throw new Refusal(404, "The code is unknown.");

    private static ChatGptPerson PersonOf(Call call) => new(call.Query.GetValueOrDefault("emulated_user") ?? "ada", call.Query.GetValueOrDefault("emulated_workspace"));

    private static void Demand(bool holds, string what)
    {
        if (!holds) throw new Refusal(400, $"Authentication Error: invalid {what}", what, "invalid_request", "invalid_request_error");
    }

    private static Dictionary<string, string> Form(Call call)
    {
        if (call.Json is { } json) return json.Where(member => member.Value.Str() is not null).ToDictionary(member => member.Key, member => member.Value.Str()!, StringComparer.Ordinal);
        return call.BodyText.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);
    }
}
