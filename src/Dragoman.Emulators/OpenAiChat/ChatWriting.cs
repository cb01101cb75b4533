using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>Writes an answer as a chat completion, whole or in chunks.</summary>
internal sealed class ChatWriting
{
    private readonly Answer _answer;
    private readonly string _id;
    private readonly string _model;
    private readonly long _created;
    private readonly JsonObject _usage;
    private readonly bool _withUsage;

    public ChatWriting(JsonObject body, UserPrompt question, RequestContext request)
    {
        _answer = request.Answer(question, "call_");
        _id = request.Id("chatcmpl-");
        _model = question.Model;
        _created = request.Now;
        _withUsage = body["stream_options"]?["include_usage"].Bool() == true;
        var cache = request.Prefixes.Automatic("openai/" + _model, question.Prompt);
        _usage = new JsonObject
        {
            ["prompt_tokens"] = cache.Total,
            ["completion_tokens"] = _answer.OutputTokens,
            ["total_tokens"] = cache.Total + _answer.OutputTokens,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = cache.Read, ["audio_tokens"] = 0 },
            ["completion_tokens_details"] = new JsonObject
            {
                ["reasoning_tokens"] = _answer.ReasoningTokens,
                ["audio_tokens"] = 0,
                ["accepted_prediction_tokens"] = 0,
                ["rejected_prediction_tokens"] = 0,
            },
        };
    }

    public JsonObject Whole()
    {
        var text = string.Concat(_answer.Pieces.OfType<TextPiece>().Select(piece => piece.Text));
        var calls = _answer.Pieces.OfType<CallPiece>().ToList();
        var message = new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = text.Length == 0 && calls.Count > 0 ? null : text,
            ["refusal"] = null,
            ["annotations"] = Annotations(),
        };
        if (calls.Count > 0)
            message["tool_calls"] = new JsonArray([.. calls.Select(call => Call(call, call.Input))]);
        var completion = Envelope("chat.completion");
        completion["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = FinishReason() });
        completion["usage"] = _usage;
        return completion;
    }

    public IEnumerable<JsonObject> Chunks()
    {
        yield return Chunk(new JsonObject { ["role"] = "assistant", ["content"] = _answer.Pieces.Any(piece => piece is TextPiece) ? "" : null, ["refusal"] = null });
        var index = 0;
        foreach (var piece in _answer.Pieces)
        {
            switch (piece)
            {
                case TextPiece text:
                    foreach (var part in Deltas.OfText(text.Text))
                        yield return Chunk(new JsonObject { ["content"] = part });
                    if (text.Sources is not null)
                        yield return Chunk(new JsonObject { ["annotations"] = Annotations() });
                    break;
                case CallPiece call:
                    var opening = Call(call, "");
                    opening["index"] = index;
                    yield return Chunk(new JsonObject { ["tool_calls"] = new JsonArray(opening) });
                    foreach (var part in Deltas.OfInput(call.Input))
                    {
                        var more = call.Kind == ToolKind.Custom
                            ? new JsonObject { ["index"] = index, ["custom"] = new JsonObject { ["input"] = part } }
                            : new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = part } };
                        yield return Chunk(new JsonObject { ["tool_calls"] = new JsonArray(more) });
                    }

                    index++;
                    break;
            }
        }

        yield return Chunk([], FinishReason());
        if (_withUsage)
        {
            var last = Envelope("chat.completion.chunk");
            last["choices"] = new JsonArray();
            last["usage"] = _usage;
            yield return last;
        }
    }

    private JsonObject Envelope(string kind) => new()
    {
        ["id"] = _id,
        ["object"] = kind,
        ["created"] = _created,
        ["model"] = _model,
        ["service_tier"] = "default",
        ["system_fingerprint"] = "fp_emulator",
    };

    private JsonObject Chunk(JsonObject delta, string? finish = null)
    {
        var chunk = Envelope("chat.completion.chunk");
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = null, ["finish_reason"] = finish });
        if (_withUsage)
            chunk["usage"] = null;
        return chunk;
    }

    private string FinishReason() => _answer.Ending switch { Ending.Calls => "tool_calls", Ending.Length => "length", _ => "stop" };

    private static JsonObject Call(CallPiece call, string input) => call.Kind == ToolKind.Custom
        ? new JsonObject { ["id"] = call.Id, ["type"] = "custom", ["custom"] = new JsonObject { ["name"] = call.Name, ["input"] = input } }
        : new JsonObject { ["id"] = call.Id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = input } };

    private JsonArray Annotations()
    {
        var annotations = new JsonArray();
        foreach (var text in _answer.Pieces.OfType<TextPiece>())
        {
            foreach (var source in text.Sources ?? [])
            {
                annotations.Add(new JsonObject
                {
                    ["type"] = "url_citation",
                    ["url_citation"] = new JsonObject { ["url"] = source.Url, ["title"] = source.Title, ["start_index"] = 0, ["end_index"] = text.Text.Length },
                });
            }
        }

        return annotations;
    }
}
