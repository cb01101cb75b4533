using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// The written messages of the history, of which the oldest stay out where the body would be larger than the service takes, or where the caller wants a
/// shorter one. The system text is never left out, and what is kept begins with the user's words, so that no result stands without its call.
/// </summary>
internal sealed class CodeWhispererHistory : IDisposable
{
    private readonly PooledBuffer _bytes = new(16 * 1024);
    private readonly List<(int Start, int End, bool IsUser, bool MayBegin)> _messages = [];
    private int _pinned;
    private int _first;
    private int _head = -1;

    /// <summary>The written messages that are sent, with commas between them.</summary>
    public PooledBuffer Bytes => _bytes;

    /// <summary>Writes a message behind the others.</summary>
    public void Add(CodeWhispererMessageWriter messages, CodeWhispererMessage message, bool pinned)
    {
        var start = _bytes.Length;
        var writer = JsonWriting.Rent(_bytes);
        messages.Write(writer, message, tools: null);
        JsonWriting.Return(writer);
        _messages.Add((start, _bytes.Length, message.IsUser, message.IsUser && !message.HasResults));
        if (pinned) _pinned++;
    }

    /// <summary>Decides which messages are sent; false where some are left out.</summary>
    /// <param name="rest">How large the rest of the body is.</param>
    /// <param name="currentMayBegin">Whether the current message can stand alone.</param>
    /// <param name="options">The limits.</param>
    public bool Choose(int rest, bool currentMayBegin, CodeWhispererOptions options)
    {
        _first = _pinned;
        _head = -1;
        var wanted = options.MaxHistoryMessages is { } most ? Math.Max(_pinned, _messages.Count - Math.Max(0, most)) : _pinned;
        var room = options.MaxBodyBytes > 0 ? options.MaxBodyBytes - rest - (_pinned > 0 ? _messages[_pinned - 1].End : 0) : int.MaxValue;
        wanted = Fit(wanted, room);
        if (wanted > _pinned) Cut(wanted, room, currentMayBegin);
        return _first == _pinned;
    }

    /// <summary>Reports what is left out.</summary>
    public void Report(Losses losses)
    {
        var gone = _first - _pinned - (_head >= 0 ? 1 : 0);
        if (gone > 0) losses.Drop("messages", $"the oldest {gone} messages are left out: the service takes no longer conversation");
    }

    /// <summary>Appends the chosen messages, with <paramref name="summary"/> (messages with their commas) in the place of those left out.</summary>
    public void WriteTo(System.Buffers.IBufferWriter<byte> output, ReadOnlySpan<byte> summary)
    {
        var any = false;
        for (var i = 0; i < _messages.Count; i++)
        {
            if (i == _pinned && _first > _pinned && !summary.IsEmpty)
            {
                if (any) Append(output, ","u8);
                Append(output, summary);
                any = true;
            }

            if (i >= _pinned && i < _first && i != _head) continue;
            if (any) Append(output, ","u8);
            any = true;
            Append(output, _bytes.WrittenSpan[_messages[i].Start.._messages[i].End]);
        }
    }

    /// <summary>Whether any message is sent.</summary>
    public bool Any(bool summary) => _pinned > 0 || _first < _messages.Count || (summary && _first > _pinned);

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private static void Append(System.Buffers.IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }

    private int Size(int from) => _messages.Count == from ? 0 : _messages[^1].End - _messages[from].Start + (_messages.Count - from);

    /// <summary>The first place from the given one on from which the messages fit.</summary>
    private int Fit(int from, int room)
    {
        while (from < _messages.Count && Size(from) > room) from++;
        return from;
    }

    /// <summary>
    /// Cuts where the user's own words begin. In a long run of tools, which has no such place, the words that began it stay and the cut is before an
    /// answer of the assistant, whose results follow it.
    /// </summary>
    private void Cut(int wanted, int room, bool currentMayBegin)
    {
        for (_first = wanted; _first < _messages.Count; _first++)
            if (_messages[_first].MayBegin) return;
        if (currentMayBegin) return;
        _head = Math.Min(wanted, _messages.Count) - 1;
        while (_head > _pinned && !_messages[_head].MayBegin) _head--;
        if (_head < _pinned || !_messages[_head].MayBegin)
        {
            // Nothing can be left out: the service will say what it thinks of it.
            (_head, _first) = (-1, _pinned);
            return;
        }

        _first = Fit(Math.Max(wanted, _head + 1), room - (_messages[_head].End - _messages[_head].Start));
        // The last answer has to stay: the current message has its results.
        _first = Math.Min(_first, _messages.Count - 1);
        if (_messages[_first].IsUser) _first = Math.Min(_first + 1, _messages.Count - 1);
    }
}
