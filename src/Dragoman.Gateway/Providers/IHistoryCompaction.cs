using Dragoman.Gateway.Accounts;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Providers;

/// <summary>Writes a conversation shorter after an upstream has found it too long. What is left out is reported by the protocol's writer.</summary>
public interface IHistoryCompaction
{
    /// <summary>What the protocol has to know for the next, shorter try.</summary>
    /// <param name="request">The conversation, and how often it was found too long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The options of the next try; null where the client is to hear that the conversation is too long.</returns>
    Task<UpstreamOptions?> ShortenAsync(CompactionRequest request, CancellationToken cancellationToken);
}

/// <summary>A conversation that an upstream has found too long.</summary>
/// <param name="Account">The account that was asked.</param>
/// <param name="Conversation">What the client asked.</param>
/// <param name="Options">The options of the first try.</param>
/// <param name="Attempt">How many shorter tries have failed.</param>
public sealed record CompactionRequest(Account Account, ConversationRequest Conversation, UpstreamOptions? Options, int Attempt)
{
    /// <summary>What tells the conversation from others; null where nobody knows.</summary>
    public string? ConversationKey { get; init; }

    /// <summary>Asks a model of the same account something small (for a summary) and gives its words; null where no answer came. What it costs is counted with the request.</summary>
    public required Func<UpstreamModel, ConversationRequest, CancellationToken, Task<string?>> AskAsync { get; init; }
}
