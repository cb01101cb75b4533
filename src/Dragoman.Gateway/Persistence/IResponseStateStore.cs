namespace Dragoman.Gateway.Persistence;

/// <summary>Stored answers of <c>/v1/responses</c>, kept until they expire. An owner sees only its own. Durable when acknowledged.</summary>
public interface IResponseStateStore
{
    /// <summary>Saves an answer, or replaces it (a background answer that went on) if it is the same owner's.</summary>
    /// <returns>False when the id belongs to somebody else.</returns>
    Task<bool> SaveAsync(StoredResponse response, CancellationToken cancellationToken = default);

    /// <summary>An answer that has not expired, or null.</summary>
    Task<StoredResponse?> GetAsync(string id, string owner, CancellationToken cancellationToken = default);

    /// <summary>An answer and all it follows from, the oldest first; null when one of them is missing, expired, another owner's, or they are more than <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<StoredResponse>?> ChainAsync(string id, string owner, int limit = 1_000, CancellationToken cancellationToken = default);

    /// <summary>Whose an answer is, whoever asks; null when it is not known. Nothing else of it is reported.</summary>
    Task<string?> OwnerOfAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>An owner's answers that have not expired, the newest first.</summary>
    Task<IReadOnlyList<StoredResponse>> RecentAsync(string owner, int limit, CancellationToken cancellationToken = default);

    /// <summary>Removes an answer.</summary>
    Task<bool> RemoveAsync(string id, string owner, CancellationToken cancellationToken = default);

    /// <summary>Removes what has expired by <paramref name="now"/>.</summary>
    Task<int> PruneAsync(DateTimeOffset now, CancellationToken cancellationToken = default);
}

/// <summary>An answer as it is stored.</summary>
public sealed record StoredResponse
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
}
