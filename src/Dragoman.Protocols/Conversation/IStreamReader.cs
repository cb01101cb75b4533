namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Reads an upstream's stream and tells its events to a sink. One instance an answer. Frames that cannot be read are reported as
/// <see cref="AnswerEventKind.Failed"/>; unknown ones are passed over.
/// </summary>
public interface IStreamReader
{
    /// <summary>Reads one frame: for SSE the event's name (may be empty) and data; for AWS event streams the event type and payload.</summary>
    /// <param name="name">The frame's event name, or empty.</param>
    /// <param name="data">The frame's payload, borrowed for the call.</param>
    void Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data);

    /// <summary>
    /// The upstream closed the stream. A reader that saw the protocol's own ending does nothing; one that did not lets the normaliser
    /// judge: it emits what it still holds back, but no <see cref="AnswerEventKind.Finished"/> that the upstream never said.
    /// </summary>
    void Complete();

    /// <summary>
    /// The upstream closed the stream in the middle of a frame. For most protocols that is as if it had not begun; one whose stream has no ending but
    /// its close tells a failure.
    /// </summary>
    void Interrupt() => Complete();
}
