namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Stored answers of <c>/v1/responses</c> and conversations, kept until they expire. An owner sees only its own. Saves are durable when acknowledged; versions are
/// optimistic, and a save may also name a fence: it is then done only while that lease has not passed on, in the same transaction.
/// </summary>
public interface IResponseStateStore
{
    /// <summary>Saves an answer, or replaces one of the same owner.</summary>
    /// <param name="response">The answer; its own <see cref="ResponseStateRecord.Version"/> is not looked at.</param>
    /// <param name="fromVersion">The version it was made from: 0 when it must be new, null to replace whatever is there.</param>
    /// <param name="fence">The lease under which it is saved, or null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What came of it; <see cref="SaveOutcome.Taken"/> when the id belongs to somebody else.</returns>
    Task<SaveResult> SaveAsync(ResponseStateRecord response, long? fromVersion = null, Fence? fence = null, CancellationToken cancellationToken = default);

    /// <summary>An answer that has not expired, or null.</summary>
    Task<ResponseStateRecord?> GetAsync(string id, string owner, CancellationToken cancellationToken = default);

    /// <summary>An answer and all it follows from, the oldest first; null when one of them is missing, expired, another owner's, or they are more than <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<ResponseStateRecord>?> ChainAsync(string id, string owner, int limit = 1_000, CancellationToken cancellationToken = default);

    /// <summary>Whose an answer is, whoever asks; null when it is not known. Nothing else of it is reported.</summary>
    Task<string?> OwnerOfAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>An owner's answers that have not expired, the newest first.</summary>
    Task<IReadOnlyList<ResponseStateRecord>> RecentAsync(string owner, int limit, CancellationToken cancellationToken = default);

    /// <summary>Removes an answer.</summary>
    Task<bool> RemoveAsync(string id, string owner, CancellationToken cancellationToken = default);

    /// <summary>Removes what has expired by <paramref name="now"/>.</summary>
    Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken = default);
}

/// <summary>An answer as it is stored.</summary>
public sealed record ResponseStateRecord
{
    /// <summary>Its id, as the client knows it.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is: the client key's id; empty where no keys are used.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The answer it follows from, or null.</summary>
    public string? ParentId { get; init; }

    /// <summary>Its status: <c>completed</c>, <c>in_progress</c>, …</summary>
    public string Status { get; init; } = "completed";

    /// <summary>The model asked for.</summary>
    public string Model { get; init; } = "";

    /// <summary>The account that answered, so that what only it can read goes back to it; empty for none.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>The answer, as JSON.</summary>
    public ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>The request's own input items, as a JSON array.</summary>
    public ReadOnlyMemory<byte> InputItems { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires, or null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Set by the store: 1 for a new one, and one more with each save.</summary>
    public long Version { get; init; }
}
