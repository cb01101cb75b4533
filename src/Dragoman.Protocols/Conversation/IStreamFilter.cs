namespace Dragoman.Protocols.Conversation;

/// <summary>Takes frames out of a stream that passes, of which all other bytes stay as they are.</summary>
public interface IStreamFilter : IDisposable
{
    /// <summary>Takes bytes and returns the frames they complete; valid until the next call.</summary>
    ReadOnlyMemory<byte> Pass(ReadOnlySpan<byte> bytes);

    /// <summary>The stream has ended: returns what is left.</summary>
    ReadOnlyMemory<byte> Complete();
}
