using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Bedrock;

/// <summary>Writes an answer as Converse does, whole or in events.</summary>
internal sealed class ConverseWriting
{
    private readonly Answer _answer;
    private readonly RequestContext _context;
    private readonly JsonObject _usage;

    public ConverseWriting(JsonObject body, UserPrompt question, RequestContext request)
    {
        _ = body;
        (_context, _answer) = (request, request.Answer(question, "tooluse_"));
        var cache = request.Prefixes.Marked("bedrock/" + question.Model, question.Prompt);
        _usage = new JsonObject
        {
            ["inputTokens"] = cache.Total - cache.Read - cache.Written,
            ["outputTokens"] = _answer.OutputTokens,
            ["totalTokens"] = cache.Total + _answer.OutputTokens,
            ["cacheReadInputTokens"] = cache.Read,
            ["cacheWriteInputTokens"] = cache.Written,
        };
    }

    public JsonObject Whole() => new()
    {
        ["metrics"] = new JsonObject { ["latencyMs"] = 100 },
        ["output"] = new JsonObject { ["message"] = new JsonObject { ["content"] = new JsonArray([.. _answer.Pieces.Select(Block)]), ["role"] = "assistant" } },
        ["stopReason"] = StopReason(),
        ["usage"] = _usage,
    };

    public IEnumerable<(string Name, JsonObject Payload)> Events()
    {
        yield return ("messageStart", new JsonObject { ["p"] = "abcdefgh", ["role"] = "assistant" });
        for (var i = 0; i < _answer.Pieces.Count; i++)
        {
            var piece = _answer.Pieces[i];
            // Only tool use is announced; text and reasoning open with their first delta.
            if (piece is CallPiece call)
            {
                yield return ("contentBlockStart", new JsonObject
                {
                    ["contentBlockIndex"] = i,
                    ["p"] = "abc",
                    ["start"] = new JsonObject { ["toolUse"] = new JsonObject { ["name"] = call.Name, ["toolUseId"] = call.Id } },
                });
            }

            foreach (var delta in DeltasOf(piece))
                yield return ("contentBlockDelta", new JsonObject { ["contentBlockIndex"] = i, ["delta"] = delta, ["p"] = "abcdef" });
            yield return ("contentBlockStop", new JsonObject { ["contentBlockIndex"] = i, ["p"] = "ab" });
        }

        yield return ("messageStop", new JsonObject { ["p"] = "abcd", ["stopReason"] = StopReason() });
        yield return ("metadata", new JsonObject { ["metrics"] = new JsonObject { ["latencyMs"] = 100 }, ["p"] = "a", ["usage"] = _usage });
    }

    private string StopReason() => _answer.Ending switch
    {
        Ending.Calls => "tool_use",
        Ending.Length => "max_tokens",
        Ending.StopSequence => "stop_sequence",
        _ => "end_turn",
    };

    private JsonNode Block(Piece piece) => piece switch
    {
        ReasoningPiece thought => new JsonObject
        {
            ["reasoningContent"] = new JsonObject { ["reasoningText"] = new JsonObject { ["signature"] = _context.Signatures.Sign("claude", thought.Text), ["text"] = thought.Text } },
        },
        CallPiece call => new JsonObject { ["toolUse"] = new JsonObject { ["input"] = Input(call.Input), ["name"] = call.Name, ["toolUseId"] = call.Id } },
        TextPiece text => new JsonObject { ["text"] = text.Text },
        _ => new JsonObject { ["text"] = "" },
    };

    private IEnumerable<JsonObject> DeltasOf(Piece piece)
    {
        switch (piece)
        {
            case ReasoningPiece thought:
                foreach (var part in Deltas.OfText(thought.Text))
                    yield return new JsonObject { ["reasoningContent"] = new JsonObject { ["text"] = part } };
                yield return new JsonObject { ["reasoningContent"] = new JsonObject { ["signature"] = _context.Signatures.Sign("claude", thought.Text) } };
                break;
            case TextPiece text:
                foreach (var part in Deltas.OfText(text.Text))
                    yield return new JsonObject { ["text"] = part };
                break;
            // A call without arguments has no delta at all.
            case CallPiece call when Input(call.Input) is JsonObject { Count: > 0 } input:
                foreach (var part in Deltas.OfInput(JsonExtensions.Text(input)))
                    yield return new JsonObject { ["toolUse"] = new JsonObject { ["input"] = part } };
                break;
        }
    }

    private static JsonNode Input(string input)
    {
        try
        {
            return JsonNode.Parse(input) as JsonObject ?? new JsonObject { ["input"] = input };
        }
        catch (System.Text.Json.JsonException)
        {
            return new JsonObject { ["input"] = input };
        }
    }
}
