using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Transport.Sockets;

/// <summary>How large what comes over a WebSocket may be.</summary>
/// <param name="MaxMessageBytes">The most bytes of a message.</param>
/// <param name="Memory">What messages are counted in; null for nothing.</param>
internal readonly record struct SocketLimits(int MaxMessageBytes, MemoryBudget? Memory);
