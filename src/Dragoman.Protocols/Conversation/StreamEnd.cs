namespace Dragoman.Protocols.Conversation;

/// <summary>What an event says about the end of its stream.</summary>
/// <param name="IsComplete">Whether the answer is complete with it.</param>
/// <param name="Error">The failure that this end means, or null.</param>
public readonly record struct StreamEnd(bool IsComplete, WireError? Error = null);
