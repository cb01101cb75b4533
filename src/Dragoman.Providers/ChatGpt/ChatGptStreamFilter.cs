using System.Buffers;
using System.Buffers.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
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

    private readonly SseCutter _frames = new();
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
        _frames.Add(bytes);
        while (_frames.TryCut(out var frame)) Add(frame);
        return _output.WrittenMemory;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Complete()
    {
        _output.Clear();
        if (_frames.TakeLast() is { IsEmpty: false } last) Add(last);
        return _output.WrittenMemory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _frames.Dispose();
        _output.Dispose();
        _items.Dispose();
    }

    private void Add(ReadOnlySpan<byte> frame)
    {
        var place = SseCutter.DataIn(frame);
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
