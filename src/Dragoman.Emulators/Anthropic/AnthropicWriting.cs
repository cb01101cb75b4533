using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>Writes an answer as a message, whole or in events.</summary>
internal sealed class AnthropicWriting
{
    private readonly List<(JsonObject Block, List<JsonObject> Deltas)> _blocks = [];
    private readonly Answer _answer;
    private readonly JsonObject _usage;
    private readonly string _id;
    private readonly string _model;

    private AnthropicWriting(Answer answer, JsonObject usage, string id, string model) =>
        (_answer, _usage, _id, _model) = (answer, usage, id, model);

    public static AnthropicWriting Compose(JsonObject body, UserPrompt question, RequestContext request)
    {
        var answer = request.Answer(question, "toolu_01");
        var cache = request.Prefixes.Marked("claude/" + question.Model, question.Prompt);
        var usage = new JsonObject
        {
            ["input_tokens"] = cache.Total - cache.Read - cache.Written,
            ["cache_creation_input_tokens"] = cache.Written,
            ["cache_read_input_tokens"] = cache.Read,
            ["cache_creation"] = new JsonObject
            {
                ["ephemeral_5m_input_tokens"] = cache.Written - cache.WrittenHour,
                ["ephemeral_1h_input_tokens"] = cache.WrittenHour,
            },
            ["output_tokens"] = answer.OutputTokens,
            ["service_tier"] = "standard",
        };
        var writing = new AnthropicWriting(answer, usage, request.Id("msg_01"), question.Model);
        var hidden = body["thinking"]?["display"].Str() == "omitted";
        var redacted = question.UserText.Contains("ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING", StringComparison.Ordinal);
        foreach (var piece in answer.Pieces)
            writing.Add(piece, request, hidden, redacted);
        return writing;
    }

    public JsonObject Whole()
    {
        var message = Message();
        message["content"] = new JsonArray([.. _blocks.Select(block => (JsonNode)block.Block)]);
        message["stop_reason"] = StopReason();
        message["stop_sequence"] = _answer.StopSequence;
        message["usage"] = _usage;
        return message;
    }

    public IEnumerable<JsonObject> Events()
    {
        var start = Message();
        start["usage"] = _usage.DeepClone();
        start["usage"]!["output_tokens"] = 1;
        yield return new JsonObject { ["type"] = "message_start", ["message"] = start };
        for (var i = 0; i < _blocks.Count; i++)
        {
            var (block, deltas) = _blocks[i];
            yield return new JsonObject { ["type"] = "content_block_start", ["index"] = i, ["content_block"] = Opening(block) };
            if (i == 0)
                yield return new JsonObject { ["type"] = "ping" };
            foreach (var delta in deltas)
                yield return new JsonObject { ["type"] = "content_block_delta", ["index"] = i, ["delta"] = delta };
            yield return new JsonObject { ["type"] = "content_block_stop", ["index"] = i };
        }

        var usage = _usage.DeepClone().AsObject();
        usage.Remove("cache_creation");
        usage.Remove("service_tier");
        yield return new JsonObject
        {
            ["type"] = "message_delta",
            ["delta"] = new JsonObject { ["stop_reason"] = StopReason(), ["stop_sequence"] = _answer.StopSequence },
            ["usage"] = usage,
        };
        yield return new JsonObject { ["type"] = "message_stop" };
    }

    private JsonObject Message() => new()
    {
        ["id"] = _id,
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = _model,
        ["content"] = new JsonArray(),
        ["stop_reason"] = null,
        ["stop_sequence"] = null,
    };

    private string StopReason() => _answer.Ending switch
    {
        Ending.Calls => "tool_use",
        Ending.Length => "max_tokens",
        Ending.StopSequence => "stop_sequence",
        _ => "end_turn",
    };

    private void Add(Piece piece, RequestContext request, bool hidden, bool redacted)
    {
        switch (piece)
        {
            case ReasoningPiece when redacted:
                _blocks.Add((new JsonObject { ["type"] = "redacted_thinking", ["data"] = request.Signatures.Issue("claude-redacted", "hidden") }, []));
                break;
            case ReasoningPiece thought:
                var signature = request.Signatures.Sign("claude", thought.Text);
                List<JsonObject> thinking = hidden ? [] : [.. Deltas.OfText(thought.Text).Select(text => Delta("thinking_delta", "thinking", text))];
                thinking.Add(Delta("signature_delta", "signature", signature));
                _blocks.Add((new JsonObject { ["type"] = "thinking", ["thinking"] = hidden ? "" : thought.Text, ["signature"] = signature }, thinking));
                break;
            case TextPiece text:
                Text(text, request);
                break;
            case CallPiece call:
                JsonNode input;
                try
                {
                    input = JsonNode.Parse(call.Input) as JsonObject ?? new JsonObject { ["input"] = call.Input };
                }
                catch (System.Text.Json.JsonException)
                {
                    input = new JsonObject { ["input"] = call.Input };
                }

                var raw = input.AsObject().Count == 0 ? "" : JsonExtensions.Text(input);
                List<JsonObject> parts = [Delta("input_json_delta", "partial_json", ""), .. Deltas.OfInput(raw).Select(part => Delta("input_json_delta", "partial_json", part))];
                _blocks.Add((new JsonObject { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = input }, parts));
                break;
            case SearchPiece search:
                Search(search, request);
                break;
        }
    }

    private void Text(TextPiece text, RequestContext request)
    {
        var deltas = Deltas.OfText(text.Text).Select(part => Delta("text_delta", "text", part)).ToList();
        var block = new JsonObject { ["type"] = "text", ["text"] = text.Text };
        if (text.Sources is { } sources)
        {
            var citations = new JsonArray();
            foreach (var source in sources)
            {
                var citation = new JsonObject
                {
                    ["type"] = "web_search_result_location",
                    ["cited_text"] = $"{source.Title}: a page of the emulator.",
                    ["url"] = source.Url,
                    ["title"] = source.Title,
                    ["encrypted_index"] = request.Signatures.Issue("claude-search", source.Url),
                };
                citations.Add(citation);
                deltas.Insert(citations.Count - 1, new JsonObject { ["type"] = "citations_delta", ["citation"] = citation.DeepClone() });
            }

            block["citations"] = citations;
        }

        _blocks.Add((block, deltas));
    }

    private void Search(SearchPiece search, RequestContext request)
    {
        var id = "srvtoolu_" + search.Id["toolu_".Length..];
        var input = new JsonObject { ["query"] = search.Query };
        _blocks.Add((
            new JsonObject { ["type"] = "server_tool_use", ["id"] = id, ["name"] = "web_search", ["input"] = input },
            [.. Deltas.OfInput(JsonExtensions.Text(input)).Select(part => Delta("input_json_delta", "partial_json", part))]));
        var results = new JsonArray([.. search.Results.Select(result => new JsonObject
        {
            ["type"] = "web_search_result",
            ["title"] = result.Title,
            ["url"] = result.Url,
            ["encrypted_content"] = request.Signatures.Issue("claude-search", result.Url),
            ["page_age"] = null,
        })]);
        _blocks.Add((new JsonObject { ["type"] = "web_search_tool_result", ["tool_use_id"] = id, ["content"] = results }, []));
        _usage["server_tool_use"] = new JsonObject { ["web_search_requests"] = 1 };
    }

    // A block opens empty; what comes without deltas comes whole.
    private static JsonObject Opening(JsonObject block)
    {
        var copy = block.DeepClone().AsObject();
        switch (copy["type"].Str())
        {
            case "text":
                copy["text"] = "";
                if (copy.ContainsKey("citations"))
                    copy["citations"] = new JsonArray();
                break;
            case "thinking":
                copy["thinking"] = "";
                copy["signature"] = "";
                break;
            case "tool_use" or "server_tool_use":
                copy["input"] = new JsonObject();
                break;
        }

        return copy;
    }

    private static JsonObject Delta(string type, string member, string value) => new() { ["type"] = type, [member] = value };
}
