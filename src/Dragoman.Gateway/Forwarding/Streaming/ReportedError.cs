using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;

namespace Dragoman.Gateway.Forwarding.Streaming;

/// <summary>Where an error stands in a stream that is passed on, and in what form.</summary>
/// <param name="Rest">How many of the bytes received come from its event on.</param>
/// <param name="Behind">How many of them come behind it.</param>
/// <param name="IsNative">Whether it has the form in which clients of the protocol look for an error: then it passes as it is.</param>
/// <param name="Text">Its own text.</param>
internal readonly record struct ReportedError(int Rest, int Behind, bool IsNative, ReadOnlyMemory<byte> Text)
{
    /// <summary>The error that an event told.</summary>
    public static ReportedError Read(ProtocolTraits traits, SseFrame frame, int rest, int behind)
        => new(rest, behind, !frame.IsBare && traits.IsNativeError(frame), frame.Data.ToArray());
}
