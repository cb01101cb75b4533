using System.Buffers;
using Dragoman.Wire.Framing;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// Keeps the usage chunk, which the relay asked for and the client did not, out of a Chat stream: it is the one whose
/// <c>choices</c> is empty. Clients that never asked for it may index into <c>choices[0]</c>.
/// </summary>
internal sealed class UsageChunkFilter : IDisposable
{
    private static readonly SearchValues<byte> EmptyArray = SearchValues.Create("[] \t\r\n"u8);
    private readonly SseReader _frames = new();
    private readonly PooledBuffer _output = new();

    /// <summary>Takes bytes and gives the frames they complete; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Pass(ReadOnlySpan<byte> bytes)
    {
        _output.Clear();
        _frames.Append(bytes);
        while (_frames.TryRead(out var frame)) Add(frame);
        return _output.WrittenMemory;
    }

    /// <summary>The stream has ended: gives what is left.</summary>
    public ReadOnlyMemory<byte> Complete()
    {
        _output.Clear();
        while (_frames.TryReadLast(out var frame)) Add(frame);
        return _output.WrittenMemory;
    }

    public void Dispose()
    {
        _frames.Dispose();
        _output.Dispose();
    }

    private void Add(SseFrame frame)
    {
        if (IsUsageOnly(frame.Data.Span)) return;
        if (frame.Name.IsEmpty) SseWriter.Begin(_output);
        else SseWriter.Begin(_output, frame.Name.Span);
        _output.Write(frame.Data.Span);
        SseWriter.End(_output);
    }

    private static bool IsUsageOnly(ReadOnlySpan<byte> data)
    {
        if (data.IndexOf("\"usage\""u8) < 0) return false;
        var hasUsage = false;
        var noChoices = true;
        var skim = new JsonSkim(data);
        while (skim.Next())
        {
            if (skim.Name.SequenceEqual("usage"u8)) hasUsage = skim.Value[0] == (byte)'{';
            else if (skim.Name.SequenceEqual("choices"u8)) noChoices = !skim.Value.ContainsAnyExcept(EmptyArray);
        }

        return hasUsage && noChoices && !skim.Broken;
    }
}
