using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>
/// Writes a Messages stream as the official SDKs read it: every event named, indexes dense from 0, blocks opened empty, a signature once
/// and right before its block stops, totals of usage at the end.
/// </summary>
internal sealed class AnthropicStreamWriter(TranslationContext exchange, IBufferWriter<byte> output) : IAnswerSink
{
    private readonly AnthropicWholeBlocks _wholes = new(exchange);
    private readonly SignatureFamily _family = exchange.Model.EffectiveFamily;
    private readonly bool _showThinking = exchange.Request.Reasoning?.Visible != false;
    private readonly bool _carriesSilent = AnthropicSignatures.CarriesSilentReasoning(exchange);
    private BlockStart? _open;
    private bool _silent;
    private bool _estimated;
    private PooledBuffer? _signature;
    private TokenUsage _usage = new();
    private int _index;
    private bool _refused;

    /// <inheritdoc/>
    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                Start(answerEvent.Start);
                WritePing();
                break;
            case AnswerEventKind.BlockStarted:
                Open(answerEvent.Opening);
                break;
            case AnswerEventKind.TextDelta:
                Delta("text_delta"u8, "text"u8, answerEvent.Text);
                break;
            case AnswerEventKind.ReasoningDelta:
                if (_showThinking && _open is { IsRedacted: false }) Think(answerEvent.Text);
                break;
            case AnswerEventKind.SignatureDelta:
                answerEvent.Text.AppendEscaped(_signature ??= new PooledBuffer(512));
                break;
            case AnswerEventKind.ToolArgumentsDelta:
                Arguments(answerEvent.Text);
                break;
            case AnswerEventKind.CitationAdded:
                Cite(answerEvent.Citation);
                break;
            case AnswerEventKind.BlockEnded:
                Close(answerEvent.IsTorn);
                break;
            case AnswerEventKind.UsageChanged:
                _usage = _usage.With(answerEvent.Usage);
                break;
            case AnswerEventKind.Ping:
                WritePing();
                break;
            case AnswerEventKind.Finished:
                Finish(answerEvent.Finish);
                break;
            case AnswerEventKind.Failed:
                SseWriter.Begin(output, "error"u8);
                AnthropicErrors.Write(answerEvent.Error, output);
                SseWriter.End(output);
                break;
        }
    }

    private void WritePing() => output.Write(AnthropicClient.Instance.Ping);

    private void Start(AnswerStart start)
    {
        var writer = Begin("message_start"u8);
        writer.WriteStartObject("message"u8);
        writer.WriteString("id"u8, AnthropicIds.Message(start.Id, exchange.AnswerId));
        writer.WriteString("type"u8, "message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("model"u8, exchange.ClientModel);
        writer.WriteStartArray("content"u8);
        writer.WriteEndArray();
        writer.WriteNull("stop_reason"u8);
        writer.WriteNull("stop_sequence"u8);
        var usage = start.Usage ?? _usage;
        // Servers that imitate the protocol say 0 before they have counted: no prompt is empty.
        if (usage.InputTokens == 0) usage = usage with { InputTokens = null };
        _estimated = usage.InputTokens is null && exchange.EstimatedInputTokens > 0;
        AnthropicUsage.Write(writer, usage, exchange.EstimatedInputTokens, whole: true, start.ServiceTier);
        writer.WriteEndObject();
        End(writer);
    }

    private void Open(BlockStart opening)
    {
        _open = opening;
        _signature?.Clear();
        switch (opening.Kind)
        {
            case AnswerBlockKind.Whole:
                WriteWhole(opening.Whole!);
                break;
            case AnswerBlockKind.Reasoning:
                // Redacted thinking comes whole in its start, so it waits for its data.
                if (IsRedacted(opening)) break;
                _silent = !_carriesSilent;
                if (!_silent) BeginThinking();
                break;
            case AnswerBlockKind.ToolCall:
                var call = BeginBlock("tool_use"u8);
                call.WriteString("id"u8, AnthropicIds.ToWire(opening.Id));
                call.WriteString("name"u8, opening.Name);
                call.WriteStartObject("input"u8);
                call.WriteEndObject();
                EndBlockStart(call);
                if (opening.IsCustom) Delta("input_json_delta"u8, "partial_json"u8, JsonText.From("{\"input\":\""));
                break;
            default:
                _refused |= opening.Kind == AnswerBlockKind.Refusal;
                var text = BeginBlock("text"u8);
                text.WriteString("text"u8, ""u8);
                EndBlockStart(text);
                break;
        }
    }

    private void BeginThinking()
    {
        var thinking = BeginBlock("thinking"u8);
        thinking.WriteString("thinking"u8, ""u8);
        thinking.WriteString("signature"u8, ""u8);
        EndBlockStart(thinking);
    }

    private void Think(JsonText text)
    {
        if (text.IsEmpty) return;
        if (_silent) BeginThinking();
        _silent = false;
        Delta("thinking_delta"u8, "thinking"u8, text);
    }

    private void Close(bool torn = false)
    {
        if (_open is not { } opening) return;
        _open = null;
        if (_silent)
        {
            _silent = false;
            return;
        }

        if (opening.Kind == AnswerBlockKind.Whole) return;
        if (opening.Kind == AnswerBlockKind.ToolCall && opening.IsCustom && !torn) Delta("input_json_delta"u8, "partial_json"u8, JsonText.From("\"}"));
        if (opening.Kind == AnswerBlockKind.Reasoning)
        {
            if (IsRedacted(opening))
            {
                var redacted = BeginBlock("redacted_thinking"u8);
                JsonText.FromEscaped(_signature?.WrittenMemory ?? default).WriteTo(redacted, "data"u8);
                EndBlockStart(redacted);
            }
            else
            {
                WriteSignature(opening);
            }
        }

        Stop();
    }

    private bool IsRedacted(BlockStart opening) => opening.IsRedacted && _family == SignatureFamily.Claude;

    private void WriteSignature(BlockStart opening)
    {
        var bytes = _signature is null ? default : _signature.WrittenMemory;
        var own = _family == SignatureFamily.Claude && bytes.Length > 0;
        Delta("signature_delta"u8, "signature"u8, own ? JsonText.FromEscaped(bytes) : AnthropicReasoningEnvelope.Wrap(_family, opening, bytes.Span));
    }

    private void WriteWhole(Block block)
    {
        if (!_wholes.CanWrite(block)) return;
        var writer = Begin("content_block_start"u8);
        writer.WriteNumber("index"u8, _index);
        writer.WritePropertyName("content_block"u8);
        _wholes.Write(writer, block, atStart: true);
        End(writer);
        if (block is HostedToolCallBlock { Input.IsObject: true } call) Delta("input_json_delta"u8, "partial_json"u8, JsonText.FromUtf8(call.Input.Bytes));
        Stop();
    }

    private void Arguments(JsonText text)
    {
        if (_open is not { IsCustom: true })
        {
            Delta("input_json_delta"u8, "partial_json"u8, text);
            return;
        }

        // The free text goes into the JSON string that the opening began: its escaped form is the text of the fragment.
        using var buffer = new PooledBuffer(text.Length + 16);
        text.AppendEscaped(buffer);
        Delta("input_json_delta"u8, "partial_json"u8, JsonText.FromUtf8(buffer.WrittenMemory));
    }

    private void Cite(Citation citation)
    {
        _wholes.Note(citation);
        if (citation is { Url: null } && (citation.Origin != Protocol.AnthropicMessages || citation.Raw.IsEmpty))
        {
            exchange.Losses.Drop("answer.citation", "Messages cites pages by address");
            return;
        }

        var writer = Begin("content_block_delta"u8);
        writer.WriteNumber("index"u8, _index);
        writer.WriteStartObject("delta"u8);
        writer.WriteString("type"u8, "citations_delta"u8);
        writer.WritePropertyName("citation"u8);
        AnthropicCitations.Write(writer, citation);
        writer.WriteEndObject();
        End(writer);
    }

    private void Finish(Finish finish)
    {
        while (_wholes.HasUnanswered)
        {
            var result = Begin("content_block_start"u8);
            result.WriteNumber("index"u8, _index);
            result.WritePropertyName("content_block"u8);
            _wholes.WriteNextResult(result);
            End(result);
            Stop();
        }

        // Clients expect some content; only a refusal comes without.
        if (_index == 0 && finish.Reason is not (FinishReason.Refusal or FinishReason.ContentFilter))
        {
            Open(BlockStart.Text);
            Close();
        }

        var writer = Begin("message_delta"u8);
        writer.WriteStartObject("delta"u8);
        AnthropicStop.Write(writer, finish, _refused);
        writer.WriteEndObject();
        AnthropicUsage.Write(writer, _usage, exchange.EstimatedInputTokens, whole: false, least: _estimated ? 1 : 0);
        End(writer);
        End(Begin("message_stop"u8));
        _signature?.Dispose();
        _signature = null;
    }

    private void Delta(ReadOnlySpan<byte> type, ReadOnlySpan<byte> member, JsonText text)
    {
        var writer = Begin("content_block_delta"u8);
        writer.WriteNumber("index"u8, _index);
        writer.WriteStartObject("delta"u8);
        writer.WriteString("type"u8, type);
        text.WriteTo(writer, member);
        writer.WriteEndObject();
        End(writer);
    }

    private Utf8JsonWriter BeginBlock(ReadOnlySpan<byte> type)
    {
        var writer = Begin("content_block_start"u8);
        writer.WriteNumber("index"u8, _index);
        writer.WriteStartObject("content_block"u8);
        writer.WriteString("type"u8, type);
        return writer;
    }

    private void EndBlockStart(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        End(writer);
    }

    private void Stop()
    {
        var writer = Begin("content_block_stop"u8);
        writer.WriteNumber("index"u8, _index++);
        End(writer);
    }

    private Utf8JsonWriter Begin(ReadOnlySpan<byte> type)
    {
        SseWriter.Begin(output, type);
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
        return writer;
    }

    private void End(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        SseWriter.End(output);
    }
}
