namespace Dragoman.Gateway.Forwarding;

/// <summary>How much was sent to a client.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="Frames">Of a stream, how many events; 0 for a whole answer.</param>
public readonly record struct ResponseSize(long Bytes, long Frames)
{
    /// <summary>What an event weighs besides its text, in the protocols there are.</summary>
    private const long FrameBytes = 150;

    private const long BytesPerToken = 4;

    /// <summary>About how many tokens that was: every event has one at least.</summary>
    public long Tokens => Math.Max(Frames, Math.Max(0, Bytes - Frames * FrameBytes) / BytesPerToken);
}
