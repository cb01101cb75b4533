using System.Buffers;
using System.Net.Http.Headers;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Providers;

/// <summary>
/// How a provider's requests for an answer go over a WebSocket in the place of HTTP: what the handshake says, what a request is as a message, and what a message means. Connections, time limits and
/// what happens when the vendor refuses the upgrade are the transport's. Every request carries the whole conversation, so that any connection can answer it.
/// </summary>
public interface ISocketBinding
{
    /// <summary>Whether the owner of an account wants it.</summary>
    bool IsWanted(Account account);

    /// <summary>Makes the headers of a request over HTTP those of a handshake.</summary>
    /// <param name="headers">The headers, with the credential in them.</param>
    /// <param name="account">The account.</param>
    void PrepareHandshake(HttpRequestHeaders headers, Account account);

    /// <summary>Whether a header names the conversation. A connection is used again where its handshake named one, and for no other.</summary>
    bool IsOfConversation(string header);

    /// <summary>Whether a header speaks of one request only, so that a connection whose handshake had another value serves it as well.</summary>
    bool IsOfOneRequest(string header);

    /// <summary>The header by which the vendor says where further requests shall go; a request that repeats it goes over the connection that brought it, or over a new one. Null for none.</summary>
    string? RoutingHeader { get; }

    /// <summary>Writes the message that asks for an answer.</summary>
    /// <param name="call">The call, with the body that HTTP would carry.</param>
    /// <param name="trace">The headers that tell of the span that asks (<c>traceparent</c>, <c>tracestate</c>): over a connection that is kept, a message has to say them; empty where that is not propagated.</param>
    /// <param name="output">Takes the message.</param>
    /// <returns>False where the body cannot be such a message; then it goes over HTTP.</returns>
    bool TryWriteRequest(UpstreamCall call, IReadOnlyList<KeyValuePair<string, string>> trace, IBufferWriter<byte> output);

    /// <summary>What a message means.</summary>
    /// <param name="message">Its text; what is returned borrows from it.</param>
    SocketMessage Read(ReadOnlyMemory<byte> message);
}
