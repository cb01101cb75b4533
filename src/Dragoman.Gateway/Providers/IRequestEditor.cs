using System.Buffers;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Providers;

/// <summary>
/// Changes that a vendor's backend needs in the bodies of its protocol: fields that it refuses, and others that it demands. Made last of all before a body is wrapped and sent, so that bodies that
/// pass and bodies that were translated are treated alike.
/// </summary>
public interface IRequestEditor
{
    /// <summary>Writes the body of a request for an answer (<see cref="UpstreamCall.Body"/>) as the vendor takes it. Bytes that are no whole JSON go on as they are.</summary>
    /// <param name="call">The call.</param>
    /// <param name="output">Takes the changed body.</param>
    /// <param name="losses">Takes what is lost by the changes.</param>
    /// <returns>False where the body goes as it is; then what was written counts for nothing.</returns>
    /// <exception cref="Dragoman.Protocols.WireException">The vendor cannot answer the request; another account may.</exception>
    bool TryEdit(UpstreamCall call, IBufferWriter<byte> output, Losses losses);
}
