using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>
/// Writes a ConverseStream as Bedrock does: <c>messageStart</c>; for each block its start (tool calls only), deltas and stop; <c>messageStop</c>; <c>metadata</c> with the usage as the last frame. An error is an
/// exception's frame.
/// </summary>
internal sealed class ConverseStreamWriter(TranslationContext exchange, IBufferWriter<byte> output) : IAnswerSink
{
    private readonly ConverseAnswerBlocks _blocks = new(exchange);
    private PooledBuffer? _payload;
    private BlockStart? _open;
    private PooledBuffer? _signature;
    private TokenUsage _usage = new();
    private int _index;
    private bool _any;
    private bool _refused;

    /// <inheritdoc/>
    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                var start = Begin();
                start.WriteString("role"u8, "assistant"u8);
                End(start, "messageStart"u8);
                break;
            case AnswerEventKind.BlockStarted:
                Open(answerEvent.Opening);
                break;
            case AnswerEventKind.TextDelta:
                Text("text"u8, answerEvent.Text);
                break;
            case AnswerEventKind.ReasoningDelta:
                if (_blocks.Shows && _open is { IsRedacted: false }) Reasoning("text"u8, answerEvent.Text);
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
                Close();
                break;
            case AnswerEventKind.UsageChanged:
                _usage = _usage.With(answerEvent.Usage);
                break;
            case AnswerEventKind.Finished:
                Finish(answerEvent.Finish);
                break;
            case AnswerEventKind.Failed:
                var payload = Payload();
                ConverseErrorNames.WriteBody(answerEvent.Error, payload);
                AwsEventStreamWriter.WriteException(output, ConverseErrorNames.InStream(answerEvent.Error), payload.WrittenSpan);
                Release();
                break;
        }
    }

    private void Open(BlockStart opening)
    {
        _open = opening;
        _any = false;
        _signature?.Clear();
        _refused |= opening.Kind == AnswerBlockKind.Refusal;
        if (opening.Kind == AnswerBlockKind.Whole) Whole(opening.Whole!);
        if (opening.Kind != AnswerBlockKind.ToolCall) return;
        _any = true;
        var writer = Begin();
        writer.WriteNumber("contentBlockIndex"u8, _index);
        writer.WriteStartObject("start"u8);
        writer.WriteStartObject("toolUse"u8);
        writer.WriteString("toolUseId"u8, AnthropicIds.ToWire(opening.Id));
        writer.WriteString("name"u8, opening.Name);
        writer.WriteEndObject();
        writer.WriteEndObject();
        End(writer, "contentBlockStart"u8);
    }

    private void Close()
    {
        if (_open is not { } opening) return;
        _open = null;
        if (opening.Kind == AnswerBlockKind.Reasoning && (_any || _blocks.CarriesSilent))
        {
            if (opening.IsRedacted && _blocks.IsClaude) Reasoning("redactedContent"u8, JsonText.FromEscaped(_signature?.WrittenMemory ?? default));
            else Reasoning("signature"u8, _blocks.SignatureOf(opening, _signature?.WrittenMemory ?? default));
        }

        if (!_any) return;
        var writer = Begin();
        writer.WriteNumber("contentBlockIndex"u8, _index++);
        End(writer, "contentBlockStop"u8);
    }

    private void Text(ReadOnlySpan<byte> member, JsonText text)
    {
        if (text.IsEmpty) return;
        var writer = BeginDelta();
        text.WriteTo(writer, member);
        EndDelta(writer);
    }

    private void Reasoning(ReadOnlySpan<byte> member, JsonText text)
    {
        if (text.IsEmpty) return;
        var writer = BeginDelta();
        writer.WriteStartObject("reasoningContent"u8);
        text.WriteTo(writer, member);
        writer.WriteEndObject();
        EndDelta(writer);
    }

    private void Arguments(JsonText text)
    {
        var writer = BeginDelta();
        writer.WriteStartObject("toolUse"u8);
        text.WriteTo(writer, "input"u8);
        writer.WriteEndObject();
        EndDelta(writer);
    }

    private void Cite(Citation citation)
    {
        if (!_blocks.CanCite(citation)) return;
        var writer = BeginDelta();
        writer.WritePropertyName("citation"u8);
        ConverseAnswerBlocks.WriteCitation(writer, citation);
        EndDelta(writer);
    }

    private void Whole(Block block)
    {
        if (block is not ImageBlock { Source: { IsInline: true } source } || ConverseAnswerBlocks.FormatOf(source.MediaType) is not { } format)
        {
            using var unused = new PooledBuffer(64);
            var nowhere = JsonWriting.Rent(unused);
            _blocks.WriteWhole(nowhere, block);
            JsonWriting.Return(nowhere);
            return;
        }

        var start = Begin();
        start.WriteNumber("contentBlockIndex"u8, _index);
        start.WriteStartObject("start"u8);
        start.WriteStartObject("image"u8);
        start.WriteString("format"u8, format);
        start.WriteEndObject();
        start.WriteEndObject();
        End(start, "contentBlockStart"u8);
        var writer = BeginDelta();
        writer.WriteStartObject("image"u8);
        writer.WriteStartObject("source"u8);
        source.Base64.WriteTo(writer, "bytes"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        EndDelta(writer);
    }

    private void Finish(Finish finish)
    {
        var stop = Begin();
        ConverseAnswerWriter.WriteStop(stop, finish, _refused, isStream: true);
        End(stop, "messageStop"u8);
        var metadata = Begin();
        ConverseAnswerWriter.WriteUsage(metadata, _usage);
        ConverseAnswerWriter.WriteMetrics(metadata, exchange);
        End(metadata, "metadata"u8);
        Release();
    }

    private void Release()
    {
        _payload?.Dispose();
        _payload = null;
        _signature?.Dispose();
        _signature = null;
    }

    private Utf8JsonWriter BeginDelta()
    {
        _any = true;
        var writer = Begin();
        writer.WriteNumber("contentBlockIndex"u8, _index);
        writer.WriteStartObject("delta"u8);
        return writer;
    }

    private void EndDelta(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        End(writer, "contentBlockDelta"u8);
    }

    /// <summary>The room for a frame's payload, empty.</summary>
    private PooledBuffer Payload()
    {
        _payload ??= new PooledBuffer(512);
        _payload.Clear();
        return _payload;
    }

    private Utf8JsonWriter Begin()
    {
        var writer = JsonWriting.Rent(Payload());
        writer.WriteStartObject();
        return writer;
    }

    private void End(Utf8JsonWriter writer, ReadOnlySpan<byte> name)
    {
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        AwsEventStreamWriter.WriteEvent(output, name, _payload!.WrittenSpan);
    }
}
