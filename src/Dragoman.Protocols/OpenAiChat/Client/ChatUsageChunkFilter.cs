using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>
/// Keeps the usage chunk, which the gateway asked for and the client did not, out of a Chat stream: it is the one whose
/// <c>choices</c> is empty. Clients that never asked for it may index into <c>choices[0]</c>. All other bytes, comments and line ends
/// included, come out as they went in; only they wait for the end of their frame.
/// </summary>
internal sealed class ChatUsageChunkFilter : IStreamFilter
{
    /// <summary>No usage chunk is as large; what is, passes without waiting for its end.</summary>
    private const int Longest = 64 * 1024;

    private static readonly SearchValues<byte> EmptyArray = SearchValues.Create("[] \t\r\n"u8);
    private readonly PooledBuffer _pending = new();
    private readonly PooledBuffer _output = new();
    private int _scanned;
    private bool _passes;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Pass(ReadOnlySpan<byte> bytes)
    {
        _output.Clear();
        _pending.Write(bytes);
        var span = _pending.WrittenSpan;
        var start = 0;
        while (NextEnd(span, Math.Max(start, _scanned)) is >= 0 and var end)
        {
            Add(span[start..end]);
            start = _scanned = end;
        }

        // A frame's end is up to four bytes long and may be torn itself.
        if (_passes || span.Length - start > Longest)
        {
            var most = Math.Max(start, span.Length - 3);
            _output.Write(span[start..most]);
            start = most;
            _passes = true;
        }

        if (start > 0) _pending.Consume(start);
        _scanned = Math.Max(0, _pending.Length - 3);
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
    }

    /// <summary>Where the frame ends: behind its empty line; −1 when that has not come.</summary>
    private static int NextEnd(ReadOnlySpan<byte> bytes, int from)
    {
        for (var at = from; at < bytes.Length; at++)
        {
            var next = bytes[at..].IndexOf((byte)'\n');
            if (next < 0) return -1;
            at += next;
            if (at + 1 < bytes.Length && bytes[at + 1] == (byte)'\n') return at + 2;
            if (at + 2 < bytes.Length && bytes[at + 1] == (byte)'\r' && bytes[at + 2] == (byte)'\n') return at + 3;
        }

        return -1;
    }

    private void Add(ReadOnlySpan<byte> frame)
    {
        if (_passes || !IsUsageOnly(DataOf(frame))) _output.Write(frame);
        _passes = false;
    }

    /// <summary>The data of a frame of one data line, as Chat's all are; empty for any other.</summary>
    private static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> frame)
    {
        var at = frame.StartsWith("data:"u8) ? 0 : frame.IndexOf("\ndata:"u8) + 1;
        if (at == 0 && !frame.StartsWith("data:"u8)) return default;
        var data = frame[(at + 5)..];
        var end = data.IndexOf((byte)'\n');
        return (end < 0 ? data : data[..end]).Trim(" \r"u8);
    }

    private static bool IsUsageOnly(ReadOnlySpan<byte> data)
    {
        if (data.IndexOf("\"usage\""u8) < 0) return false;
        var hasUsage = false;
        var noChoices = true;
        var skim = new TopLevelJsonScanner(data);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("usage"u8)) hasUsage = skim.Value[0] == (byte)'{';
            else if (skim.Name.SequenceEqual("choices"u8)) noChoices = !skim.Value.ContainsAnyExcept(EmptyArray);
        }

        return hasUsage && noChoices && !skim.Broken;
    }
}
