using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Client;

/// <summary>
/// Writes an answer as <c>GenerateContentResponse</c> chunks: as server-sent events, or as the elements of one JSON array (what Gemini
/// sends when the address does not ask for <c>alt=sse</c>). The array is closed by the answer's end, good or bad; an error is its last element.
/// </summary>
internal sealed class GeminiStreamWriter(TranslationContext exchange, IBufferWriter<byte> output, bool asArray) : IAnswerSink
{
    private readonly GeminiSources _sources = new();
    private readonly ArrayBufferWriter<byte> _held = new(256);
    // Only whoever asked for a search gets sources, and only sources need to know where in the text they stand.
    private readonly bool _counts = exchange.Request.Tools.Exists(static tool => tool.Kind == ToolKind.Hosted);
    private readonly bool _showThoughts = GeminiAnswerWriter.ShowsThoughts(exchange);
    private BlockStart _opening = BlockStart.Text;
    private TokenUsage _usage = new();
    private string _id = exchange.AnswerId;
    private bool _any;
    private bool _blockWritten;
    private int _blockStart;
    private int _bytes;
    private int _characters;

    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                if (answerEvent.Start.Id is { Length: > 0 } id) _id = id;
                break;
            case AnswerEventKind.BlockStarted:
                _opening = answerEvent.Opening;
                _blockWritten = false;
                _blockStart = _bytes;
                _held.ResetWrittenCount();
                break;
            case AnswerEventKind.TextDelta:
                Count(answerEvent.Text);
                // The part's own signature goes with its first words.
                WriteText(answerEvent.Text, thought: false, _blockWritten ? default : _opening.PartSignature);
                _blockWritten = true;
                break;
            case AnswerEventKind.ReasoningDelta:
                if (!_showThoughts) break;
                WriteText(answerEvent.Text, thought: true, default);
                _blockWritten = true;
                break;
            case AnswerEventKind.SignatureDelta:
                answerEvent.Text.AppendEscaped(_held);
                break;
            case AnswerEventKind.ToolArgumentsDelta:
                // Gemini's calls are whole: the pieces wait for the last one.
                answerEvent.Text.AppendUtf8(_held);
                break;
            case AnswerEventKind.CitationAdded:
                Cite(answerEvent.Citation);
                break;
            case AnswerEventKind.BlockEnded:
                // What is torn is no call, and nothing of it has been written.
                if (!answerEvent.IsTorn) EndBlock();
                break;
            case AnswerEventKind.UsageChanged:
                _usage = _usage.With(answerEvent.Usage);
                break;
            case AnswerEventKind.Finished:
                WriteEnd(answerEvent.Finish);
                break;
            case AnswerEventKind.Failed:
                WriteFailure(answerEvent.Error);
                break;
        }
    }

    private void EndBlock()
    {
        switch (_opening.Kind)
        {
            case AnswerBlockKind.Reasoning when _held.WrittenCount > 0:
                var signature = GeminiEncodedSignature.Pack(JsonText.FromEscaped(_held.WrittenMemory), exchange.Model.Family, _opening.IsRedacted, _opening.Id);
                // A signature without words stands on an empty part, as Gemini itself sends it.
                WriteText(default, _blockWritten, signature);
                break;
            case AnswerBlockKind.Text when !_blockWritten && !_opening.PartSignature.IsEmpty:
                WriteText(default, thought: false, _opening.PartSignature);
                break;
            case AnswerBlockKind.ToolCall:
                var writer = Open();
                GeminiPartWriter.Call(writer, _opening.Id, _opening.Name, ToolArguments.FromText(JsonText.FromUtf8(OneLine(_held.WrittenMemory))), _opening.PartSignature, exchange.Losses);
                Close(writer);
                break;
            case AnswerBlockKind.Whole when _opening.Whole is { } block && !_sources.Take(block):
                WriteWhole(block);
                break;
        }
    }

    /// <summary>
    /// Arguments go out as the JSON they are, and an upstream that answers whole may spell them over many lines: an event's data is one. Within
    /// JSON a line end is but space; what is no JSON becomes a string, which has none.
    /// </summary>
    private ReadOnlyMemory<byte> OneLine(ReadOnlyMemory<byte> arguments)
    {
        if (asArray || arguments.Span.IndexOfAny((byte)'\n', (byte)'\r') < 0) return arguments;
        var reader = new Utf8TokenReader(arguments.Span);
        try
        {
            while (reader.Read())
            {
                // Only whether it can be read matters.
            }
        }
        catch (JsonException)
        {
            return arguments;
        }

        var line = arguments.ToArray();
        line.AsSpan().Replace((byte)'\n', (byte)' ');
        line.AsSpan().Replace((byte)'\r', (byte)' ');
        return line;
    }

    private void WriteWhole(Block block)
    {
        using var part = new PooledBuffer(1024);
        var partWriter = JsonWriting.Rent(part);
        var written = GeminiPartWriter.Whole(partWriter, block, exchange.Losses);
        JsonWriting.Return(partWriter);
        if (!written) return;
        var writer = Open();
        writer.WriteRawValue(part.WrittenSpan, skipInputValidation: true);
        Close(writer);
    }

    private void WriteText(JsonText text, bool thought, JsonText signature)
    {
        var writer = Open();
        GeminiPartWriter.Text(writer, text, thought, signature);
        Close(writer);
    }

    private void WriteEnd(Finish finish)
    {
        var writer = Open();
        GeminiPartWriter.Text(writer, default, thought: false, default);
        Close(writer, finish);
        if (asArray) output.Write("]"u8);
    }

    private void WriteFailure(WireError error)
    {
        if (asArray)
        {
            output.Write(_any ? ",\r\n"u8 : "["u8);
            GeminiErrors.Write(error, output);
            output.Write("]"u8);
            return;
        }

        // Google writes an error outside any event. @google/genai looks for it in each piece that it receives and drops an event without data
        // unread, so it is one line without an empty one behind it, and whoever sends it sends it alone.
        GeminiErrors.Write(error, output);
        output.Write("\n"u8);
    }

    private Utf8JsonWriter Open()
    {
        if (asArray) output.Write(_any ? ",\r\n"u8 : "["u8);
        else SseWriter.Begin(output);
        _any = true;
        var writer = JsonWriting.Rent(output);
        GeminiAnswerWriter.OpenCandidate(writer);
        return writer;
    }

    private void Close(Utf8JsonWriter writer, Finish? finish = null)
    {
        GeminiAnswerWriter.CloseCandidate(writer, finish, finish is not null && _sources.Any ? _sources : null);
        if (finish is not null) GeminiUsage.Write(writer, _usage);
        GeminiAnswerWriter.CloseResponse(writer, exchange.ClientModel, _id);
        JsonWriting.Return(writer);
        if (asArray) output.Write("\r\n"u8);
        else SseWriter.End(output);
    }

    private void Count(JsonText text)
    {
        if (!_counts) return;
        var utf8 = text.ToUtf8().Span;
        _bytes += utf8.Length;
        _characters += Encoding.UTF8.GetCharCount(utf8);
    }

    private void Cite(Citation citation)
    {
        // Places are counted in bytes here; as long as every character was one byte they are the same.
        if (citation.Start is { } start && citation.End is { } end) _sources.Take(citation, _bytes == _characters ? start : -1, end, exchange.Losses);
        else _sources.Take(citation, _blockStart, _bytes, exchange.Losses);
    }
}
