using Dragoman.Gateway.Accounts;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Providers;

/// <summary>What is asked of an upstream.</summary>
public enum UpstreamOperation
{
    /// <summary>An answer.</summary>
    Generate,

    /// <summary>The number of tokens of a prompt.</summary>
    CountTokens,

    /// <summary>The list of models.</summary>
    ListModels,
}

/// <summary>One call to be made, before it is an HTTP request.</summary>
/// <param name="Account">Who pays.</param>
/// <param name="Model">The upstream's model; empty id for <see cref="UpstreamOperation.ListModels"/>.</param>
/// <param name="Operation">What is asked.</param>
public sealed record UpstreamCall(Account Account, UpstreamModel Model, UpstreamOperation Operation)
{
    /// <summary>The credential to use, with its version: read once for a call, so that a failure can be put down to it.</summary>
    public VersionedCredential Credential { get; init; } = Account.Cell.Current;

    /// <summary>Whether the answer shall be a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>The body, in the protocol of <see cref="ProviderModule.ProtocolFor"/>; empty for none. Borrowed until the request was sent.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Headers of the client that belong to the upstream's protocol and travel unchanged when client and upstream speak the same one
    /// (<c>anthropic-beta</c>, <c>anthropic-version</c>, <c>openai-beta</c>, session ids); the relay has already chosen them.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> ClientHeaders { get; init; } = [];
}
