using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Audit;

/// <summary>A part of the audit log.</summary>
/// <param name="Entries">The entries, newest first.</param>
/// <param name="Next">What to ask for the next page with; absent at the end.</param>
public sealed record AuditPageView(IReadOnlyList<AuditEntryView> Entries, string? Next);

/// <summary>One change, or one attempt at it.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Who: <c>management</c>, <c>panel</c>, <c>cli</c>, <c>key:ID</c>, <c>gateway</c>.</param>
/// <param name="Source">From which address; empty for the process itself.</param>
/// <param name="Action">What.</param>
/// <param name="Target">On what; empty for nothing in particular.</param>
/// <param name="Outcome">What came of it: <c>done</c>, <c>refused</c>, <c>failed</c>.</param>
/// <param name="Detail">What changed, without secrets.</param>
public sealed record AuditEntryView(DateTimeOffset At, string Actor, string Source, string Action, string Target, string Outcome, string Detail)
{
    internal static AuditEntryView From(AuditEntry entry) => new(entry.At, entry.Actor, entry.Source, entry.Action, entry.Target, entry.Outcome, entry.Detail);
}
