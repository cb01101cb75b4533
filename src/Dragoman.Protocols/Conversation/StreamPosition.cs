namespace Dragoman.Protocols.Conversation;

/// <summary>How far a stream that passes has come: what is needed to add a last event to it.</summary>
public abstract class StreamPosition
{
    /// <summary>Looks at an event of the preamble.</summary>
    public abstract void Begin(ReadOnlySpan<byte> data);

    /// <summary>An event has passed.</summary>
    public abstract void Pass(ReadOnlySpan<byte> data);

    /// <summary>Lets a writer of the same protocol go on from here.</summary>
    public abstract void Resume(IAnswerSink writer);
}
