namespace Dragoman.Protocols.Framing;

/// <summary>One frame of an AWS event stream. Borrowed: valid until the next call on the reader it came from.</summary>
/// <param name="Headers">All its headers as they stand on the wire; see <see cref="AwsHeader.TryTake"/>.</param>
/// <param name="Payload">What it carries.</param>
public readonly record struct AwsFrame(ReadOnlyMemory<byte> Headers, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The event's name (<c>:event-type</c>), or empty.</summary>
    public ReadOnlyMemory<byte> EventType { get; init; }

    /// <summary>The exception's name (<c>:exception-type</c>), or empty.</summary>
    public ReadOnlyMemory<byte> ExceptionType { get; init; }

    /// <summary>What sort of message (<c>:message-type</c>): <c>event</c>, <c>exception</c> or <c>error</c>; or empty.</summary>
    public ReadOnlyMemory<byte> MessageType { get; init; }

    /// <summary>The media type of the payload (<c>:content-type</c>), or empty.</summary>
    public ReadOnlyMemory<byte> ContentType { get; init; }

    /// <summary>The code of an <c>error</c> message (<c>:error-code</c>), or empty.</summary>
    public ReadOnlyMemory<byte> ErrorCode { get; init; }

    /// <summary>The words of an <c>error</c> message (<c>:error-message</c>), or empty.</summary>
    public ReadOnlyMemory<byte> ErrorMessage { get; init; }

    /// <summary>Whether the frame tells a failure.</summary>
    public bool IsFailure => MessageType.Span.SequenceEqual("exception"u8) || MessageType.Span.SequenceEqual("error"u8) || !ExceptionType.IsEmpty;

    /// <summary>The name a stream's reader is given: the exception's, the error's or the event's.</summary>
    public ReadOnlyMemory<byte> Name => !ExceptionType.IsEmpty ? ExceptionType : !EventType.IsEmpty ? EventType : ErrorCode;
}
