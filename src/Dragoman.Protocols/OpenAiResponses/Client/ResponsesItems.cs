using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>
/// Makes output items of blocks, tells their events, and keeps the finished ones for the final response. Consecutive texts and refusals
/// are parts of one message; every other block is an item of its own.
/// </summary>
internal sealed partial class ResponsesItems(TranslationContext exchange, ResponsesObject response, ResponsesEvents events) : IDisposable
{
    private enum Kind
    {
        None,
        Message,
        Reasoning,
        Call,
    }

    private readonly PooledBuffer _finished = new();
    private readonly PooledBuffer _text = new();
    private readonly PooledBuffer _item = new();
    private readonly HashSet<string> _ids = [];
    private Kind _kind;
    private string _id = "";
    private int _index;
    private BlockStart _opening = BlockStart.Text;

    /// <summary>The finished items' JSON, divided by commas.</summary>
    public ReadOnlySpan<byte> Finished => _finished.WrittenSpan;

    /// <summary>Opens a block.</summary>
    public void Open(BlockStart opening)
    {
        var staysInMessage = opening.Kind is AnswerBlockKind.Text or AnswerBlockKind.Refusal && _kind == Kind.Message
            && opening.Phase == _phase && opening.PartSignature.IsEmpty && (opening.Id.Length == 0 || opening.Id == _source);
        if (!staysInMessage) CloseItem(false);
        if (opening.Kind != AnswerBlockKind.Whole || opening.Whole is not HostedToolResultBlock) CloseSearch(null);
        if (!opening.PartSignature.IsEmpty && opening.Kind != AnswerBlockKind.Reasoning) WritePartToken(opening.PartSignature);
        _opening = opening;
        switch (opening.Kind)
        {
            case AnswerBlockKind.Text:
            case AnswerBlockKind.Refusal:
                if (!staysInMessage) OpenMessage(opening);
                OpenPart();
                break;
            case AnswerBlockKind.Reasoning:
                OpenReasoning(opening);
                break;
            case AnswerBlockKind.ToolCall:
                OpenCall(opening);
                break;
            default:
                WriteWhole(opening.Whole);
                break;
        }
    }

    /// <summary>Closes the open block; a message stays open for the texts that may follow. A torn call is never told to be done.</summary>
    public void CloseBlock(bool torn)
    {
        if (torn && _kind == Kind.Call) KeepTornCall();
        else if (_kind == Kind.Message) ClosePart();
        else CloseItem(false);
    }

    /// <summary>Closes everything: the answer is over.</summary>
    public void Close(bool incomplete)
    {
        CloseItem(incomplete);
        CloseSearch(null);
    }

    /// <summary>The answer was interrupted: what is open stays unfinished, so that no client acts on half a call.</summary>
    public void Discard()
    {
        _kind = Kind.None;
        _search = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _finished.Dispose();
        _text.Dispose();
        _item.Dispose();
        _parts.Dispose();
        _signature.Dispose();
    }

    private void CloseItem(bool incomplete)
    {
        switch (_kind)
        {
            case Kind.Message: CloseMessage(incomplete); break;
            case Kind.Reasoning: CloseReasoning(); break;
            case Kind.Call: CloseCall(); break;
        }

        _kind = Kind.None;
    }

    /// <summary>An id for the next item: the upstream's own where it has the right shape, else one of ours.</summary>
    private string NewId(string prefix, string upstream = "")
    {
        var id = upstream.StartsWith(prefix, StringComparison.Ordinal) && upstream.Length > prefix.Length ? upstream : "";
        // An item cut in two must not give both halves one id.
        if (id.Length == 0 || !_ids.Add(id)) _ids.Add(id = $"{prefix}{exchange.AnswerId}{_index:x4}");
        return id;
    }

    private Utf8JsonWriter BeginItem(ReadOnlySpan<byte> type, string id, ReadOnlySpan<byte> status)
    {
        _item.Clear();
        var json = JsonWriting.Rent(_item);
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("type"u8, type);
        if (!status.IsEmpty) json.WriteString("status"u8, status);
        return json;
    }

    /// <summary>Ends the item's JSON and tells that it was added.</summary>
    private void Added(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        JsonWriting.Return(json);
        events.Item("response.output_item.added"u8, _index, _item.WrittenSpan);
    }

    /// <summary>Ends the item's JSON, tells that it is done, and keeps it.</summary>
    private void Done(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        JsonWriting.Return(json);
        Done(_item.WrittenSpan);
    }

    private void Done(ReadOnlySpan<byte> item)
    {
        events.Item("response.output_item.done"u8, _index, item);
        Keep(item);
    }

    private void Keep(ReadOnlySpan<byte> item)
    {
        if (_finished.Length > 0) _finished.Write(","u8);
        _finished.Write(item);
        _index++;
    }

    private JsonText Text => JsonText.FromEscaped(_text.WrittenMemory);
}
