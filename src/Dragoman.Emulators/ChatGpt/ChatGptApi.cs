using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;
using Dragoman.Emulators.OpenAiResponses;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>
/// ChatGPT's Codex backend below <c>/chatgpt/backend-api</c>, with its identity provider below <c>/chatgpt/auth</c>. <c>/chatgpt/emulated/usage?account=ID&amp;primary=100&amp;secondary=40</c> says how
/// much of its windows an account has used; <c>/chatgpt/emulated/expire?account=ID</c> ends its access tokens, and <c>revoke</c> its logins;
/// <c>socket</c> says how its WebSocket behaves (<see cref="ChatGptSocketRules"/>).
/// </summary>
internal sealed class ChatGptApi : IProviderApi
{
    private readonly ResponsesApi _responses = new();
    private readonly ChatGptGrants _grants = new();
    private readonly ChatGptUsageState _usage = new();
    private readonly ChatGptIdentity _identity;
    private readonly ConcurrentDictionary<string, string> _makers = new(StringComparer.Ordinal);

    public ChatGptApi() => _identity = new ChatGptIdentity(_grants);

    /// <summary>How the WebSocket of the backend behaves.</summary>
    public ChatGptSocketRules Sockets { get; } = new();

    public string? ModelOf(Call call) => call.IsPost && call.Segments is [_, "backend-api", ..] ? call.Json?["model"].Str() : null;

    public void Clear()
    {
        _grants.Clear();
        _usage.Clear();
        _makers.Clear();
        Sockets.Clear();
    }

    /// <summary>Looks whether a handshake may open a WebSocket; throws a <see cref="Refusal"/> where it may not.</summary>
    public void CheckHandshake(Call call, DateTimeOffset now)
    {
        _ = Person(call, now);
        CheckNames(call);
    }

    public Reply Answer(Call call, RequestContext request)
    {
        var now = request.Options.Time.GetUtcNow();
        return call switch
        {
            { Segments: [_, "auth", ..] } => _identity.Answer(call, request),
            { Segments: [_, "emulated", "usage"] } => Use(call),
            { Segments: [_, "emulated", "socket"] } => Sockets.Set(call),
            { Segments: [_, "emulated", "expire" or "revoke"] } => End(call, now),
            { IsPost: true, Segments: [_, "backend-api", "codex", "responses"] } => Respond(call, request, now),
            { Method: "GET", Segments: [_, "backend-api", "codex", "models"] } => Models(call, now),
            { Method: "GET", Segments: [_, "backend-api", "wham", "usage"] } => Reply.Json(_usage.Usage(Person(call, now), now)),
            { Segments: [_, "backend-api", "wham", "rate-limit-reset-credits", ..] } => Resets(call, now),
            _ => throw ChatGptRules.Detail("Not Found", 404),
        };
    }

    public Reply Error(Call call, Refusal refusal) => refusal.Type == "detail"
        ? Reply.Json(new JsonObject { ["detail"] = refusal.Message }, refusal.Status)
        : OpenAiErrors.Reply(call, refusal);

    private Reply Resets(Call call, DateTimeOffset now)
    {
        var person = Person(call, now);
        if (call.Header("openai-beta") != "codex-1" || string.IsNullOrEmpty(call.Header("originator"))) throw ChatGptRules.Detail("Not Found", 404);
        if (call is { Method: "GET", Segments: [_, _, _, _] }) return Reply.Json(_usage.Credits(person, now));
        if (call is not { IsPost: true, Segments: [_, _, _, _, "consume"] }) throw ChatGptRules.Detail("Not Found", 404);
        return Guid.TryParse(call.Json?["redeem_request_id"].Str(), out var id) ? Reply.Json(_usage.Consume(person, id.ToString("D"))) : throw ChatGptRules.Detail("redeem_request_id is required", 422);
    }

    private Reply Use(Call call)
    {
        _usage.Set(call.Query["account"], Number("primary"), Number("secondary"));
        return Reply.Json(new JsonObject());

        double Number(string name) => double.Parse(call.Query.GetValueOrDefault(name) ?? "0", CultureInfo.InvariantCulture);
    }

    private Reply End(Call call, DateTimeOffset now)
    {
        _grants.End(call.Query["account"], call.Segments[^1] == "revoke", now);
        return Reply.Json(new JsonObject());
    }

    private ChatGptPerson Person(Call call, DateTimeOffset now)
    {
        var person = _grants.PersonOf(call.Bearer, now);
        var account = call.Header("chatgpt-account-id");
        if (account != person.AccountId) throw ChatGptRules.Detail(account is null ? "ChatGPT-Account-Id is required" : "Forbidden: the account is not the token's", account is null ? 401 : 403);
        if (person.Residency != call.Header("x-openai-internal-codex-residency")) throw ChatGptRules.Detail("Workspace is not authorized in this region.", 401);
        return person;
    }

    private Reply Respond(Call call, RequestContext request, DateTimeOffset now)
    {
        var person = Person(call, now);
        CheckNames(call);
        if (_usage.Refuse(person, now) is { } refused) return refused;
        var body = OpenAiErrors.Body(call);
        ChatGptRules.Check(body, call);
        foreach (var item in body["input"].Arr())
        {
            if (item?["encrypted_content"].Str() is { } sealedText && _makers.TryGetValue(sealedText, out var maker) && maker != (person.AccountId ?? person.Name))
                throw OpenAiErrors.Bad($"The encrypted content {sealedText[..8]}... could not be verified. Reason: Encrypted content organization_id did not match the target organization.", null, "invalid_encrypted_content");
        }

        var reply = _responses.Answer(new Call(call.Method, "/v1/responses", call.Headers, call.Body), request);
        Remember(reply, person);
        return _usage.With(Opened(reply, person), person, now).With("x-codex-turn-state", request.Id("turn_"));
    }

    private static void CheckNames(Call call)
    {
        foreach (var header in (ReadOnlySpan<string>)["originator", "user-agent"])
            if (string.IsNullOrEmpty(call.Header(header))) throw ChatGptRules.Detail($"Missing {header}", 403);
    }

    /// <summary>Whose encrypted reasoning it is: no other organization can read it.</summary>
    private void Remember(Reply reply, ChatGptPerson person)
    {
        foreach (var frame in reply.Frames)
        {
            foreach (var rest in Encoding.UTF8.GetString(frame.Bytes).Split("\"encrypted_content\":\"").Skip(1)) _makers[rest[..rest.IndexOf('"', StringComparison.Ordinal)]] = person.AccountId ?? person.Name;
        }
    }

    /// <summary>The stream begins with an event that only this backend sends, and its last event repeats none of the output.</summary>
    private static Reply Opened(Reply reply, ChatGptPerson person)
    {
        var limits = new JsonObject { ["type"] = "codex.rate_limits", ["plan_type"] = person.Plan, ["rate_limits"] = new JsonObject { ["primary"] = null, ["secondary"] = null } };
        var opened = new Reply { Status = reply.Status, ContentType = reply.ContentType, Streamed = reply.Streamed, ErrorFrame = reply.ErrorFrame, Frames = [new Frame(JsonExtensions.Sse("codex.rate_limits", limits)), .. reply.Frames.Take(reply.Frames.Count - 1), WithoutOutput(reply.Frames[^1])] };
        opened.Headers.AddRange(reply.Headers);
        return opened;
    }

    private static Frame WithoutOutput(Frame last)
    {
        var text = Encoding.UTF8.GetString(last.Bytes);
        var data = JsonNode.Parse(text[(text.IndexOf("data: ", StringComparison.Ordinal) + 6)..])!;
        if (data["response"] is JsonObject response) response["output"] = new JsonArray();
        return new Frame(JsonExtensions.Sse(data["type"].Str(), data), last.Delay);
    }

    private Reply Models(Call call, DateTimeOffset now)
    {
        _ = Person(call, now);
        if (!call.Query.TryGetValue("client_version", out var version)) throw ChatGptRules.Detail("client_version is required");
        var models = ChatGptRules.Models.Where(model => model.Least <= ChatGptRules.VersionOf(version)).Select(static model => (JsonNode)new JsonObject
        {
            ["slug"] = model.Slug, ["display_name"] = model.Slug, ["visibility"] = "list", ["supported_in_api"] = true, ["minimal_client_version"] = model.Least.ToString(), ["context_window"] = 272_000,
        });
        return Reply.Json(new JsonObject { ["models"] = new JsonArray([.. models]) }).With("etag", "\"emulated\"");
    }
}
