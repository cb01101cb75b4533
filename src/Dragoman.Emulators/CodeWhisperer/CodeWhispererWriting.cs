using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.CodeWhisperer;

/// <summary>
/// Writes an answer as the service streams it. A model that was asked to think by fields thinks in events of its own, one that was asked by tags in tags
/// at the head of its text. There is no event for the end: after the last words comes what the answer cost.
/// </summary>
internal sealed class CodeWhispererWriting
{
    private readonly Answer _answer;
    private readonly RequestContext _context;
    private readonly UserPrompt _question;
    private readonly bool _native;
    private readonly string _conversation;
    private readonly PrefixMemory.Result _prompt;

    public CodeWhispererWriting(UserPrompt question, RequestContext request, JsonObject body)
    {
        (_question, _context, _answer) = (question, request, request.Answer(question, "tooluse_"));
        _native = body["additionalModelRequestFields"] is not null;
        _conversation = body["conversationState"]!["conversationId"].Str()!;
        // The cache goes by the conversation.
        _prompt = request.Prefixes.Marked($"codewhisperer/{question.Model}/{_conversation}", question.Prompt);
    }

    public IEnumerable<(string Name, JsonObject Payload)> Events()
    {
        yield return ("messageMetadataEvent", new JsonObject { ["conversationId"] = _conversation, ["utteranceId"] = _context.Id("") });
        foreach (var piece in _answer.Pieces)
        {
            foreach (var item in EventsOf(piece)) yield return item;
        }

        var total = _prompt.Total + _answer.OutputTokens;
        yield return ("contextUsageEvent", new JsonObject { ["contextUsagePercentage"] = Math.Round(total * 100.0 / (CodeWhispererApi.WindowOf(_question.Model) ?? 200_000), 4) });
        yield return ("metadataEvent", new JsonObject
        {
            ["tokenUsage"] = new JsonObject
            {
                ["uncachedInputTokens"] = _prompt.Total - _prompt.Read - _prompt.Written,
                ["outputTokens"] = _answer.OutputTokens,
                ["totalTokens"] = total,
                ["cacheReadInputTokens"] = _prompt.Read,
                ["cacheWriteInputTokens"] = _prompt.Written,
            },
        });
        yield return ("meteringEvent", new JsonObject { ["unit"] = "credit", ["unitPlural"] = "credits", ["usage"] = 0.08 });
    }

    private IEnumerable<(string Name, JsonObject Payload)> EventsOf(Piece piece)
    {
        switch (piece)
        {
            case ReasoningPiece thought when _native:
                foreach (var part in Deltas.OfText(thought.Text)) yield return ("reasoningContentEvent", new JsonObject { ["text"] = part });
                yield return ("reasoningContentEvent", new JsonObject { ["signature"] = _context.Signatures.Sign("claude", thought.Text) });
                break;
            case ReasoningPiece thought:
                foreach (var part in Deltas.OfText($"<thinking>\n{thought.Text}</thinking>\n\n")) yield return Text(part);
                break;
            case TextPiece text:
                foreach (var part in Deltas.OfText(text.Text)) yield return Text(part);
                break;
            case CallPiece call:
                // The first event names the call and has no input, as the service sends it.
                yield return ("toolUseEvent", new JsonObject { ["name"] = call.Name, ["toolUseId"] = call.Id });
                var input = Input(call.Input);
                if (input != "{}")
                {
                    foreach (var part in Deltas.OfInput(input)) yield return ("toolUseEvent", new JsonObject { ["input"] = part, ["name"] = call.Name, ["toolUseId"] = call.Id });
                }

                yield return ("toolUseEvent", new JsonObject { ["name"] = call.Name, ["stop"] = true, ["toolUseId"] = call.Id });
                break;
        }
    }

    private static (string Name, JsonObject Payload) Text(string part) => ("assistantResponseEvent", new JsonObject { ["content"] = part });

    private static string Input(string input)
    {
        try
        {
            if (JsonNode.Parse(input) is JsonObject) return input;
        }
        catch (JsonException)
        {
            // Free text, which only an object can carry.
        }

        return JsonExtensions.Text(new JsonObject { ["input"] = input });
    }
}
