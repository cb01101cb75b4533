using System.Text.Json;
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
    private readonly List<(int Start, int End, bool MayBegin)> _messages = [];
    private int _pinned;

    /// <summary>The written messages that are sent, with commas between them.</summary>
    public PooledBuffer Bytes => _bytes;

    /// <summary>Writes a message behind the others.</summary>
    public void Add(CodeWhispererMessageWriter messages, CodeWhispererMessage message, bool pinned)
    {
        var start = _bytes.Length;
        var writer = JsonWriting.Rent(_bytes);
        messages.Write(writer, message, tools: null);
        JsonWriting.Return(writer);
        _messages.Add((start, _bytes.Length, message.IsUser && !message.HasResults));
        if (pinned) _pinned++;
    }

    /// <summary>Which messages are sent: the pinned ones, and all from the given one on.</summary>
    /// <param name="rest">How large the rest of the body is.</param>
    /// <param name="currentMayBegin">Whether the current message can stand alone.</param>
    /// <param name="options">The limits.</param>
    /// <param name="losses">Where what is left out is reported.</param>
    public int Choose(int rest, bool currentMayBegin, CodeWhispererOptions options, Losses losses)
    {
        var first = _pinned;
        if (options.MaxHistoryMessages is { } most && _messages.Count - _pinned > most) first = Boundary(_messages.Count - Math.Max(0, most), currentMayBegin);
        if (options.MaxBodyBytes > 0)
        {
            var size = rest + (_pinned > 0 ? _messages[_pinned - 1].End : 0);
            var wanted = first;
            while (wanted < _messages.Count && size + Size(wanted) > options.MaxBodyBytes) wanted++;
            if (wanted > first) first = Boundary(wanted, currentMayBegin);
        }

        if (first > _pinned) losses.Drop("messages", $"the oldest {first - _pinned} messages are left out: the service takes no longer conversation");
        return first;
    }

    /// <summary>Appends the chosen messages, with <paramref name="summary"/> (messages with their commas) in the place of those left out.</summary>
    public void WriteTo(System.Buffers.IBufferWriter<byte> output, int first, ReadOnlySpan<byte> summary)
    {
        var any = false;
        for (var i = 0; i < _messages.Count; i++)
        {
            if (i == _pinned && first > _pinned && !summary.IsEmpty)
            {
                if (any) Append(output, ","u8);
                Append(output, summary);
                any = true;
            }

            if (i >= _pinned && i < first) continue;
            if (any) Append(output, ","u8);
            any = true;
            Append(output, _bytes.WrittenSpan[_messages[i].Start.._messages[i].End]);
        }
    }

    /// <summary>Whether any message is sent.</summary>
    public bool Any(int first, bool summary) => _pinned > 0 || first < _messages.Count || (summary && first > _pinned);

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private static void Append(System.Buffers.IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }

    private int Size(int from) => _messages.Count == from ? 0 : _messages[^1].End - _messages[from].Start + (_messages.Count - from);

    /// <summary>The first place from the given one on where the user's own words begin; where there is none, the last before it.</summary>
    private int Boundary(int wanted, bool currentMayBegin)
    {
        for (var i = Math.Max(wanted, _pinned); i < _messages.Count; i++)
            if (_messages[i].MayBegin) return i;
        if (currentMayBegin) return _messages.Count;
        for (var i = Math.Min(wanted, _messages.Count) - 1; i > _pinned; i--)
            if (_messages[i].MayBegin) return i;
        return _pinned;
    }
}
