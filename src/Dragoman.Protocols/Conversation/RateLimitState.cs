namespace Dragoman.Protocols.Conversation;

/// <summary>How much of a rate limit a client has used.</summary>
/// <param name="Unit">What is counted: <c>requests</c> or <c>tokens</c>.</param>
/// <param name="Limit">The most in the window.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">How long until all of it is available again.</param>
public readonly record struct RateLimitState(string Unit, long Limit, long Remaining, TimeSpan Reset);
