using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>How an upstream frames its streams.</summary>
public enum StreamFraming
{
    /// <summary>Server-sent events.</summary>
    ServerSentEvents,

    /// <summary>AWS event stream frames.</summary>
    AwsEventStream,
}

/// <summary>The half of a protocol that upstreams speak: requests are written, answers and errors are read.</summary>
public interface IUpstreamProtocol
{
    /// <summary>The protocol.</summary>
    Protocol Protocol { get; }

    /// <summary>How streams are framed.</summary>
    StreamFraming Framing => StreamFraming.ServerSentEvents;

    /// <summary>
    /// Writes the request's body. What the protocol cannot carry goes to <see cref="TranslationContext.Losses"/>; changed tool names and wrapped
    /// custom tools go to <see cref="TranslationContext.Tools"/>. The same conversation with more turns must give the same bytes up to the new turns.
    /// </summary>
    /// <exception cref="WireException">The protocol cannot express what is asked, and leaving it out would answer another question.</exception>
    void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output);

    /// <summary>Writes the body of a request for a token count; false when the protocol has none.</summary>
    bool WriteCountRequest(TranslationContext exchange, IBufferWriter<byte> output) => false;

    /// <summary>HTTP headers of the protocol itself that the request needs beside its body (<c>anthropic-beta</c>); asked after the body was written.</summary>
    IReadOnlyList<KeyValuePair<string, string>> HeadersOf(TranslationContext exchange) => [];

    /// <summary>The members by which a whole answer of the protocol is recognised.</summary>
    AnswerMembers AnswerMembers { get; }

    /// <summary>Returns the failure that a whole answer itself reports as the reason of its end; null for an answer that succeeded.</summary>
    /// <param name="answer">The value of the member by which the answer was recognised.</param>
    WireError? FailureIn(JsonSlice answer) => null;

    /// <summary>A reader of a streamed answer.</summary>
    IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink);

    /// <summary>Reads a whole answer and tells it as the events of a stream.</summary>
    void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink);

    /// <summary>
    /// Looks only for what a whole answer cost, for the relay, which passes the answer on unread. False where the numbers may stand
    /// in places that only <see cref="ReadAnswer"/> looks at; when true they are those it would tell.
    /// </summary>
    /// <exception cref="System.Text.Json.JsonException">The body is not JSON.</exception>
    bool TryReadUsage(ReadOnlyMemory<byte> body, out TokenUsage usage)
    {
        usage = new TokenUsage();
        return false;
    }

    /// <summary>
    /// Reads an error response. Never throws: a body of another shape gives its text, clipped, or the status's own words. A
    /// <paramref name="status"/> of 0 is one that is not known: the error came inside a stream or a 200.
    /// </summary>
    WireError ReadError(int status, ReadOnlyMemory<byte> body);
}
