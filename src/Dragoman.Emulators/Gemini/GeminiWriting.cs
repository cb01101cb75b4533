using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Gemini;

/// <summary>Writes an answer as a GenerateContentResponse, whole or in chunks.</summary>
internal sealed class GeminiWriting
{
    private readonly Answer _answer;
    private readonly RequestContext _context;
    private readonly string _model;
    private readonly JsonObject _usage;
    private readonly bool _gemini3;

    public GeminiWriting(JsonObject body, UserPrompt question, RequestContext request)
    {
        (_context, _model, _answer) = (request, question.Model, request.Answer(question, ""));
        _gemini3 = _model.StartsWith("gemini-3", StringComparison.Ordinal);
        _ = body;
        var cache = request.Prefixes.Automatic("gemini/" + _model, question.Prompt);
        _usage = new JsonObject
        {
            ["promptTokenCount"] = cache.Total,
            ["candidatesTokenCount"] = _answer.OutputTokens - _answer.ReasoningTokens,
            ["totalTokenCount"] = cache.Total + _answer.OutputTokens,
            ["promptTokensDetails"] = new JsonArray(new JsonObject { ["modality"] = "TEXT", ["tokenCount"] = cache.Total }),
        };
        if (cache.Read > 0)
            _usage["cachedContentTokenCount"] = cache.Read;
        if (_answer.ReasoningTokens > 0)
            _usage["thoughtsTokenCount"] = _answer.ReasoningTokens;
    }

    public JsonObject Whole() => Response([.. _answer.Pieces.SelectMany(piece => Parts(piece, whole: true))], last: true);

    public IEnumerable<JsonObject> Chunks()
    {
        var parts = _answer.Pieces.SelectMany(piece => Parts(piece, whole: false)).ToList();
        for (var i = 0; i < parts.Count; i++)
            yield return Response([parts[i]], i == parts.Count - 1);
        if (parts.Count == 0)
            yield return Response([], last: true);
    }

    private IEnumerable<JsonNode> Parts(Piece piece, bool whole)
    {
        switch (piece)
        {
            case ReasoningPiece thought:
                foreach (var delta in whole ? [thought.Text] : Deltas.OfText(thought.Text))
                    yield return new JsonObject { ["text"] = delta, ["thought"] = true };
                break;
            case TextPiece text:
                foreach (var delta in whole ? [text.Text] : Deltas.OfText(text.Text))
                    yield return new JsonObject { ["text"] = delta };
                break;
            case CallPiece call:
                var function = new JsonObject { ["name"] = call.Name, ["args"] = Arguments(call.Input) };
                if (_gemini3)
                    function["id"] = call.Id;
                var part = new JsonObject { ["functionCall"] = function };
                // Of parallel calls only the first is signed.
                if ((_gemini3 || _answer.ReasoningTokens > 0) && ReferenceEquals(call, _answer.Pieces.OfType<CallPiece>().First()))
                    part["thoughtSignature"] = _context.Signatures.Issue("gemini", call.Name + call.Input);
                yield return part;
                break;
        }
    }

    private JsonObject Response(JsonNode[] parts, bool last)
    {
        var candidate = new JsonObject { ["content"] = new JsonObject { ["parts"] = new JsonArray(parts), ["role"] = "model" }, ["index"] = 0 };
        if (parts.Length == 0)
            candidate["content"]!.AsObject().Remove("parts");
        if (last)
        {
            candidate["finishReason"] = _answer.Ending == Ending.Length ? "MAX_TOKENS" : "STOP";
            if (Grounding() is { } grounding)
                candidate["groundingMetadata"] = grounding;
        }

        return new JsonObject
        {
            ["candidates"] = new JsonArray(candidate),
            ["usageMetadata"] = _usage.DeepClone(),
            ["modelVersion"] = _model,
            ["responseId"] = _context.Id(""),
        };
    }

    private JsonObject? Grounding()
    {
        if (_answer.Pieces.OfType<SearchPiece>().FirstOrDefault() is not { } search)
            return null;
        var text = string.Concat(_answer.Pieces.OfType<TextPiece>().Select(piece => piece.Text));
        return new JsonObject
        {
            ["searchEntryPoint"] = new JsonObject { ["renderedContent"] = "<div></div>" },
            ["groundingChunks"] = new JsonArray([.. search.Results.Select(result => new JsonObject { ["web"] = new JsonObject { ["uri"] = result.Url, ["title"] = result.Title } })]),
            ["groundingSupports"] = new JsonArray(new JsonObject
            {
                ["segment"] = new JsonObject { ["startIndex"] = 0, ["endIndex"] = System.Text.Encoding.UTF8.GetByteCount(text), ["text"] = text },
                ["groundingChunkIndices"] = new JsonArray([.. search.Results.Select((_, i) => (JsonNode)i)]),
            }),
            ["webSearchQueries"] = new JsonArray(search.Query),
        };
    }

    private static JsonNode Arguments(string input)
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
