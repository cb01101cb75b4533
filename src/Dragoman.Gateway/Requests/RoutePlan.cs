using System.Collections.Immutable;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Text;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Requests;

/// <summary>What routing needs to know of a request.</summary>
/// <param name="Model">The model as the client named it: alias, prefix and thinking suffix included.</param>
/// <param name="Source">The client's protocol; candidates of the same protocol win ties, because passthrough is the more faithful.</param>
public sealed record RouteRequest(string Model, Protocol Source)
{
    /// <summary>What ties a conversation together (a session header, <c>metadata.user_id</c>, a hash of its beginning), or null.</summary>
    public string? SessionKey { get; init; }

    /// <summary>The providers the caller's key may use; empty for all, <c>*</c> stands for any run of characters.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>The name of the caller's key; empty for none.</summary>
    public string KeyName { get; init; } = "";

    /// <summary>The id of the caller's key; empty for none.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>The one account that may answer; null for any.</summary>
    public AccountPin? Pin { get; init; }
}

/// <summary>One account that could answer, by one of its models.</summary>
/// <param name="Account">The account.</param>
/// <param name="Model">The upstream's model, with what is known of it.</param>
public sealed record Candidate(Account Account, UpstreamModel Model)
{
    /// <summary>Reasoning asked for by a suffix on the model's name (<c>model(high)</c>, <c>model(8192)</c>), or null; it overrides the body's.</summary>
    public ReasoningOptions? SuffixReasoning { get; init; }

    /// <summary>Reasoning that the model's name asks for by a word of it (<c>-thinking</c>), or null; the body's own wish counts more.</summary>
    public ReasoningOptions? DefaultReasoning { get; init; }

    /// <summary>Whether the answer names the model as the client did, which a body that passes does not.</summary>
    public bool ForcesName { get; init; }

    /// <summary>Whether nobody said that the account serves the model.</summary>
    public bool IsAssumed { get; init; }

    /// <summary>The cooldown of its target, which is only a guess of ours: it is asked after all that do not cool down. Null when it does not.</summary>
    public CooldownState? Cooldown { get; init; }

    /// <summary>Whether it is asked whatever is known of it, because the request names its account.</summary>
    public bool IsForced { get; init; }

    /// <summary>Why it stands where it stands, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>The same as a code (<see cref="RouteReasons"/>, or the strategy's name); null where there is nothing to say.</summary>
    public string? ReasonCode { get; init; }
}

/// <summary>An account that could have answered and was left out.</summary>
/// <param name="Account">The account.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Reason">Why: cooling down, disabled, excluded, for people.</param>
/// <param name="Until">When it comes back, as its upstream said, or null.</param>
public sealed record Exclusion(Account Account, string Model, string Reason, DateTimeOffset? Until)
{
    /// <summary>The limit that its upstream stated; null for another reason.</summary>
    public FailureClass? Limit { get; init; }

    /// <summary>Why, as a code (<see cref="RouteReasons"/>).</summary>
    public required string Code { get; init; }

    /// <summary>What the words say besides: numbers and names, as texts.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>A wait for the account that has read a conversation before.</summary>
/// <param name="Time">For how long.</param>
/// <param name="BackAt">When its limit ends; null where it is full, and a place may come free at any moment.</param>
public sealed record CacheWait(TimeSpan Time, DateTimeOffset? BackAt);

/// <summary>Which candidates are tried for a request, in which order, and why not others.</summary>
public sealed class RoutePlan
{
    /// <summary>The model as the client named it.</summary>
    public required string RequestedModel { get; init; }

    /// <summary>The candidates, best first; none when <see cref="Error"/> is set.</summary>
    public IReadOnlyList<Candidate> Candidates { get; init; } = [];

    /// <summary>Who was left out.</summary>
    public IReadOnlyList<Exclusion> Excluded { get; init; } = [];

    /// <summary>Why there is no candidate: the model is unknown (404), or every upstream has stated until when it wants no requests (429 or 503, with the wait); else null.</summary>
    public WireError? Error { get; init; }

    /// <summary>When the first of those that were left out for a stated limit is back; null when there are none.</summary>
    public DateTimeOffset? BackAt { get; init; }

    /// <summary>Whether there would be a better candidate if an account had not as many requests under way as it may.</summary>
    public bool IsFull { get; init; }

    /// <summary>How long to wait for the account of the conversation, whose prompt cache is warm, before the candidates are asked; null where that is not worth it.</summary>
    public CacheWait? CacheWait { get; init; }

    /// <summary>How the name was read and the order made, step by step.</summary>
    public IReadOnlyList<CodedText> Trace { get; init; } = [];
}
