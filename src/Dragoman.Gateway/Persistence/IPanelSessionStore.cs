namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Sessions of people who are signed in to the panel. Nothing that is kept lets anybody in: of a token only the hash is known. Sessions are in no backup, since one
/// that was ended must not come back with it.
/// </summary>
public interface IPanelSessionStore
{
    /// <summary>Keeps a new session; where there are more than <paramref name="most"/>, those that were used least recently are ended.</summary>
    Task AddAsync(PanelSession session, int most, CancellationToken cancellationToken = default);

    /// <summary>One session, or null.</summary>
    Task<PanelSession?> FindAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>All sessions, the one that was used last first.</summary>
    Task<IReadOnlyList<PanelSession>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Notes that a session was used; false where it has ended.</summary>
    Task<bool> TouchAsync(string id, DateTimeOffset at, CancellationToken cancellationToken = default);

    /// <summary>Ends a session; false where there is none.</summary>
    Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default);

    /// <summary>Ends all sessions but one.</summary>
    /// <param name="except">The one that stays; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were ended.</returns>
    Task<int> RemoveAllAsync(string? except, CancellationToken cancellationToken = default);

    /// <summary>Drops sessions that ended before <paramref name="now"/>, and those that nobody has used since <paramref name="unusedSince"/>.</summary>
    Task<int> PruneAsync(DateTimeOffset now, DateTimeOffset unusedSince, CancellationToken cancellationToken = default);
}

/// <summary>A session of the panel.</summary>
/// <param name="Id">Its id, which is no secret.</param>
/// <param name="TokenHash">The SHA-256 of its token.</param>
/// <param name="SecretProof">A mark of the management secret that stood when it began, keyed by the token: a session ends where the secret is another.</param>
public sealed record PanelSession(string Id, ReadOnlyMemory<byte> TokenHash, ReadOnlyMemory<byte> SecretProof)
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was used last, to the minute.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The network address that it was begun from.</summary>
    public required string Address { get; init; }

    /// <summary>The browser, as it calls itself.</summary>
    public required string UserAgent { get; init; }

    /// <summary>A record would print its members; these are nobody's business.</summary>
    public override string ToString() => $"panel session {Id}";
}
