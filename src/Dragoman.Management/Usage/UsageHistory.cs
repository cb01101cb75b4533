using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Usage;

/// <summary>Takes usage of another gateway over into the ledger: each request once, however often it is taken.</summary>
public sealed class UsageHistory(IUsageStore entries, UsageReport report, AuditTrail audit)
{
    private const string Prefix = "past-";

    /// <summary>Takes requests over.</summary>
    /// <param name="past">The requests.</param>
    /// <param name="actor">Who does.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<UsageImportView>> ImportAsync(IReadOnlyList<PastUsage> past, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<UsageImportView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(past);
        var before = await TotalAsync(cancellationToken);
        if (!before.Succeeded) return before.Error;
        // The ledger knows each id once.
        var fresh = past.Select(static one => one.ToEntry(Prefix)).DistinctBy(static entry => entry.RequestId).ToList();
        foreach (var part in fresh.Chunk(500)) await entries.AppendAsync(part, cancellationToken);
        var after = await TotalAsync(cancellationToken);
        if (!after.Succeeded) return after.Error;
        var added = (after.Value.Total?.Requests ?? 0) - (before.Value.Total?.Requests ?? 0);
        await audit.RecordAsync(actor, "usage.import", "", AuditTrail.Done, string.Create(CultureInfo.InvariantCulture, $"{added} of {past.Count}"));
        return new UsageImportView(added, past.Count - added, after.Value.Total?.Requests ?? 0, after.Value.Total?.Errors ?? 0);
    });

    private Task<ManagementResult<UsageSummaryView>> TotalAsync(CancellationToken cancellationToken) => report.SummariseAsync(new UsageFilter(), null, null, cancellationToken);
}

/// <summary>What came of taking usage over.</summary>
/// <param name="Added">Requests that are new here.</param>
/// <param name="Skipped">Requests that were here already.</param>
/// <param name="Requests">All requests of the ledger now.</param>
/// <param name="Failures">Those that failed.</param>
public sealed record UsageImportView(long Added, long Skipped, long Requests, long Failures);

/// <summary>A request that another gateway served.</summary>
/// <param name="Client">Under what name the client was known there; a key is kept as its digest only.</param>
/// <param name="Model">The model.</param>
/// <param name="At">When.</param>
/// <param name="Source">Which login or key served it there.</param>
/// <param name="Index">That system's index of it.</param>
/// <param name="LatencyMs">Milliseconds that it took.</param>
/// <param name="Failed">Whether it failed.</param>
/// <param name="InputTokens">Tokens of the prompt.</param>
/// <param name="OutputTokens">Tokens of the answer.</param>
/// <param name="ReasoningTokens">Tokens of reasoning.</param>
/// <param name="CachedTokens">Tokens of the prompt from a cache.</param>
public sealed record PastUsage(
    string Client, string Model, DateTimeOffset At, string Source, string Index, long LatencyMs, bool Failed, long InputTokens, long OutputTokens, long ReasoningTokens, long CachedTokens)
{
    internal UsageEntry ToEntry(string prefix)
    {
        var identity = string.Join('\n', Client, Model, At.UtcTicks.ToString(CultureInfo.InvariantCulture), Source, Index, InputTokens, OutputTokens, ReasoningTokens, CachedTokens, Failed);
        return new UsageEntry
        {
            RequestId = prefix + Digest(identity, 16), At = At, KeyId = $"past:{Digest(Client, 6)}", Model = Model, RequestedModel = Model, Status = Failed ? 500 : 200, Failed = Failed,
            InputTokens = Math.Max(0, InputTokens), OutputTokens = Math.Max(0, OutputTokens), ReasoningTokens = Math.Max(0, ReasoningTokens), CachedTokens = Math.Max(0, CachedTokens), Duration = TimeSpan.FromMilliseconds(Math.Clamp(LatencyMs, 0, 86_400_000)),
        };
    }

    private static string Digest(string text, int bytes) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, bytes));
}
