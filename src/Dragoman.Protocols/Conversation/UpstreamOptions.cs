namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What a provider's module knows of an account and of the model asked for that its protocol has to say or to reckon with. A protocol that needs such
/// facts derives a record of its own; the others ignore it.
/// </summary>
public abstract record UpstreamOptions;
