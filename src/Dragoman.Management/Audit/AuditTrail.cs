using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Text;
using Microsoft.Extensions.Logging;

namespace Dragoman.Management.Audit;

/// <summary>
/// Writes down who changed what. Every use case that changes something calls it, after the change, with what came of it; details never hold a
/// secret. A store that is away does not undo what was done: the entry then goes to the log.
/// </summary>
public sealed partial class AuditTrail(IAuditStore store, TimeProvider time, ILogger log)
{
    /// <summary>What was asked was done.</summary>
    public const string Done = "done";

    /// <summary>What was asked was refused.</summary>
    public const string Refused = "refused";

    /// <summary>What was asked was tried and went wrong.</summary>
    public const string Failed = "failed";

    private const int MostDetail = 4_000;

    /// <summary>Writes an entry.</summary>
    /// <param name="actor">Who did it, and from where.</param>
    /// <param name="action">What: <c>account.add</c>, <c>key.rotate</c>, <c>settings.change</c>, …</param>
    /// <param name="target">On what; empty for nothing in particular.</param>
    /// <param name="outcome"><see cref="Done"/>, <see cref="Refused"/> or <see cref="Failed"/>.</param>
    /// <param name="detail">What changed, without secrets.</param>
    public async Task RecordAsync(Actor actor, string action, string target, string outcome = Done, string detail = "")
    {
        ArgumentNullException.ThrowIfNull(actor);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(detail);
        var entry = new AuditEntry(time.GetUtcNow(), actor.Name, actor.Address, action, Plain(target), outcome, Plain(detail));
        try
        {
            // Written even when the caller has given up waiting: what was done is on record.
            await store.AppendAsync([entry], CancellationToken.None);
        }
        catch (StoreException ex)
        {
            LogLost(ex.Message, entry.Actor, entry.Source, entry.Action, entry.Target, entry.Outcome, entry.Detail);
        }
    }

    /// <summary>Entries, newest first.</summary>
    /// <param name="query">Which ones.</param>
    /// <param name="limit">How many at most: 1 to 1000, 50 when null.</param>
    /// <param name="after">The <see cref="AuditPageView.Next"/> of the page before; null for the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<AuditPageView>> ListAsync(AuditQuery query, int? limit, string? after, CancellationToken cancellationToken) => StoreCalls.RunAsync<AuditPageView>(async () =>
    {
        var part = Paging.Read(limit, after);
        if (!part.Succeeded) return part.Error;
        var page = await store.ListAsync(query, part.Value, cancellationToken);
        return new AuditPageView([.. page.Items.Select(AuditEntryView.From)], page.Next);
    });

    /// <summary>One line, of bounded length: entries are read in terminals.</summary>
    private static string Plain(string text)
    {
        if (text.Length > MostDetail) text = string.Concat(text.AsSpan(0, MostDetail), "…");
        return TerminalText.OneLine(text);
    }

    [LoggerMessage(60, LogLevel.Error, "The audit log could not be written ({Fault}). What it would say: {Actor} {Source} {Action} {Target} {Outcome} {Detail}")]
    private partial void LogLost(string fault, string actor, string source, string action, string target, string outcome, string detail);
}
