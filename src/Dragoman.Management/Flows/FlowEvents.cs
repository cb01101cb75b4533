using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Flows;

/// <summary>What happens, as it happens.</summary>
public sealed class FlowEvents(FlowRecorder recorder, IGatewayStore store, IGatewayProcess process, Func<GatewayConfig> config, TimeProvider time)
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(15);

    /// <summary>Flows as they end (<c>flow</c>, a <see cref="FlowView"/>); <c>missed</c> (<see cref="MissedView"/>) says how many a slow listener lost.</summary>
    public ManagementResult<EventSource> Follow(FlowFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter.Read(time).Map(FlowsOf);
    }

    /// <summary>Everything: flows, changes of the store (<c>change</c>, a <see cref="ChangeView"/>) and health (<c>health</c>, a <see cref="LiveHealthView"/>).</summary>
    public IReadOnlyList<EventSource> FollowAll() => [FlowsOf(new FlowQuery()), ReportChangesAsync, ReportHealthAsync];

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

    private async Task ReportChangesAsync(Func<string, object, ValueTask> report, CancellationToken cancellationToken)
    {
        await foreach (var change in store.Changes.ListenAsync(cancellationToken)) await report("change", new ChangeView(change.Kind, change.Id));
    }

    private async Task ReportHealthAsync(Func<string, object, ValueTask> report, CancellationToken cancellationToken)
    {
        while (true)
        {
            var health = await store.CheckAsync(cancellationToken);
            await report("health", new LiveHealthView(process.IsDraining, process.OpenRequests, config().Accounts.Count, health.Healthy, health.Problem, recorder.Status));
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
