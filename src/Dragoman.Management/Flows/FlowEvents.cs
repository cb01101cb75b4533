using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Flows;

/// <summary>What happens, as it happens.</summary>
public sealed class FlowEvents(FlowRecorder recorder, EventJournal journal, IGatewayStore store, IGatewayProcess process, Func<GatewayConfig> config, TimeProvider time)
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Flows as they end (<c>flow</c>, a <see cref="FlowView"/>) as <see cref="IdentifiedEvent"/>s; <c>missed</c> (<see cref="MissedView"/>) says how many a slow listener lost, <c>reset</c> (<see cref="ResetView"/>)
    /// that what lies between is not known any more. Words are looked for in what was said, which is known only while a flow ends: with <see cref="FlowFilter.Text"/> there are no ids to go on after.
    /// </summary>
    /// <param name="filter">Which flows.</param>
    /// <param name="after">The id of the last event that the listener had; null for none.</param>
    public ManagementResult<EventSource> Follow(FlowFilter filter, string? after = null)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter.Read(time).Map(query => query.Text is null ? JournalOf(query, after) : FlowsOf(query));
    }

    /// <summary>
    /// Everything: flows, changes of the store (<c>change</c>, a <see cref="ChangeView"/>) and health (<c>health</c>, a <see cref="LiveHealthView"/>), as <see cref="IdentifiedEvent"/>s.
    /// <c>reset</c> (<see cref="ResetView"/>) says that what lies between is not known any more.
    /// </summary>
    /// <param name="after">The id of the last event that the listener had; null for none.</param>
    public IReadOnlyList<EventSource> FollowAll(string? after = null)
    {
        // From now on: what happens while the answer begins is told in it.
        var reader = journal.Listen(after);
        return [reader.ReportAsync, (report, cancellationToken) => ReportHealthAsync(reader, report, cancellationToken)];
    }

    private EventSource JournalOf(FlowQuery query, string? after)
    {
        var matching = new FlowMatching(query);
        // From now on: what ends while the answer begins is told in it.
        var reader = journal.Listen(after);
        return (report, cancellationToken) => reader.ReportAsync(matching.Fits, report, cancellationToken);
    }

    private EventSource FlowsOf(FlowQuery query) => async (report, cancellationToken) =>
    {
        var matching = new FlowMatching(query);
        using var listener = recorder.Feed.Listen();
        await foreach (var flow in listener.Flows.ReadAllAsync(cancellationToken))
        {
            if (listener.TakeMissed() is > 0 and var missed) await report("missed", new MissedView(missed));
            if (matching.Fits(flow)) await report("flow", FlowView.From(flow));
        }
    };

    private async Task ReportHealthAsync(EventJournalReader reader, Func<string, object, ValueTask> report, CancellationToken cancellationToken)
    {
        while (true)
        {
            var health = await store.CheckAsync(cancellationToken);
            var view = new LiveHealthView(process.IsDraining, process.OpenRequests, config().Accounts.Count, health.Healthy, health.Problem, recorder.Status);
            // With a place to go on from, for a listener that saw nothing happen yet.
            await report("health", new IdentifiedEvent(reader.LastId, view));
            await Task.Delay(HealthInterval, time, cancellationToken);
        }
    }
}

/// <summary>So many flows were not reported, because the reader was too slow.</summary>
/// <param name="Flows">How many.</param>
public sealed record MissedView(long Flows);

/// <summary>Something in the store changed; read it again.</summary>
/// <param name="Kind">What.</param>
/// <param name="Id">Which.</param>
public sealed record ChangeView(StoreChangeKind Kind, string Id);

/// <summary>How the gateway is doing.</summary>
/// <param name="Draining">Whether it refuses new calls.</param>
/// <param name="OpenRequests">Requests that are being answered.</param>
/// <param name="Accounts">Accounts of the configuration.</param>
/// <param name="StoreHealthy">Whether the store answers.</param>
/// <param name="StoreProblem">What is wrong with it.</param>
/// <param name="Flows">How recording is doing.</param>
public sealed record LiveHealthView(bool Draining, int OpenRequests, int Accounts, bool StoreHealthy, string? StoreProblem, FlowRecorderStatus Flows);
