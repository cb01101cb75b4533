using System.Text.Json.Serialization;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;

namespace Dragoman.Management.Flows.Conversations;

/// <summary>A page of conversations, the one that was last in use first.</summary>
/// <param name="Conversations">The conversations.</param>
/// <param name="Next">What to ask for the next page with (<c>after</c>); absent at the end.</param>
public sealed record ConversationPageView(IReadOnlyList<ConversationView> Conversations, string? Next);

/// <summary>The flows of one conversation, summed up: all that are kept, whether they fit the filter or not.</summary>
/// <param name="Session">What ties its requests together.</param>
/// <param name="FirstAt">When its first request came that is still kept.</param>
/// <param name="LastAt">When its last request came.</param>
/// <param name="Requests">Its requests.</param>
/// <param name="Failures">Of them, those that failed.</param>
/// <param name="Models">The upstreams' models that answered.</param>
/// <param name="Accounts">The labels of the accounts that answered.</param>
/// <param name="Clients">The families of client programs.</param>
/// <param name="InputTokens">Tokens of prompts, those of the cache included.</param>
/// <param name="OutputTokens">Tokens of answers.</param>
/// <param name="CachedTokens">Tokens of prompts that were read from a cache.</param>
/// <param name="CachedShare">How much of the prompts was read from a cache, 0 to 1; absent where there were no prompts.</param>
/// <param name="Cost">US dollars; absent where no price is known.</param>
/// <param name="Preview">A first glimpse of what it is about; only with recorded bodies.</param>
public sealed record ConversationView(
    string Session, DateTimeOffset FirstAt, DateTimeOffset LastAt, long Requests, long Failures, IReadOnlyList<string> Models, IReadOnlyList<string> Accounts, IReadOnlyList<string> Clients, long InputTokens, long OutputTokens,
    long CachedTokens, double? CachedShare, decimal? Cost, string Preview)
{
    internal static ConversationView From(FlowConversation conversation) => new(
        conversation.Session, conversation.FirstAt, conversation.LastAt, conversation.Requests, conversation.Failures, conversation.Models, conversation.Accounts,
        [.. conversation.UserAgents.Select(ClientFamily.Of).Distinct(StringComparer.Ordinal)], conversation.InputTokens, conversation.OutputTokens, conversation.CachedTokens,
        Share(conversation.CachedTokens, conversation.InputTokens), conversation.Cost, conversation.Preview);

    /// <summary>How much of a prompt was read from a cache.</summary>
    internal static double? Share(long cached, long input) => input > 0 ? Math.Round(Math.Clamp((double)cached / input, 0, 1), 4) : null;
}

/// <summary>What became of the prompt cache in a conversation, request by request.</summary>
/// <param name="Session">The conversation.</param>
/// <param name="CachedShare">How much of the prompts of these steps was read from a cache, 0 to 1; absent where nobody reported it.</param>
/// <param name="Requests">Its last requests, the oldest first.</param>
/// <param name="Truncated">Whether there were earlier requests.</param>
public sealed record PromptCacheView(string Session, double? CachedShare, [property: JsonPropertyName("steps")] IReadOnlyList<PromptCacheStepView> Requests, bool Truncated);

/// <summary>One request of a conversation.</summary>
/// <param name="Flow">The flow's id.</param>
/// <param name="At">When it came.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Account">The account's label.</param>
/// <param name="Input">Tokens of the prompt.</param>
/// <param name="Cached">Of them, those from the cache.</param>
/// <param name="CacheWrite">Of them, those written to the cache.</param>
/// <param name="KeptPrefixShare">How much of the earlier request's prompt stands unchanged at the beginning of this one, by bytes; absent where the requests are not recorded whole.</param>
/// <param name="Break">Why the cache could not be used; absent where nothing speaks against it.</param>
public sealed record PromptCacheStepView(
    string Flow, DateTimeOffset At, string Model, string Account, long? Input, long? Cached, long? CacheWrite, double? KeptPrefixShare, PromptCacheBreakView? Break);

/// <summary>Why a prompt cache could not be used.</summary>
/// <param name="Kind"><c>first</c>, <c>account-changed</c>, <c>model-changed</c>, <c>system-changed</c>, <c>tools-changed</c>, <c>message-changed</c>, <c>expired</c> or <c>unknown</c>.</param>
/// <param name="Path">The first place that changed, for example <c>messages[3]</c>.</param>
/// <param name="Description">The same in a sentence.</param>
public sealed record PromptCacheBreakView(string Kind, string? Path, string Description);
