using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
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
    private readonly SseCutter _frames = new();
    private readonly PooledBuffer _output = new();
    private bool _passes;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Pass(ReadOnlySpan<byte> bytes)
    {
        _output.Clear();
        _frames.Add(bytes);
        while (_frames.TryCut(out var frame)) Add(frame);
        if (_passes || _frames.Waiting > Longest)
        {
            _output.Write(_frames.TakeBegun());
            _passes = true;
        }

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
    }

    private void Add(ReadOnlySpan<byte> frame)
    {
        if (_passes || !IsUsageOnly(frame[SseCutter.DataIn(frame)])) _output.Write(frame);
        _passes = false;
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
