using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.OpenAiResponses;

/// <summary>OpenAI's Responses API, with the state that previous_response_id and stored items need.</summary>
internal sealed class ResponsesApi : IProviderApi
{
    private const int MostStored = 2000;
    private readonly ConcurrentDictionary<string, (JsonArray Input, JsonObject Response)> _stored = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonObject> _items = new(StringComparer.Ordinal);

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        OpenAiErrors.Authenticate(call, request);
        return call switch
        {
            { IsPost: true, Segments: [_, _] } => Create(call, request),
            { IsPost: true, Segments: [_, _, "input_tokens"] } => Count(call, request),
            { Method: "GET", Segments: [_, _, var id] } => Reply.Json(Stored(id).Response.DeepClone()),
            { Method: "DELETE", Segments: [_, _, var id] } => Delete(id),
            { Method: "GET", Segments: [_, _, var id, "input_items"] } => Items(id),
            _ => throw new Refusal(404, $"Invalid URL ({call.Method} {call.Path})"),
        };
    }

    public Reply Error(Call call, Refusal refusal) => OpenAiErrors.Reply(call, refusal);

    private Reply Create(Call call, RequestContext request)
    {
        var body = OpenAiErrors.Body(call);
        var input = Check(body, request);
        var writing = new ResponsesWriting(body, ResponsesReading.Read(body, input), request);
        var whole = writing.Whole();
        if (body["store"].Bool() != false && _stored.Count < MostStored)
        {
            _stored[whole["id"].Str()!] = (input.DeepClone().AsArray(), whole.DeepClone().AsObject());
            foreach (var item in whole["output"].Arr())
                _items[item!["id"].Str()!] = item.DeepClone().AsObject();
        }

        var reply = body["stream"].Bool() == true
            ? new Reply
            {
                ContentType = "text/event-stream; charset=utf-8",
                Streamed = true,
                Frames = [.. writing.Events().Select(item => new Frame(JsonExtensions.Sse(item["type"].Str(), item)))],
                ErrorFrame = message => writing.Failed(message),
            }
            : Reply.Json(whole);
        return reply.With("x-request-id", request.Id("req_")).With("openai-version", "2020-10-01");
    }

    private Reply Count(Call call, RequestContext request)
    {
        var body = OpenAiErrors.Body(call);
        var input = Check(body, request);
        return Reply.Json(new JsonObject { ["object"] = "response.input_tokens", ["input_tokens"] = Tokens.Count(ResponsesReading.Read(body, input).Prompt) });
    }

    private JsonArray Check(JsonObject body, RequestContext request)
    {
        ResponsesRules.Check(body);
        JsonArray history = [];
        if (body["previous_response_id"].Str() is { } previous)
        {
            if (!previous.StartsWith("resp", StringComparison.Ordinal))
                throw OpenAiErrors.Bad($"Invalid 'previous_response_id': '{previous}'. Expected an ID that begins with 'resp'.", "previous_response_id", "invalid_value");
            if (!_stored.TryGetValue(previous, out var stored))
                throw OpenAiErrors.Bad($"Previous response with id '{previous}' not found.", "previous_response_id", "previous_response_not_found");
            foreach (var item in stored.Input.Concat(stored.Response["output"].Arr()))
                history.Add(item!.DeepClone());
        }

        var own = body["input"] switch
        {
            null => [],
            { } text when text.Str() is { } words => new JsonArray(new JsonObject { ["role"] = "user", ["content"] = words }),
            JsonArray list => list,
            var other => throw OpenAiErrors.WrongType("input", "one of a string or array of objects", other),
        };
        if (own.Count == 0 && history.Count == 0)
            throw OpenAiErrors.Bad("One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.", "input", "missing_required_parameter");
        ResponsesItemRules.Check(own, history, _items, request.Signatures);
        foreach (var item in own)
        {
            var id = item!["id"].Str();
            history.Add(item["type"].Str() == "item_reference" && id is not null ? _items[id].DeepClone() : item.DeepClone());
        }

        return history;
    }

    private (JsonArray Input, JsonObject Response) Stored(string id) =>
        _stored.TryGetValue(id, out var stored) ? stored : throw new Refusal(404, $"Response with id '{id}' not found.");

    private Reply Delete(string id)
    {
        _ = Stored(id);
        _stored.TryRemove(id, out _);
        return Reply.Json(new JsonObject { ["id"] = id, ["object"] = "response", ["deleted"] = true });
    }

    private Reply Items(string id)
    {
        var items = Stored(id).Input.Reverse().Select(item => item!.DeepClone()).ToArray();
        return Reply.Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray(items), ["has_more"] = false, ["first_id"] = null, ["last_id"] = null });
    }
}
