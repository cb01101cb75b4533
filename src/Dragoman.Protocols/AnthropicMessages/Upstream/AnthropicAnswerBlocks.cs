using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Tells the blocks of an answer, streamed or whole, as events.</summary>
internal sealed class AnthropicAnswerBlocks(TranslationContext exchange, IAnswerSink sink)
{
    private readonly Dictionary<int, OpenBlock> _open = [];
    private readonly AnthropicBlockReader _reader = new();

    /// <summary>A block starts (or, in a whole answer, is here).</summary>
    /// <param name="number">The block's number.</param>
    /// <param name="raw">The block as it stands.</param>
    /// <param name="borrow">Whether what is told may go on borrowing <paramref name="raw"/>'s buffer.</param>
    public void Open(int number, JsonSlice raw, bool borrow = false)
    {
        var fields = AnthropicBlockFields.Read(raw);
        switch (fields.Type)
        {
            case "text":
                sink.Write(AnswerEvent.BlockStarted(number, BlockStart.Text));
                Say(AnswerEvent.TextDelta(number, fields.Text));
                Cite(number, fields.Citations, borrow);
                break;
            case "thinking":
                sink.Write(AnswerEvent.BlockStarted(number, BlockStart.Reasoning));
                Say(AnswerEvent.ReasoningDelta(number, fields.Thinking));
                Say(AnswerEvent.SignatureDelta(number, fields.Signature));
                break;
            case "redacted_thinking":
                sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.Reasoning, IsRedacted = true }));
                Say(AnswerEvent.SignatureDelta(number, fields.Data));
                break;
            case "tool_use":
                var name = fields.Name ?? "";
                sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.ToolCall, Id = AnthropicIds.FromWire(fields.Id ?? ""), Name = name }));
                // The object is empty at the start of a stream; an upstream that gives it whole sends no deltas, or sends them all the same.
                var input = fields.Input.IsObject ? borrow ? fields.Input : fields.Input.Detach() : default;
                _open[number] = new OpenBlock { IsToolCall = true, Start = input, Wrapped = exchange.Tools.IsWrapped(exchange.Tools.Client(name)) };
                break;
            case null:
                // Not a block at all: nothing to show.
                break;
            default:
                // Known whole only when the block stops: its input comes in deltas.
                _open[number] = new OpenBlock { Type = fields.Type, Start = borrow ? raw : raw.Detach() };
                break;
        }
    }

    /// <summary>A piece of a block.</summary>
    public void Delta(int number, in AnthropicFrame frame)
    {
        _open.TryGetValue(number, out var open);
        switch (frame.Delta)
        {
            case AnthropicDelta.Text:
                Say(AnswerEvent.TextDelta(number, frame.Text));
                break;
            case AnthropicDelta.Thinking:
                Say(AnswerEvent.ReasoningDelta(number, frame.Text));
                break;
            case AnthropicDelta.Signature:
                Say(AnswerEvent.SignatureDelta(number, frame.Text));
                break;
            case AnthropicDelta.InputJson when open is { IsToolCall: false }:
                frame.Text.AppendUtf8(open.Buffer ??= new PooledBuffer());
                break;
            case AnthropicDelta.InputJson:
                if (frame.Text.IsEmpty) break;
                if (open is not null) open.HasArguments = true;
                Say(AnswerEvent.ToolArgumentsDelta(number, frame.Text));
                break;
            case AnthropicDelta.Compaction when open is { IsToolCall: false }:
                open.Content = frame.Text.Detach();
                break;
            case AnthropicDelta.Citations when !frame.Citation.IsEmpty:
                sink.Write(AnswerEvent.CitationAdded(number, AnthropicCitations.Read(frame.Citation.Detach())));
                break;
        }
    }

    /// <summary>A block stops.</summary>
    public void Close(int number)
    {
        if (!_open.Remove(number, out var open))
        {
            sink.Write(AnswerEvent.BlockEnded(number));
            return;
        }

        if (open.IsToolCall)
        {
            // No arguments is an empty object: protocols that carry arguments as text would else show text that is not JSON.
            if (!open.HasArguments && !(open.Wrapped && open.StartIsEmpty))
                sink.Write(AnswerEvent.ToolArgumentsDelta(number, open.Start.IsEmpty ? JsonText.From("{}") : JsonText.FromUtf8(open.Start.Bytes)));
            sink.Write(AnswerEvent.BlockEnded(number));
            return;
        }

        sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = Read(open) }));
        sink.Write(AnswerEvent.BlockEnded(number));
    }

    /// <summary>Everything that is still open stops.</summary>
    public void CloseAll()
    {
        foreach (var number in _open.Keys.Order().ToArray()) Close(number);
    }

    /// <summary>The block itself; one that lacks what its type demands is passed on as it stands.</summary>
    private Block Read(OpenBlock open)
    {
        var raw = open.Whole();
        try
        {
            return _reader.ReadBlock(raw, "content");
        }
        catch (WireException)
        {
            return new OpaqueBlock(Protocol.AnthropicMessages, open.Type, raw);
        }
    }

    private void Say(in AnswerEvent delta)
    {
        if (!delta.Text.IsEmpty) sink.Write(delta);
    }

    private void Cite(int number, JsonSlice citations, bool borrow)
    {
        if (!citations.IsArray) return;
        var reader = citations.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var raw = JsonSlice.From(ref reader, citations.Bytes);
            if (raw.IsObject) sink.Write(AnswerEvent.CitationAdded(number, AnthropicCitations.Read(borrow ? raw : raw.Detach())));
        }
    }

    /// <summary>A block whose end must be waited for.</summary>
    private sealed class OpenBlock
    {
        public bool IsToolCall { get; init; }

        public string Type { get; init; } = "";

        public bool Wrapped { get; init; }

        public bool HasArguments { get; set; }

        /// <summary>A tool call's input at its start, or any other block as it started.</summary>
        public JsonSlice Start { get; init; }

        public PooledBuffer? Buffer { get; set; }

        public JsonText Content { get; set; }

        public bool StartIsEmpty => Start.IsEmpty || Start.Bytes.Span[1..^1].IndexOfAnyExcept(" \t\r\n"u8) < 0;

        /// <summary>The block with what its deltas added in the place they belong.</summary>
        public JsonSlice Whole()
        {
            if (Buffer is null && Content.IsEmpty) return Start;
            using var output = new PooledBuffer(Start.Bytes.Length + (Buffer?.Length ?? 0) + 64);
            var writer = JsonWriting.Rent(output);
            writer.WriteStartObject();
            var reader = Start.Read();
            reader.Read();
            while (reader.NextProperty())
            {
                var replaced = (Buffer is not null && reader.ValueTextEquals("input"u8)) || (!Content.IsEmpty && reader.ValueTextEquals("content"u8));
                var name = reader.GetString()!;
                reader.Read();
                var value = JsonSlice.From(ref reader, Start.Bytes);
                if (replaced) continue;
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            if (Buffer is not null)
            {
                writer.WritePropertyName("input"u8);
                ToolArguments.FromText(JsonText.FromUtf8(Buffer.WrittenMemory)).WriteAsObject(writer);
                Buffer.Dispose();
            }

            if (!Content.IsEmpty) Content.WriteTo(writer, "content"u8);
            writer.WriteEndObject();
            JsonWriting.Return(writer);
            return new JsonSlice(output.WrittenMemory).Detach();
        }
    }
}
