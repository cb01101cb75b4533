using System.Buffers;
using System.Buffers.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// Makes a stream of ChatGPT's backend, which passes to a client of Responses, one that every such client understands (wire notes codex-and-antigravity §B.5). Its last event may repeat none of the
/// output (<c>output: []</c>), which SDKs take for the answer: the items that were told are put in. Events of the backend's own (<c>codex.rate_limits</c>) have no number and are known to the Codex
/// programs only; others do not get them. All other bytes stay.
/// </summary>
/// <param name="isCodex">Whether the client is one of the Codex programs.</param>
internal sealed class ChatGptStreamFilter(bool isCodex) : IStreamFilter
{
    /// <summary>The most that is kept of an answer's items; a last event without them stays so for a larger answer.</summary>
    private const int MaxKept = 16 << 20;

    private readonly PooledBuffer _pending = new();
    private readonly PooledBuffer _output = new();
    private readonly PooledBuffer _items = new();
    private readonly SortedDictionary<int, Range> _places = [];

    /// <summary>Opens the filter for a client.</summary>
    /// <param name="headers">The client's headers that belong to the protocol; the Codex programs name themselves in <c>originator</c>.</param>
    public static IStreamFilter Open(IReadOnlyList<KeyValuePair<string, string>> headers)
        => new ChatGptStreamFilter(headers.Any(static header => header.Key.Equals("originator", StringComparison.OrdinalIgnoreCase)));

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Pass(ReadOnlySpan<byte> bytes)
    {
        _output.Clear();
        _pending.Write(bytes);
        var span = _pending.WrittenSpan;
        var start = 0;
        while (EndOf(span[start..]) is > 0 and var length)
        {
            Add(span.Slice(start, length));
            start += length;
        }

        _pending.Consume(start);
        return _output.WrittenMemory;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Complete()
    {
        _output.Clear();
        if (_pending.Length > 0) Add(_pending.WrittenSpan);
        _pending.Clear();
        return _output.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pending.Dispose();
        _output.Dispose();
        _items.Dispose();
    }

    /// <summary>How long the first frame is, with its empty line; 0 when that has not come.</summary>
    private static int EndOf(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; ;)
        {
            var next = bytes[at..].IndexOf((byte)'\n');
            if (next < 0) return 0;
            at += next + 1;
            if (at < bytes.Length && bytes[at] == (byte)'\n') return at + 1;
            if (at + 1 < bytes.Length && bytes[at] == (byte)'\r' && bytes[at + 1] == (byte)'\n') return at + 2;
        }
    }

    private void Add(ReadOnlySpan<byte> frame)
    {
        var place = DataIn(frame);
        var data = frame[place];
        var type = TopLevelJsonScanner.TextOf(data, "type"u8);
        if (!isCodex && (type.StartsWith("codex."u8) || type.StartsWith("responsesapi."u8) || type.SequenceEqual("response.metadata"u8))) return;
        if (type.SequenceEqual("response.output_item.done"u8)) Keep(data);
        if ((type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8)) && _places.Count > 0 && EmptyOutputIn(data) is { } output)
        {
            _output.Write(frame[..(place.Start.Value + output.Start.Value)]);
            WriteItems();
            _output.Write(frame[(place.Start.Value + output.End.Value)..]);
            return;
        }

        _output.Write(frame);
    }

    /// <summary>Where the data of a frame of one data line stands, as this backend's all are; empty for any other.</summary>
    private static Range DataIn(ReadOnlySpan<byte> frame)
    {
        var at = frame.StartsWith("data:"u8) ? 0 : frame.IndexOf("\ndata:"u8) + 1;
        if (at == 0 && !frame.StartsWith("data:"u8)) return default;
        var start = at + 5;
        var end = frame[start..].IndexOf((byte)'\n');
        var last = end < 0 ? frame.Length : start + end;
        while (start < last && frame[start] == (byte)' ') start++;
        while (last > start && frame[last - 1] is (byte)' ' or (byte)'\r') last--;
        return start..last;
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        var item = TopLevelJsonScanner.ValueOf(data, "item"u8);
        if (item is not [(byte)'{', ..] || _items.Length + item.Length > MaxKept) return;
        var number = TopLevelJsonScanner.ValueOf(data, "output_index"u8);
        if (!Utf8Parser.TryParse(number, out int index, out var used) || used != number.Length) return;
        var start = _items.Length;
        _items.Write(item);
        _places[index] = start.._items.Length;
    }

    private void WriteItems()
    {
        _output.Write("["u8);
        var isFirst = true;
        foreach (var place in _places.Values)
        {
            if (!isFirst) _output.Write(","u8);
            isFirst = false;
            _output.Write(_items.WrittenSpan[place]);
        }

        _output.Write("]"u8);
    }

    /// <summary>Where the empty output of an event's response stands; null where there is none, or it is not empty.</summary>
    private static Range? EmptyOutputIn(ReadOnlySpan<byte> data)
    {
        var scanner = new TopLevelJsonScanner(data);
        while (scanner.Next())
        {
            if (!scanner.Name.SequenceEqual("response"u8)) continue;
            var start = scanner.ValueStart;
            var response = new TopLevelJsonScanner(scanner.Value);
            while (response.Next())
            {
                if (!response.Name.SequenceEqual("output"u8)) continue;
                return response.Value is [(byte)'[', .. var inner, (byte)']'] && inner.Trim(" \t\r\n"u8).IsEmpty ? (start + response.ValueStart)..(start + response.ValueEnd) : null;
            }
        }

        return null;
    }
}
