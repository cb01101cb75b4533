using System.Net;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Observability;

namespace Dragoman.Server.Management.Audit;

/// <summary>
/// Writes down who changed what. Every route that changes something calls it, after the change, with what came of it; details never hold a
/// secret. A store that is away does not undo what was done: the entry then goes to the log.
/// </summary>
internal sealed partial class AuditTrail(IAuditStore store, TimeProvider time, ILogger log)
{
    /// <summary>What was asked was done.</summary>
    public const string Done = "done";

    /// <summary>What was asked was refused.</summary>
    public const string Refused = "refused";

    /// <summary>What was asked was tried and went wrong.</summary>
    public const string Failed = "failed";

    private const int MostDetail = 4_000;

    /// <summary>Notes what a caller of the management API did.</summary>
    /// <param name="context">The call: says from where, and whether a person's program or the command line asked.</param>
    /// <param name="action">What: <c>account.add</c>, <c>key.rotate</c>, <c>settings.change</c>, …</param>
    /// <param name="target">On what; empty for nothing in particular.</param>
    /// <param name="outcome"><see cref="Done"/>, <see cref="Refused"/> or <see cref="Failed"/>.</param>
    /// <param name="detail">What changed, without secrets.</param>
    public Task RecordAsync(HttpContext context, string action, string target, string outcome = Done, string detail = "")
        => RecordAsync(ActorOf(context.Request), SourceOf(context), action, target, outcome, detail);

    /// <summary>Notes what was done by somebody who did not come over the API.</summary>
    /// <param name="actor"><c>gateway</c>, <c>cli</c>, …</param>
    /// <param name="source">From which address; empty for this process.</param>
    /// <param name="action">What.</param>
    /// <param name="target">On what.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="detail">What changed, without secrets.</param>
    public async Task RecordAsync(string actor, string source, string action, string target, string outcome, string detail = "")
    {
        var entry = new AuditEntry(time.GetUtcNow(), actor, source, action, Plain(target), outcome, Plain(detail));
        try
        {
            // A caller who hangs up does not stay unnoted.
            await store.AppendAsync([entry], CancellationToken.None);
        }
        catch (StoreException ex)
        {
            LogLost(ex.Message, entry.Actor, entry.Source, entry.Action, entry.Target, entry.Outcome, entry.Detail);
        }
    }

    /// <summary>How the user agent of the gateway's own command line begins.</summary>
    public const string CommandLineAgent = "dragoman-cli/";

    /// <summary>The address a call came from, by the socket and no header.</summary>
    public static string SourceOf(HttpContext context) => SourceOf(context.Connection.RemoteIpAddress);

    private static string SourceOf(IPAddress? address) => address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static string ActorOf(HttpRequest request)
        => request.Headers.UserAgent.ToString().StartsWith(CommandLineAgent, StringComparison.Ordinal) ? "cli" : "management";

    /// <summary>One line, of bounded length: entries are read in terminals.</summary>
    private static string Plain(string text)
    {
        if (text.Length > MostDetail) text = string.Concat(text.AsSpan(0, MostDetail), "…");
        return TerminalText.OneLine(text);
    }

    [LoggerMessage(40, LogLevel.Error, "The audit log could not be written ({Fault}). What it would say: {Actor} {Source} {Action} {Target} {Outcome} {Detail}")]
    private partial void LogLost(string fault, string actor, string source, string action, string target, string outcome, string detail);
}
