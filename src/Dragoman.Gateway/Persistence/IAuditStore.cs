namespace Dragoman.Gateway.Persistence;

/// <summary>Who changed what. Appended, never changed; durable when acknowledged.</summary>
public interface IAuditStore
{
    /// <summary>Appends entries.</summary>
    Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>Entries, newest first.</summary>
    Task<Page<AuditEntry>> ListAsync(AuditQuery query, PageRequest page, CancellationToken cancellationToken = default);

    /// <summary>Drops entries older than <paramref name="before"/>.</summary>
    Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <summary>One change, or one attempt at it.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Who: <c>management</c>, <c>panel</c>, <c>cli</c>, <c>key:&lt;id&gt;</c>, <c>gateway</c>.</param>
/// <param name="Source">From which address; empty for the process itself.</param>
/// <param name="Action">What: <c>account.add</c>, <c>key.rotate</c>, <c>login.failed</c>, …</param>
/// <param name="Target">On what; empty for nothing in particular.</param>
/// <param name="Outcome">What came of it: <c>done</c>, <c>refused</c>, …</param>
/// <param name="Detail">What changed, without secrets.</param>
public sealed record AuditEntry(DateTimeOffset At, string Actor, string Source, string Action, string Target, string Outcome, string Detail);

/// <summary>Which entries are meant. Null is any.</summary>
public sealed record AuditQuery
{
    /// <summary>Of this actor.</summary>
    public string? Actor { get; init; }

    /// <summary>This action, or all that begin with it when it ends in a dot.</summary>
    public string? Action { get; init; }

    /// <summary>On this target.</summary>
    public string? Target { get; init; }

    /// <summary>From when, included.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Until when, not included.</summary>
    public DateTimeOffset? To { get; init; }
}
