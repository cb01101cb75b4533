using System.Text;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Reads the stream of an answer. It has no ending of its own but its close, so an answer ends when the body does; one that breaks off inside a frame
/// or that said nothing at all has failed.
/// </summary>
internal sealed class CodeWhispererStreamReader : IStreamReader
{
    private readonly TranslationContext _exchange;
    private readonly IAnswerSink _sink;
    private readonly CodeWhispererTextReader _words;
    private readonly CodeWhispererCallReader _calls;
    private readonly CodeWhispererCallsInText? _callsInText;
    private readonly CodeWhispererUsage _usage;
    private bool _started;
    private bool _over;
    private bool _cut;

    public CodeWhispererStreamReader(TranslationContext exchange, IAnswerSink sink)
    {
        _exchange = exchange;
        _sink = sink;
        _words = new CodeWhispererTextReader(exchange, sink);
        _calls = new CodeWhispererCallReader(_words, sink, CodeWhispererOptions.Of(exchange).CutCalls);
        _usage = new CodeWhispererUsage(exchange);
        if (CodeWhispererOptions.Of(exchange).ReadsCallsInText && exchange.Request.Tools.Count > 0) _callsInText = new CodeWhispererCallsInText(exchange, _words, _calls);
    }

    private bool HasContent => _words.HasText || _words.HasReasoning || _calls.Any;

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (_over) return;
        try
        {
            var payload = Unwrap(ref name, data);
            if (!payload.IsEmpty) ReadEvent(name, payload);
            else if (IsFailure(name)) Fail(name, payload);
        }
        catch (JsonException)
        {
            Fail(new WireError(ErrorKind.Api, "Kiro sent a stream event that is not JSON.") { Status = 502 });
        }

        if (!_over && _words.End is { } end) End(end);
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_over) return;
        _callsInText?.Complete();
        _words.Pause();
        if (_words.End is { } end)
        {
            End(end);
            return;
        }

        _calls.Complete();
        // Nothing was said and nothing of an end was seen: the normaliser tells that the stream broke off.
        if (!HasContent && !_usage.IsEndSeen && !_cut) return;
        if (!_usage.IsEndSeen && !_cut && !_calls.IsTorn && CodeWhispererOptions.Of(_exchange).EndIsMarked) return;
        End(ReasonOfEnd());
    }

    /// <inheritdoc/>
    public void Interrupt()
    {
        if (_over) return;
        _words.Pause();
        Fail(new WireError(ErrorKind.Api, "The upstream closed the stream in the middle of an event.") { Code = "upstream_stream_ended", Status = 502 });
    }

    private void ReadEvent(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (name.SequenceEqual("assistantResponseEvent"u8)) ReadText(data);
        else if (name.SequenceEqual("toolUseEvent"u8))
        {
            _callsInText?.Complete();
            Start(null);
            _calls.Read(data);
        }
        else if (name.SequenceEqual("reasoningContentEvent"u8)) ReadReasoning(data);
        else if (name.SequenceEqual("metadataEvent"u8) || name.SequenceEqual("contextUsageEvent"u8)) _usage.Read(data);
        else if (name.SequenceEqual("meteringEvent"u8)) _usage.ReadMetering(data);
        else if (name.SequenceEqual("messageMetadataEvent"u8)) Start(Member(data, "utteranceId"u8).ToString());
        else if (name.SequenceEqual("citationEvent"u8)) ReadCitation(data);
        else if (name.SequenceEqual("supplementaryWebLinksEvent"u8)) ReadLinks(data);
        else if (IsFailure(name) || IsError(data)) Fail(name, data);
        // followupPromptEvent, toolResultEvent, codeEvent and the others are no part of the answer.
    }

    private void ReadText(ReadOnlyMemory<byte> data)
    {
        if (IsError(data))
        {
            Fail(default, data);
            return;
        }

        var text = Member(data, "content"u8);
        if (text.IsEmpty) return;
        Start(null);
        if (_callsInText is null) _words.Text(text);
        else _callsInText.Take(text);
    }

    private void ReadReasoning(ReadOnlyMemory<byte> data)
    {
        Start(null);
        _words.Reasoning(Member(data, "text"u8));
        _words.Signature(Member(data, "signature"u8));
        _words.Redacted(Member(data, "redactedContent"u8));
    }

    private void ReadCitation(ReadOnlyMemory<byte> data)
    {
        var link = Member(data, "citationLink"u8).ToString();
        if (link.Length == 0) return;
        _words.Cite(new Citation { Url = link, CitedText = Member(data, "citationText"u8).Detach(), Origin = Protocol.CodeWhisperer });
    }

    private void ReadLinks(ReadOnlyMemory<byte> data)
    {
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        reader.Read();
        while (reader.NextProperty())
        {
            var isLinks = reader.ValueTextEquals("supplementaryWebLinks"u8);
            reader.Read();
            if (!isLinks || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextElement())
            {
                var link = JsonSlice.From(ref reader, data);
                if (!link.IsObject || Member(link.Bytes, "url"u8) is not { IsEmpty: false } url) continue;
                _words.Cite(new Citation
                {
                    Url = url.ToString(),
                    Title = Member(link.Bytes, "title"u8).ToString(),
                    CitedText = Member(link.Bytes, "snippet"u8).Detach(),
                    Origin = Protocol.CodeWhisperer,
                });
            }
        }
    }

    private void Start(string? id)
    {
        if (_started) return;
        _started = true;
        _sink.Write(AnswerEvent.Started(new AnswerStart { Id = id is { Length: > 0 } ? id : null }));
    }

    private Finish ReasonOfEnd()
    {
        var raw = _usage.StopReason;
        var stated = raw?.ToUpperInvariant() switch
        {
            "END_TURN" => FinishReason.Stop,
            "TOOL_USE" => FinishReason.ToolCalls,
            "MAX_TOKENS" => FinishReason.Length,
            "STOP_SEQUENCE" => FinishReason.StopSequence,
            "CONTENT_FILTERED" or "GUARDRAIL_INTERVENED" => FinishReason.ContentFilter,
            "MODEL_CONTEXT_WINDOW_EXCEEDED" => FinishReason.ContextFull,
            _ => (FinishReason?)null,
        };
        // A torn call was cut by the output limit whatever is said: its client must not run it.
        var reason = _cut || _calls.IsTorn ? FinishReason.Length
            : stated ?? (_calls.Any ? FinishReason.ToolCalls : _usage.IsContextFull ? FinishReason.ContextFull : FinishReason.Stop);
        if (reason != FinishReason.Stop || !_words.HasReasoning || _words.HasText || _calls.Any) return new Finish(reason) { Raw = raw };
        // Reasoning alone is an answer whose words were cut off; without a word clients wait for one (hank9999/kiro.rs).
        _words.Text(JsonText.FromUtf8(" "u8.ToArray()));
        return new Finish(FinishReason.Length) { Raw = raw };
    }

    private void End(Finish finish)
    {
        _over = true;
        _sink.Write(AnswerEvent.UsageChanged(_usage.Compute(_words.Tokens)));
        _sink.Write(AnswerEvent.Finished(finish));
    }

    private void Fail(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        var type = Encoding.UTF8.GetString(name);
        if (name.IsEmpty || name.SequenceEqual("error"u8) || !IsFailure(name)) type = "";
        var error = CodeWhispererErrors.Read(0, data);
        if (error.Message.EndsWith("status 0.", StringComparison.Ordinal)) error = error with { Message = $"Kiro interrupted the answer{(type.Length > 0 ? " with " + type : "")}." };
        if (type.Length > 0) error = CodeWhispererErrors.Named(error, char.ToUpperInvariant(type[0]) + type[1..]);
        // In the middle of an answer it is the limit of the output that was exceeded.
        if (error.Kind == ErrorKind.ContextTooLong && HasContent)
        {
            _cut = true;
            Complete();
            return;
        }

        _words.Pause();
        Fail(error);
    }

    private void Fail(WireError error)
    {
        _over = true;
        _sink.Write(AnswerEvent.Failed(error));
    }

    private static bool IsFailure(ReadOnlySpan<byte> name)
        => name.EndsWith("Exception"u8) || name.EndsWith("Error"u8) || name.SequenceEqual("error"u8) || name.SequenceEqual("exception"u8) || name.SequenceEqual("invalidStateEvent"u8);

    /// <summary>Whether an event's payload is an error in the form of an error response.</summary>
    private static bool IsError(ReadOnlyMemory<byte> data)
        => (data.Span.IndexOf("\"__type\""u8) >= 0 || data.Span.IndexOf("\"_type\""u8) >= 0)
            && (!Member(data, "__type"u8).IsEmpty || !Member(data, "_type"u8).IsEmpty) && !Member(data, "message"u8).IsEmpty;

    /// <summary>The payload without the object that some deployments put around it, keyed by the event's name; that names an event without a name too.</summary>
    private static ReadOnlyMemory<byte> Unwrap(ref ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty) return data;
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !reader.NextProperty()) return data;
        if (!name.IsEmpty && !reader.ValueTextEquals(name)) return data;
        var key = reader.ValueSpan;
        reader.Read();
        var inner = JsonSlice.From(ref reader, data);
        if (!inner.IsObject || reader.NextProperty()) return data;
        if (name.IsEmpty) name = key;
        return inner.Bytes;
    }

    /// <summary>The text of a member of an event; empty where it has none.</summary>
    private static JsonText Member(ReadOnlyMemory<byte> data, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
        JsonText found = default;
        while (reader.NextProperty())
        {
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            if (isIt && reader.TokenType == JsonTokenType.String) found = JsonText.From(ref reader, data);
            else reader.Skip();
        }

        return found;
    }
}
