using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiResponses;

/// <summary>Writes an answer as a response object, whole or in events.</summary>
internal sealed class ResponsesWriting
{
    private static readonly string[] Echoed =
    [
        "instructions", "max_output_tokens", "max_tool_calls", "previous_response_id", "prompt_cache_key", "safety_identifier", "user",
    ];

    private readonly JsonObject _body;
    private readonly Answer _answer;
    private readonly RequestContext _context;
    private readonly JsonObject _usage;
    private readonly List<JsonObject> _items = [];
    private int _sequence;

    public ResponsesWriting(JsonObject body, UserPrompt question, RequestContext request)
    {
        (_body, _context, _answer) = (body, request, request.Answer(question, "call_"));
        var cache = request.Prefixes.Automatic("openai/" + question.Model, question.Prompt);
        _usage = new JsonObject
        {
            ["input_tokens"] = cache.Total,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = cache.Read, ["cache_write_tokens"] = 0 },
            ["output_tokens"] = _answer.OutputTokens,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = _answer.ReasoningTokens },
            ["total_tokens"] = cache.Total + _answer.OutputTokens,
        };
        foreach (var piece in _answer.Pieces)
            _items.Add(Item(piece, _items.Count));
    }

    public JsonObject Whole() => Response(_answer.Ending == Ending.Length ? "incomplete" : "completed");

    public IEnumerable<JsonObject> Events()
    {
        yield return Event("response.created", new JsonObject { ["response"] = Response("in_progress") });
        yield return Event("response.in_progress", new JsonObject { ["response"] = Response("in_progress") });
        for (var i = 0; i < _items.Count; i++)
        {
            foreach (var item in ItemEvents(_items[i], i))
                yield return item;
        }

        var end = Whole();
        yield return Event("response." + end["status"].Str(), new JsonObject { ["response"] = end });
    }

    public byte[] Failed(string message)
    {
        var response = Response("failed");
        response["error"] = new JsonObject { ["code"] = "server_error", ["message"] = message };
        return JsonExtensions.Sse("response.failed", Event("response.failed", new JsonObject { ["response"] = response }));
    }

    private JsonObject Event(string type, JsonObject members)
    {
        var item = new JsonObject { ["type"] = type, ["sequence_number"] = _sequence++ };
        foreach (var (name, value) in members)
            item[name] = value?.DeepClone();
        return item;
    }

    private JsonObject Response(string status)
    {
        var done = status is "completed" or "incomplete";
        var response = new JsonObject
        {
            ["id"] = _context.Id("resp_"),
            ["object"] = "response",
            ["created_at"] = _context.Now,
            ["status"] = status,
            ["background"] = false,
            ["error"] = null,
            ["incomplete_details"] = status == "incomplete" ? new JsonObject { ["reason"] = "max_output_tokens" } : null,
            ["model"] = _body["model"]?.DeepClone(),
            ["output"] = done ? new JsonArray([.. _items.Select(item => item.DeepClone())]) : new JsonArray(),
            ["parallel_tool_calls"] = _body["parallel_tool_calls"]?.DeepClone() ?? true,
            ["reasoning"] = new JsonObject { ["effort"] = _body["reasoning"]?["effort"]?.DeepClone(), ["summary"] = _body["reasoning"]?["summary"]?.DeepClone() },
            ["service_tier"] = "default",
            ["store"] = _body["store"]?.DeepClone() ?? true,
            ["temperature"] = _body["temperature"]?.DeepClone() ?? 1.0,
            ["text"] = _body["text"]?.DeepClone() ?? new JsonObject { ["format"] = new JsonObject { ["type"] = "text" }, ["verbosity"] = "medium" },
            ["tool_choice"] = _body["tool_choice"]?.DeepClone() ?? "auto",
            ["tools"] = _body["tools"]?.DeepClone() ?? new JsonArray(),
            ["top_logprobs"] = 0,
            ["top_p"] = _body["top_p"]?.DeepClone() ?? 1.0,
            ["truncation"] = _body["truncation"]?.DeepClone() ?? "disabled",
            ["usage"] = done ? _usage.DeepClone() : null,
            ["metadata"] = _body["metadata"]?.DeepClone() ?? new JsonObject(),
        };
        // Unsaid means strict, and the answer says so.
        foreach (var function in response["tools"].Arr().OfType<JsonObject>().Where(tool => tool["type"].Str() == "function"))
        {
            function.TryAdd("strict", true);
            function.TryAdd("parameters", null);
        }

        foreach (var name in Echoed)
            response[name] = _body[name]?.DeepClone();
        return response;
    }

    private JsonObject Item(Piece piece, int index)
    {
        switch (piece)
        {
            case ReasoningPiece thought:
                var reasoning = new JsonObject { ["id"] = _context.Id("rs_", index), ["type"] = "reasoning", ["summary"] = new JsonArray() };
                if (_body["reasoning"]?["summary"] is not null)
                    reasoning["summary"] = new JsonArray(new JsonObject { ["type"] = "summary_text", ["text"] = thought.Text });
                if (_body["include"].Arr().Any(word => word.Str() == "reasoning.encrypted_content"))
                    reasoning["encrypted_content"] = "gAAAAA" + _context.Signatures.Issue("openai", thought.Text);
                return reasoning;
            case TextPiece text:
                var annotations = new JsonArray();
                foreach (var source in text.Sources ?? [])
                    annotations.Add(new JsonObject { ["type"] = "url_citation", ["start_index"] = 0, ["end_index"] = text.Text.Length, ["url"] = source.Url, ["title"] = source.Title });
                return new JsonObject
                {
                    ["id"] = _context.Id("msg_", index),
                    ["type"] = "message",
                    ["status"] = _answer.Ending == Ending.Length ? "incomplete" : "completed",
                    ["role"] = "assistant",
                    ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["annotations"] = annotations, ["logprobs"] = new JsonArray(), ["text"] = text.Text }),
                };
            case SearchPiece search:
                var action = new JsonObject { ["type"] = "search", ["query"] = search.Query };
                if (_body["include"].Arr().Any(word => word.Str() == "web_search_call.action.sources"))
                    action["sources"] = new JsonArray([.. search.Results.Select(result => new JsonObject { ["type"] = "url", ["url"] = result.Url })]);
                return new JsonObject { ["id"] = _context.Id("ws_", index), ["type"] = "web_search_call", ["status"] = "completed", ["action"] = action };
            case CallPiece call:
                return Call(call, index);
            default:
                throw new InvalidOperationException(piece.GetType().Name);
        }
    }

    private JsonObject Call(CallPiece call, int index)
    {
        var (prefix, type) = call.Kind switch
        {
            ToolKind.Custom => ("ctc_", "custom_tool_call"),
            ToolKind.LocalShell => ("lsh_", "local_shell_call"),
            ToolKind.Shell => ("sh_", "shell_call"),
            ToolKind.ApplyPatch => ("apc_", "apply_patch_call"),
            _ => ("fc_", "function_call"),
        };
        var item = new JsonObject { ["id"] = _context.Id(prefix, index), ["type"] = type, ["status"] = "completed", ["call_id"] = call.Id };
        switch (call.Kind)
        {
            case ToolKind.Custom:
                item["name"] = call.Name;
                item["input"] = call.Input;
                break;
            case ToolKind.LocalShell or ToolKind.Shell:
                item["action"] = JsonNode.Parse(call.Input);
                break;
            case ToolKind.ApplyPatch:
                item["operation"] = JsonNode.Parse(call.Input);
                break;
            default:
                item["name"] = call.Name;
                item["arguments"] = call.Input;
                break;
        }

        return item;
    }

    private IEnumerable<JsonObject> ItemEvents(JsonObject item, int index)
    {
        var opening = item.DeepClone().AsObject();
        var id = item["id"].Str()!;
        if (opening.ContainsKey("status"))
            opening["status"] = "in_progress";
        foreach (var member in (string[])["arguments", "input"])
        {
            if (opening.ContainsKey(member))
                opening[member] = "";
        }

        if (opening.ContainsKey("content"))
            opening["content"] = new JsonArray();
        if (opening.ContainsKey("summary"))
            opening["summary"] = new JsonArray();
        yield return Event("response.output_item.added", new JsonObject { ["output_index"] = index, ["item"] = opening });
        var inner = item["type"].Str() switch
        {
            "message" => MessageEvents(item["content"]![0]!, id, index),
            "reasoning" => SummaryEvents(item["summary"].Arr(), id, index),
            "function_call" => InputEvents("response.function_call_arguments", "arguments", item, id, index),
            "custom_tool_call" => InputEvents("response.custom_tool_call_input", "input", item, id, index),
            "web_search_call" => SearchEvents(id, index),
            _ => [],
        };
        foreach (var part in inner)
            yield return part;
        yield return Event("response.output_item.done", new JsonObject { ["output_index"] = index, ["item"] = item.DeepClone() });
    }

    private IEnumerable<JsonObject> MessageEvents(JsonNode part, string id, int index)
    {
        JsonObject At() => new() { ["item_id"] = id, ["output_index"] = index, ["content_index"] = 0 };
        JsonObject With(string name, JsonNode? value)
        {
            var members = At();
            members[name] = value;
            return members;
        }

        var empty = part.DeepClone();
        empty["text"] = "";
        empty["annotations"] = new JsonArray();
        yield return Event("response.content_part.added", With("part", empty));
        foreach (var delta in Deltas.OfText(part["text"].Str()!))
        {
            var members = With("delta", delta);
            members["logprobs"] = new JsonArray();
            yield return Event("response.output_text.delta", members);
        }

        var annotations = part["annotations"].Arr();
        for (var a = 0; a < annotations.Count; a++)
        {
            var members = With("annotation", annotations[a]!.DeepClone());
            members["annotation_index"] = a;
            yield return Event("response.output_text.annotation.added", members);
        }

        var done = With("text", part["text"]!.DeepClone());
        done["logprobs"] = new JsonArray();
        yield return Event("response.output_text.done", done);
        yield return Event("response.content_part.done", With("part", part.DeepClone()));
    }

    private IEnumerable<JsonObject> SummaryEvents(JsonArray summary, string id, int index)
    {
        for (var s = 0; s < summary.Count; s++)
        {
            var text = summary[s]!["text"].Str()!;
            JsonObject With(string name, JsonNode value) => new() { ["item_id"] = id, ["output_index"] = index, ["summary_index"] = s, [name] = value };
            yield return Event("response.reasoning_summary_part.added", With("part", new JsonObject { ["type"] = "summary_text", ["text"] = "" }));
            foreach (var delta in Deltas.OfText(text))
                yield return Event("response.reasoning_summary_text.delta", With("delta", delta));
            yield return Event("response.reasoning_summary_text.done", With("text", text));
            yield return Event("response.reasoning_summary_part.done", With("part", summary[s]!.DeepClone()));
        }
    }

    private IEnumerable<JsonObject> InputEvents(string name, string member, JsonObject item, string id, int index)
    {
        foreach (var delta in Deltas.OfInput(item[member].Str()!))
            yield return Event(name + ".delta", new JsonObject { ["item_id"] = id, ["output_index"] = index, ["delta"] = delta });
        var done = new JsonObject { ["item_id"] = id, ["output_index"] = index, [member] = item[member]!.DeepClone() };
        if (member == "arguments")
            done["name"] = item["name"]!.DeepClone();
        yield return Event(name + ".done", done);
    }

    private IEnumerable<JsonObject> SearchEvents(string id, int index)
    {
        foreach (var step in (string[])["in_progress", "searching", "completed"])
            yield return Event("response.web_search_call." + step, new JsonObject { ["item_id"] = id, ["output_index"] = index });
    }
}
