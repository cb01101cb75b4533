using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;
using Dragoman.Emulators.OpenAiResponses;

namespace Dragoman.Emulators.Copilot;

/// <summary>
/// GitHub and its Copilot: <c>/copilot/github</c> is where people sign in (<c>login/device?user_code=…&amp;emulated_user=NAME[&amp;deny=1]</c> enters a code), <c>/copilot/api</c> is GitHub's API, and
/// <c>/copilot/plan</c> the API of the plan, which wants to know who has begun a turn and counts the premium requests of users.
/// </summary>
internal sealed class CopilotApi : IProviderApi
{
    private const int Entitlement = 300;

    private readonly ChatApi _chat = new();
    private readonly ResponsesApi _responses = new();
    private readonly AnthropicApi _messages = new();

    public CopilotDevices Devices { get; } = new();

    public CopilotModels Models { get; } = new();

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        return call switch
        {
            { IsPost: true, Segments: [_, "github", "login", "device", "code"] } => Begin(call, request, now),
            { Method: "GET", Segments: [_, "github", "login", "device"] } => Enter(call, now),
            { IsPost: true, Segments: [_, "github", "login", "oauth", "access_token"] } => Token(call, request, now),
            { Method: "GET", Segments: [_, "api", "user"] } => User(Devices.PersonOf(GitHubToken(call))),
            { Method: "GET", Segments: [_, "api", "copilot_internal", "user"] } => Plan(Devices.PersonOf(GitHubToken(call)), call),
            { Method: "GET", Segments: [_, "api", "copilot_internal", "v2", "token"] } => Exchange(call, now),
            { IsPost: true, Segments: [_, "_expire" or "_revoke"] } => End(call.Segments[1] == "_revoke"),
            { Method: "GET", Segments: [_, "_login"] } => Reply.Json(new JsonObject { ["host"] = new Uri($"http://{call.Header("host")}").Host, ["oauth_token"] = Devices.IssueOld("octocat", request.Options.Seed) }),
            { Segments: [_, "plan", ..] } => Serve(call, request, now),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    public Reply Error(Call call, Refusal refusal) => call.Segments is [_, "plan", "v1", "messages", ..] ? _messages.Error(call, refusal)
        : call.Segments is [_, "plan", ..] ? _chat.Error(call, refusal)
        : Reply.Json(new JsonObject { ["message"] = refusal.Message, ["documentation_url"] = "https://docs.github.com/rest", ["status"] = $"{refusal.Status}" }, refusal.Status);

    private Reply Begin(Call call, RequestContext request, DateTimeOffset now)
    {
        var form = Form(call);
        if (form.GetValueOrDefault("client_id") is not { Length: > 0 } client) throw new Refusal(404, "Not Found");
        var (device, user, seconds, interval) = Devices.Begin(client, now, request.Options.Seed);
        return Written(call, ("device_code", device), ("user_code", user), ("verification_uri", $"http://{call.Header("host")}/copilot/github/login/device"), ("expires_in", seconds), ("interval", interval));
    }

    private Reply Enter(Call call, DateTimeOffset now) => !call.Query.ContainsKey("user_code")
        ? new Reply { ContentType = "text/html; charset=utf-8", Frames = [new Frame("<!doctype html><title>Emulated GitHub</title><form><label>Code <input name=\"user_code\" autofocus></label> <button>Continue</button></form>"u8.ToArray())] }
        : Devices.Enter(call.Query.GetValueOrDefault("user_code") ?? "", call.Query.GetValueOrDefault("emulated_user") ?? "octocat", call.Query.ContainsKey("deny"), now)
            ? Reply.Json(new JsonObject { ["entered"] = true })
            : throw new Refusal(404, "We couldn't find that code");

    private Reply Token(Call call, RequestContext request, DateTimeOffset now)
    {
        var form = Form(call);
        if (form.GetValueOrDefault("grant_type") != "urn:ietf:params:oauth:grant-type:device_code") return Written(call, ("error", "unsupported_grant_type"), ("error_description", "The grant type is not supported."));
        var (token, error, interval) = Devices.Ask(form.GetValueOrDefault("device_code"), form.GetValueOrDefault("client_id"), now, request.Options.Seed);
        // GitHub answers refusals with 200.
        if (token is not null) return Written(call, ("access_token", token), ("token_type", "bearer"), ("scope", "read:user"));
        return interval is { } wait ? Written(call, ("error", error), ("error_description", "Too many requests."), ("interval", wait)) : Written(call, ("error", error), ("error_description", $"The reason is {error}."));
    }

    private static Reply User(string person) => Reply.Json(new JsonObject { ["login"] = person, ["id"] = IdOf(person), ["type"] = "User" });

    private Reply Plan(string person, Call call)
    {
        var used = Devices.Premium.GetValueOrDefault(person);
        return Reply.Json(new JsonObject
        {
            ["login"] = person,
            ["copilot_plan"] = "individual",
            ["quota_reset_date"] = "2026-12-01",
            ["endpoints"] = new JsonObject { ["api"] = $"http://{call.Header("host")}/copilot/plan" },
            ["quota_snapshots"] = new JsonObject
            {
                ["premium_interactions"] = new JsonObject
                {
                    ["entitlement"] = Entitlement, ["remaining"] = Entitlement - used, ["percent_remaining"] = 100.0 * (Entitlement - used) / Entitlement, ["unlimited"] = false, ["overage_count"] = 0, ["overage_permitted"] = false,
                    ["quota_id"] = "premium_interactions",
                },
            },
        });
    }

    private Reply Exchange(Call call, DateTimeOffset now)
    {
        var (token, end) = Devices.Exchange(GitHubToken(call), now);
        return Reply.Json(new JsonObject { ["token"] = token, ["expires_at"] = end.ToUnixTimeSeconds(), ["refresh_in"] = 1500, ["endpoints"] = new JsonObject { ["api"] = $"http://{call.Header("host")}/copilot/plan" } });
    }

    private Reply End(bool revokes)
    {
        Devices.End(revokes);
        return Reply.Json(new JsonObject());
    }

    private Reply Serve(Call call, RequestContext request, DateTimeOffset now)
    {
        var person = Devices.UserOf(call.Bearer, now);
        foreach (var header in (ReadOnlySpan<string>)["copilot-integration-id", "editor-version"])
            if (string.IsNullOrEmpty(call.Header(header))) throw new Refusal(400, $"bad request: missing {header} header");
        if (call is { Method: "GET", Segments: [_, _, "models"] }) return Models.List(person);
        if (call is { IsPost: true, Segments: [_, _, "models", var id, "policy"] }) return Models.Allow(person, id, call.Json?["state"].Str());
        if (call.IsPost) Models.Check(person, ModelOf(call) ?? "", call.Path["/copilot/plan".Length..], call.Header("copilot-integration-id"));
        var initiator = call.Header("x-initiator");
        if (call.IsPost && initiator is not ("user" or "agent")) throw new Refusal(400, "bad request: X-Initiator is user or agent");
        var reply = call.Segments switch
        {
            [_, _, "chat", "completions"] => _chat.Answer(At(call, "/v1/chat/completions"), request),
            [_, _, "responses"] => _responses.Answer(At(call, "/v1/responses"), request),
            [_, _, "v1", "messages"] => _messages.Answer(At(call, "/v1/messages"), request),
            _ => throw new Refusal(404, "Not Found"),
        };
        if (initiator == "user") Devices.Spend(person);
        return reply;
    }

    private static long IdOf(string person) => 1_000 + person.Sum(letter => (long)letter);

    private static Call At(Call call, string target) => new(call.Method, target, call.Headers, call.Body);

    private static string? GitHubToken(Call call) => call.Header("authorization") is { } value && value.StartsWith("token ", StringComparison.OrdinalIgnoreCase) ? value[6..] : call.Bearer;

    /// <summary>JSON where it is asked for, else a form, as GitHub does it.</summary>
    private static Reply Written(Call call, params (string Name, object? Value)[] members)
    {
        if (call.Header("accept")?.Contains("application/json", StringComparison.Ordinal) == true)
        {
            var body = new JsonObject();
            foreach (var (name, value) in members) body[name] = value is int number ? JsonValue.Create(number) : JsonValue.Create((string?)value);
            return Reply.Json(body);
        }

        var form = string.Join('&', members.Select(member => $"{member.Name}={Uri.EscapeDataString($"{member.Value}")}"));
        return new Reply { ContentType = "application/x-www-form-urlencoded", Frames = [new Frame(Encoding.UTF8.GetBytes(form))] };
    }

    private static Dictionary<string, string> Form(Call call) => call.BodyText.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
        .Where(pair => pair.Length == 2).ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')), StringComparer.Ordinal);
}
