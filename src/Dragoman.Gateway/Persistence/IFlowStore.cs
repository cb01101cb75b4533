namespace Dragoman.Gateway.Persistence;

/// <summary>
/// What happened, request by request. Flows are written behind, in batches; an acknowledged batch survives <c>kill -9</c>, and a power cut
/// can cost the last moment of it (the one place where speed goes before durability).
/// </summary>
public interface IFlowStore
{
    /// <summary>Appends flows with their bodies, all or none. A flow whose id is known already is replaced, its marks kept.</summary>
    Task AppendAsync(IReadOnlyList<FlowRecord> flows, CancellationToken cancellationToken = default);

    /// <summary>One flow with everything but its bodies, or null.</summary>
    Task<FlowRecord?> GetAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>The recorded bodies of a flow, in the order they were made; none if none were recorded or they were let go.</summary>
    Task<IReadOnlyList<FlowBody>> BodiesAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>One body of a flow: of several of that kind the last; null where there is none. It is as it was recorded, so one that is the same as another's has no content.</summary>
    Task<FlowBody?> BodyAsync(string id, FlowBodyKind kind, CancellationToken cancellationToken = default);

    /// <summary>The conversations that have a flow that fits, the one with the newest such flow first. Their numbers are those of all their flows.</summary>
    Task<Page<FlowConversation>> ConversationsAsync(FlowQuery query, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>Flows that fit, newest first, without bodies.</summary>
    Task<Page<FlowRecord>> SearchAsync(FlowQuery query, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>How many flows fit.</summary>
    Task<long> CountAsync(FlowQuery query, CancellationToken cancellationToken = default);

    /// <summary>Sets the marks that are not null.</summary>
    /// <returns>Whether the flow is there.</returns>
    Task<bool> MarkAsync(string id, FlowMarks marks, CancellationToken cancellationToken = default);

    /// <summary>Removes one flow.</summary>
    Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Lets go what the retention says, oldest first, in small transactions. Bookmarked flows stay.</summary>
    Task<FlowsPruned> PruneAsync(FlowRetention retention, CancellationToken cancellationToken = default);

    /// <summary>How many flows there are, and their bytes.</summary>
    Task<FlowTotals> TotalsAsync(CancellationToken cancellationToken = default);
}

/// <summary>One request's story.</summary>
public sealed record FlowRecord
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Time to the first byte for the client, or null.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>Time to the end.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The client key's id; empty for none.</summary>
    public string KeyId { get; init; } = "";

    /// <summary>The client key's name; empty for none.</summary>
    public string KeyName { get; init; } = "";

    /// <summary>The client's own name of itself.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>The family of client programs it is of, for example <c>claude-code</c>; empty where that was not kept.</summary>
    public string Client { get; init; } = "";

    /// <summary>What ties it to other requests of one conversation; empty for nothing.</summary>
    public string Session { get; init; } = "";

    /// <summary>The surface it came in by.</summary>
    public string Surface { get; init; } = "";

    /// <summary>The protocol the client spoke, for example <c>anthropic-messages</c>.</summary>
    public string ClientProtocol { get; init; } = "";

    /// <summary>The protocol the upstream spoke; empty when none answered.</summary>
    public string UpstreamProtocol { get; init; } = "";

    /// <summary>How it was forwarded: <c>passthrough</c>, <c>translated</c>, or empty when none answered.</summary>
    public string Mode { get; init; } = "";

    /// <summary>The name asked for.</summary>
    public string RequestedModel { get; init; } = "";

    /// <summary>The upstream's model that answered, or that failed where nobody did; empty when none was asked.</summary>
    public string Model { get; init; } = "";

    /// <summary>The provider that answered, or failed where nobody did; empty when none was asked.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The account that answered, or whose failure the client was told; empty when none was asked.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>Its label.</summary>
    public string AccountLabel { get; init; } = "";

    /// <summary>Whether it was a stream.</summary>
    public bool Stream { get; init; }

    /// <summary>The status the client got.</summary>
    public int Status { get; init; }

    /// <summary>The error the client got, or null.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the client left before the end.</summary>
    public bool ClientLeft { get; init; }

    /// <summary>Who was tried, in order.</summary>
    public IReadOnlyList<FlowAttempt> Attempts { get; init; } = [];

    /// <summary>What could not be carried.</summary>
    public IReadOnlyList<FlowLoss> Losses { get; init; } = [];

    /// <summary>Tokens of the whole prompt, or null.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens of the answer, or null.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Of the prompt, those from the cache, or null.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>Of the prompt, those written to the cache, or null.</summary>
    public long? CacheWriteTokens { get; init; }

    /// <summary>Of the answer, those of reasoning, or null.</summary>
    public long? ReasoningTokens { get; init; }

    /// <summary>What it cost in US dollars, or null when unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>A first glimpse of the last user turn, for lists; empty unless bodies are recorded.</summary>
    public string Preview { get; init; } = "";

    /// <summary>What its owner marked it with.</summary>
    public FlowMarks Marks { get; init; } = new();

    /// <summary>Whether it was refused before it was let in (a key or a body that is none), so that usage does not count it.</summary>
    public bool IsRefused { get; init; }

    /// <summary>
    /// Further words it shall be found by (of its prompt and answer). Only for appending: it is indexed, not given back. Names, models, error,
    /// preview, note and tags are indexed by themselves.
    /// </summary>
    public string SearchText { get; init; } = "";

    /// <summary>What crossed the wires. Only for appending: read back by <see cref="IFlowStore.BodiesAsync"/>.</summary>
    public IReadOnlyList<FlowBody> Bodies { get; init; } = [];
}

/// <summary>One attempt.</summary>
/// <param name="AccountId">Who was tried.</param>
/// <param name="AccountLabel">Its label.</param>
/// <param name="Provider">Its provider.</param>
/// <param name="Model">The upstream's model.</param>
/// <param name="Reason">Why it was chosen.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Duration">How long it took.</param>
public sealed record FlowAttempt(string AccountId, string AccountLabel, string Provider, string Model, string Reason, string Outcome, TimeSpan Duration)
{
    /// <summary>Why it was chosen, as a code (the strategy, <c>conversation</c>, <c>pinned</c>, <c>cooling_down</c>); null where that was not kept.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>What the cooldown follows from that the reason names, as a code; null where it names none.</summary>
    public string? Cause { get; init; }

    /// <summary>How long after the request came it began; null where that was not kept.</summary>
    public TimeSpan? Started { get; init; }

    /// <summary>By what the upstream was reached; null where it was not asked, or that was not kept.</summary>
    public AttemptTransport? Transport { get; init; }
}

/// <summary>One thing a translation could not carry.</summary>
/// <param name="Kind"><c>dropped</c> or <c>approximated</c>.</param>
/// <param name="Path">Where it stood.</param>
/// <param name="Reason">Why.</param>
public sealed record FlowLoss(string Kind, string Path, string Reason);

/// <summary>Which of a flow's bodies.</summary>
public enum FlowBodyKind
{
    /// <summary>What the client sent.</summary>
    ClientRequest,

    /// <summary>What the upstream was sent.</summary>
    UpstreamRequest,

    /// <summary>What the upstream answered.</summary>
    UpstreamAnswer,

    /// <summary>What the client was answered.</summary>
    ClientAnswer,
}

/// <summary>A recorded body, already redacted and capped by who recorded it. Kept compressed.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Attempt">Of which attempt, from 0.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">The bytes kept.</param>
/// <param name="Length">The bytes there were.</param>
public sealed record FlowBody(FlowBodyKind Kind, int Attempt, string ContentType, ReadOnlyMemory<byte> Content, long Length)
{
    /// <summary>Whether the end was cut off.</summary>
    public bool Truncated => Content.Length < Length;
}

/// <summary>What its owner marks a flow with. Null leaves a mark as it is.</summary>
public sealed record FlowMarks
{
    /// <summary>Whether it is kept beyond retention.</summary>
    public bool? Bookmarked { get; init; }

    /// <summary>A note.</summary>
    public string? Note { get; init; }

    /// <summary>Words to sort by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

/// <summary>Which flows are meant. Null is any; what is given must all hold.</summary>
public sealed record FlowQuery
{
    /// <summary>Words, each of which must begin a word of the flow's text; letter case does not count.</summary>
    public string? Text { get; init; }

    /// <summary>The upstream's model or the one asked for; <c>*</c> stands for any run of characters.</summary>
    public string? Model { get; init; }

    /// <summary>The provider.</summary>
    public string? Provider { get; init; }

    /// <summary>The account's id or label.</summary>
    public string? Account { get; init; }

    /// <summary>The client key's id or name.</summary>
    public string? Key { get; init; }

    /// <summary>The family of client programs; empty for flows of which it was not kept.</summary>
    public string? Client { get; init; }

    /// <summary>The conversation.</summary>
    public string? Session { get; init; }

    /// <summary>The lowest status.</summary>
    public int? StatusFrom { get; init; }

    /// <summary>The highest status, included.</summary>
    public int? StatusTo { get; init; }

    /// <summary>From when, included.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until when, not included.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>With losses, or without.</summary>
    public bool? HasLosses { get; init; }

    /// <summary>Bookmarked, or not.</summary>
    public bool? Bookmarked { get; init; }

    /// <summary>With this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Refused before they were let in, so that usage does not count them; or counted there.</summary>
    public bool? IsRefused { get; init; }
}

/// <summary>How long flows are kept. Null is without limit.</summary>
/// <param name="Before">Flows that came before this go.</param>
/// <param name="BodiesBefore">Bodies of flows that came before this go.</param>
/// <param name="Bytes">Above this size the oldest bodies go first, then the oldest flows.</param>
public sealed record FlowRetention(DateTimeOffset? Before = null, DateTimeOffset? BodiesBefore = null, long? Bytes = null);

/// <summary>What a retention run let go.</summary>
/// <param name="Flows">Flows removed.</param>
/// <param name="Bodies">Flows that lost only their bodies.</param>
public sealed record FlowsPruned(int Flows, int Bodies);

/// <summary>How much is kept.</summary>
/// <param name="Flows">Flows.</param>
/// <param name="Bytes">The bytes of their records and bodies, compressed, without indexes.</param>
/// <param name="Oldest">When the oldest came, or null.</param>
public sealed record FlowTotals(long Flows, long Bytes, DateTimeOffset? Oldest);
