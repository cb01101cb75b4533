using System.Buffers;

namespace Dragoman.Gateway.Providers;

/// <summary>
/// The wrapping that a vendor puts around the bodies of a protocol. Forwarding wraps a request after it has been written and unwraps an answer before anything reads it,
/// whole or event by event, so that nothing else knows of it.
/// </summary>
public interface IEnvelope
{
    /// <summary>Writes the body that the vendor expects around the protocol's own, which is <see cref="UpstreamCall.Body"/>.</summary>
    void WrapRequest(UpstreamCall call, IBufferWriter<byte> output);

    /// <summary>
    /// The protocol's own body inside a whole answer, or inside the data of one event: a slice of what was given. What is not wrapped (an error, a keep-alive, the end mark) is
    /// given back as it is. Does not throw on bytes that are no JSON.
    /// </summary>
    ReadOnlyMemory<byte> UnwrapResponse(ReadOnlyMemory<byte> body);
}
