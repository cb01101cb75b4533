using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// A field the model in the middle does not name, kept under the protocol it came from, so that a target of the same protocol gets it back
/// and any other target reports it lost.
/// </summary>
/// <param name="Protocol">The protocol the field was read from.</param>
/// <param name="Name">The field's name in that protocol.</param>
/// <param name="Value">Its value, as it stood.</param>
public readonly record struct Extra(Protocol Protocol, string Name, JsonSlice Value);
