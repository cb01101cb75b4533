using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Framing;

namespace Dragoman.Protocols.Conversation;

/// <summary>What the address of a request says that other protocols say in the body (Gemini's model and method).</summary>
/// <param name="Model">The model named in the address, or null.</param>
/// <param name="Stream">Whether the address asks for a stream, or null where the body says.</param>
public readonly record struct RequestTarget(string? Model = null, bool? Stream = null)
{
    /// <summary>The name by which the client knows the model, where another one answers in its place; null for <see cref="Model"/>.</summary>
    public string? ShownModel { get; init; }
}

/// <summary>The half of a protocol that clients speak: requests are read, answers and errors are written.</summary>
public interface IClientProtocol
{
    /// <summary>The protocol.</summary>
    Protocol Protocol { get; }

    /// <summary>The media type of a stream; <c>text/event-stream</c> everywhere but in Gemini's array form and Bedrock's frames.</summary>
    string StreamMediaType => "text/event-stream";

    /// <summary>Reads a request. The result borrows <paramref name="body"/>.</summary>
    /// <exception cref="WireException">The body is not one of this protocol.</exception>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default);

    /// <summary>Reads a request that only asks how many tokens its prompt has; most protocols use the body of a request for it.</summary>
    /// <exception cref="WireException">The body is not one of this protocol.</exception>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    ConversationRequest ReadCountRequest(ReadOnlyMemory<byte> body, RequestTarget target = default) => ReadRequest(body, target);

    /// <summary>Writes the answer to such a request.</summary>
    void WriteTokenCount(long count, IBufferWriter<byte> output) => throw new NotSupportedException($"{Protocol} has no token count.");

    /// <summary>
    /// A writer of a streamed answer. It writes complete frames to <paramref name="output"/> and holds nothing back, so the caller may
    /// send what is there after any event. Its input must have passed <see cref="AnswerNormalizer"/>.
    /// </summary>
    IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output);

    /// <summary>Writes a whole answer.</summary>
    void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output);

    /// <summary>Writes the body of an error response.</summary>
    void WriteError(WireError error, IBufferWriter<byte> output);

    /// <summary>The status of an error response in this protocol, where it differs from the usual.</summary>
    int StatusOf(WireError error) => error.EffectiveStatus;

    /// <summary>The header in which clients of the protocol look for an error's type; null where all of it stands in the body.</summary>
    KeyValuePair<string, string>? ErrorHeader(WireError error) => null;

    /// <summary>What keeps a silent stream open: bytes that every client of the protocol passes over, wherever a frame may stand.</summary>
    ReadOnlySpan<byte> KeepAlive => SseWriter.KeepAlive;

    /// <summary>The protocol's own keep-alive frame (Messages' <c>ping</c>), or empty where it has none and an SSE comment must do.</summary>
    ReadOnlySpan<byte> Ping => default;
}
