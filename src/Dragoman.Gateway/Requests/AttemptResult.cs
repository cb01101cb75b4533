using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Requests;

/// <summary>How one attempt ended.</summary>
internal sealed record AttemptResult
{
    /// <summary>Why it failed before any of the answer reached the client, or null when the client got an answer.</summary>
    public Failure? Failure { get; init; }

    /// <summary>The upstream's error body, for a client of the same protocol; empty otherwise.</summary>
    public ReadOnlyMemory<byte> ErrorBody { get; init; }

    /// <summary>Who answered or failed; null where nobody was asked.</summary>
    public Candidate? AskedOf { get; init; }

    /// <summary>The one account that would have been asked and was not, because it cools down; null where anybody was asked, or several could have been.</summary>
    public Candidate? RefusedFor { get; init; }

    /// <summary>Headers of the upstream's answer for the client.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What the answer cost, as far as is known.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Why the answer was interrupted after it had begun, or null.</summary>
    public WireError? Interrupted { get; init; }
}

/// <summary>One attempt in the record of a request.</summary>
/// <param name="Candidate">Who was tried.</param>
/// <param name="Outcome">What came of it, for people.</param>
/// <param name="Duration">How long it took.</param>
public sealed record AttemptRecord(Candidate Candidate, string Outcome, TimeSpan Duration)
{
    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>By what the upstream was reached; null where it was not asked.</summary>
    public AttemptTransport? Transport { get; init; }

    /// <summary>When it was recorded, which is when it ended, as a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long EndedAt { get; } = System.Diagnostics.Stopwatch.GetTimestamp();
}

/// <summary>How a request ended: for logs, metrics, the ledger and flows. Made once, when it is over.</summary>
public sealed record RequestOutcome
{
    /// <summary>The status the client got.</summary>
    public int Status { get; init; }

    /// <summary>The attempts, in order.</summary>
    public IReadOnlyList<AttemptRecord> Attempts { get; init; } = [];

    /// <summary>Whose answer the client got, whole or in part; null when it got none.</summary>
    public Candidate? ServedBy { get; init; }

    /// <summary>Whose failure the client was told, where nobody answered: who was asked, or the one account that would have been and cools down; null for neither.</summary>
    public Candidate? FailedBy { get; init; }

    /// <summary>Who was asked and has neither answered nor failed: set when the client left while an upstream was at work.</summary>
    public Candidate? Pending { get; init; }

    /// <summary>The model that stood in for the one asked for; null when none did.</summary>
    public string? Fallback { get; init; }

    /// <summary>Which path the answer took.</summary>
    public string? Mode { get; init; }

    /// <summary>What it cost, as far as is known; of an answer that was not finished, what had been said by then.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>Whether the upstream had said all when the answer ended: then <see cref="Usage"/> is final though the client may have left.</summary>
    public bool IsComplete { get; init; }

    /// <summary>
    /// Whether the client got any content. An answer without any (empty, or failed before its first word) used only what its upstream says that it
    /// used: nothing is estimated for it.
    /// </summary>
    public bool HadContent { get; init; }

    /// <summary>The attempts that failed and whose upstreams said what they used all the same, and that usage.</summary>
    public IReadOnlyList<(Candidate Candidate, TokenUsage Usage)> Wasted { get; init; } = [];

    /// <summary>What could not be carried.</summary>
    public IReadOnlyList<Loss> Losses { get; init; } = [];

    /// <summary>The error reported to the client, or null.</summary>
    public WireError? Error { get; init; }

    /// <summary>Whether the client left before the end.</summary>
    public bool ClientLeft { get; init; }

    /// <summary>Whether a fault of the gateway's own ended it.</summary>
    public bool IsFault => Status == 500 && Error is null;
}
