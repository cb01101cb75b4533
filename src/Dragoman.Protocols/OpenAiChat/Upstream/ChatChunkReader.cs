using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Reads chunks (and, as one chunk, whole answers) of any server that calls itself compatible. Only the first choice is reported: the model in
/// the middle has one answer.
/// </summary>
internal sealed class ChatChunkReader(TranslationContext exchange, IAnswerSink sink)
{
    private readonly ChatDeltaReader _deltas = new(exchange, sink);
    private TokenUsage? _usage;
    private string? _tier;
    private Finish? _finish;
    private bool _started;
    private int _sources;

    /// <summary>Whether the body is a whole answer, which needs no finish reason to be over.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether the end has been reported.</summary>
    public bool IsOver { get; private set; }

    public void Read(ReadOnlyMemory<byte> chunk)
    {
        var reader = new Utf8TokenReader(chunk.Span, JsonReading.Options);
        if (!reader.Read()) return;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            // Google's interface answers an error inside an array; nothing else starts so.
            if (reader.TokenType == JsonTokenType.StartArray) Fail(ErrorInAnswer.Read(ChatUpstream.Instance, chunk));
            return;
        }

        string? id = null;
        string? model = null;
        string? fingerprint = null;
        var choices = default(JsonSlice);
        var sources = default(JsonSlice);
        var failed = false;
        var bare = false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("choices"u8)) choices = ChatJson.Value(ref reader, chunk);
            else if (reader.ValueTextEquals("usage"u8)) TakeUsage(ref reader, chunk);
            else if (reader.ValueTextEquals("x_groq"u8)) Groq(ChatJson.Value(ref reader, chunk));
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                failed |= reader.TokenType is JsonTokenType.StartObject or JsonTokenType.String;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("citations"u8)) sources = ChatJson.Value(ref reader, chunk);
            // A stream that passes is read from where its usage stands.
            else if (_tier is null && reader.ValueTextEquals("service_tier"u8)) _tier = NotEmpty(ChatJson.String(ref reader));
            else if (_started && !choices.IsEmpty) SkipValue(ref reader);
            else if (reader.ValueTextEquals("detail"u8) || reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                bare |= reader.TokenType is not JsonTokenType.Null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                failed |= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("error"u8);
                reader.Skip();
            }
            else if (_started) SkipValue(ref reader);
            else if (reader.ValueTextEquals("id"u8)) id = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("model"u8)) model = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("system_fingerprint"u8)) fingerprint = ChatJson.String(ref reader);
            else SkipValue(ref reader);
        }

        // A message with no choices is an error without its wrapping (FastAPI's detail).
        if (failed || ((IsWhole || bare) && choices.IsEmpty))
        {
            Fail(ErrorInAnswer.Read(ChatUpstream.Instance, chunk));
            return;
        }

        // Azure's first chunk has no choices and an empty id: the answer starts with the first that says something.
        if (!_started && choices.Bytes.Length > 2 && choices.IsArray)
        {
            _started = true;
            sink.Write(AnswerEvent.Started(new AnswerStart { Id = NotEmpty(id), Model = NotEmpty(model), ServiceTier = _tier, Fingerprint = fingerprint }));
        }

        if (choices.IsArray) Choices(choices, chunk);
        if (sources.IsArray && !IsOver) Sources(sources);
    }

    /// <summary>The answer was interrupted.</summary>
    public void Fail(WireError error)
    {
        if (IsOver) return;
        IsOver = true;
        EmitUsage();
        sink.Write(AnswerEvent.Failed(error));
    }

    /// <summary>The stream is over; <paramref name="stated"/> when the upstream said so itself.</summary>
    public void End(bool stated)
    {
        if (IsOver) return;
        IsOver = true;
        _deltas.Close();
        EmitUsage();
        if (_finish is null && IsWhole) _finish = new Finish(FinishReason.Stop);
        if (_finish is null && stated && _deltas.HasContent)
        {
            // "[DONE]" says that nothing more comes, not that what came is all that was meant.
            sink.Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, "The upstream ended the stream without saying why the answer ends.") { Status = 502, Code = "upstream_stream_ended" }));
            return;
        }

        if (_finish is null) return;
        if (_deltas.Refused && _finish.Reason == FinishReason.Stop) _finish = _finish with { Reason = FinishReason.Refusal };
        sink.Write(AnswerEvent.Finished(_finish));
    }

    private void EmitUsage()
    {
        if (_usage is not null) sink.Write(AnswerEvent.UsageChanged(_tier is null ? _usage : _usage with { ServiceTier = _tier }));
    }

    private void Choices(JsonSlice choices, ReadOnlyMemory<byte> chunk)
    {
        var reader = choices.Read();
        reader.Read();
        while (!IsOver && reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) ReadChoice(ref reader, choices.Bytes, chunk);
            else reader.Skip();
        }
    }

    private void ReadChoice(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, ReadOnlyMemory<byte> chunk)
    {
        var content = default(JsonSlice);
        string? reason = null;
        string? stopped = null;
        var first = true;
        var failed = false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("delta"u8) || reader.ValueTextEquals("message"u8))
            {
                var value = ChatJson.Value(ref reader, source);
                if (value.IsObject) content = value;
            }
            else if (reader.ValueTextEquals("finish_reason"u8)) reason = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                first = (reader.Int32OrNull() ?? 0) == 0;
            }
            else if (reader.ValueTextEquals("stop_reason"u8) || reader.ValueTextEquals("matched_stop"u8))
            {
                // vLLM and SGLang say the word that ended it; a number is a token and no word.
                stopped = ChatJson.String(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8)) TakeUsage(ref reader, source);
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                failed |= reader.TokenType is JsonTokenType.StartObject or JsonTokenType.String;
                reader.Skip();
            }
            else SkipValue(ref reader);
        }

        if (!first) return;
        if (content.IsObject) _deltas.Read(content);
        if (failed)
        {
            // OpenRouter puts the error of a running answer on its choice.
            Fail(ChatFailures.ErrorOfChoice(chunk));
            return;
        }

        // The first reason counts: some servers send "tool_calls" and then "stop".
        if (_finish is not null || string.IsNullOrEmpty(reason) || reason == "null") return;
        if (ChatFailures.FailureOf(reason) is { } failure) Fail(failure);
        else _finish = ChatFinish.Parse(reason, stopped);
    }

    private void TakeUsage(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        var value = ChatJson.Value(ref reader, source);
        if (value.IsObject) _usage = ChatUsage.Read(value);
    }

    private void Groq(JsonSlice value)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("usage"u8)) TakeUsage(ref reader, value.Bytes);
            else SkipValue(ref reader);
        }
    }

    /// <summary>Perplexity and xAI list the pages beside the choices, growing from chunk to chunk.</summary>
    private void Sources(JsonSlice sources)
    {
        if (!_deltas.HasText) return;
        var reader = sources.Read();
        reader.Read();
        for (var i = 0; reader.NextElement(); i++)
        {
            var url = reader.StringOrNull();
            if (i < _sources || url is null) continue;
            _sources = i + 1;
            _deltas.Cite(new Citation { Url = url, Origin = Protocol.OpenAiChat });
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static void SkipValue(ref Utf8TokenReader reader)
    {
        reader.Read();
        reader.Skip();
    }
}
