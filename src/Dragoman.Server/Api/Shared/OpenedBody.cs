using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Server.Api.Shared;

/// <summary>A request that was taken out of a wrapping.</summary>
/// <param name="Target">What the wrapping says of it.</param>
/// <param name="Body">The request itself, in a buffer of its own.</param>
/// <param name="Session">The session that the wrapping names; null for none.</param>
internal readonly record struct OpenedBody(RequestTarget Target, PooledBuffer Body, string? Session = null);
