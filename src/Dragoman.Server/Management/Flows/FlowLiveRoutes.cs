using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Lifetime;

namespace Dragoman.Server.Management.Flows;

/// <summary>What happens, as it happens: server-sent events.</summary>
internal sealed class FlowLiveRoutes(EventStreamWriter lines, TimeProvider time, FlowRecorder recordings, IGatewayStore store, GracefulShutdown shutdown, Func<GatewayConfig> config) : IManagementRoutes
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(15);

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/flows/live", Results<EventStreamResult, ManagementError> ([AsParameters] FlowFilters filters) =>
        {
            if (filters.Read(time, out var fault) is not { } query) return fault!;
            return new EventStreamResult(lines, [FlowsOf(query)]);
        }).WithName("tailFlows").WithTags("Flows").WithSummary("Flows as they end ('flow'), with the filters of the list; 'missed' says how many a slow reader lost.").Produces<string>(200, "text/event-stream");

        api.MapGet("/events", () => new EventStreamResult(lines, [FlowsOf(new FlowQuery()), ChangesOf(), HealthOf()]))
            .WithName("listenToEvents").WithTags("Gateway").WithSummary("Flows ('flow'), changes of the store ('change': account, key, setting, cooldown) and health ('health'), as they happen.").Produces<string>(200, "text/event-stream");
    }

    private LiveSource FlowsOf(FlowQuery query) => async (tell, cancellationToken) =>
    {
        var matching = new FlowMatching(query);
        using var listener = recordings.Feed.Listen();
        await foreach (var flow in listener.Flows.ReadAllAsync(cancellationToken))
        {
            if (listener.TakeMissed() is > 0 and var missed) await tell("missed", new MissedView(missed));
            if (matching.Fits(flow)) await tell("flow", FlowView.From(flow));
        }
    };

    private LiveSource ChangesOf() => async (tell, cancellationToken) =>
    {
        await foreach (var change in store.Changes.ListenAsync(cancellationToken)) await tell("change", new ChangeView(change.Kind, change.Id));
    };

    private LiveSource HealthOf() => async (tell, cancellationToken) =>
    {
        while (true)
        {
            var health = await store.CheckAsync(cancellationToken);
            await tell("health", new LiveHealthView(shutdown.IsDraining, shutdown.Open, config().Accounts.Count, health.Healthy, health.Problem, recordings.Status));
            await Task.Delay(HealthInterval, time, cancellationToken);
        }
    };
}

/// <summary>So many flows were not told, because the reader was too slow.</summary>
/// <param name="Flows">How many.</param>
internal sealed record MissedView(long Flows);

/// <summary>Something in the store changed; read it again.</summary>
/// <param name="Kind">What.</param>
/// <param name="Id">Which.</param>
internal sealed record ChangeView(StoreChangeKind Kind, string Id);

/// <summary>How the gateway is doing.</summary>
/// <param name="Draining">Whether it refuses new calls.</param>
/// <param name="OpenRequests">Requests that are being answered.</param>
/// <param name="Accounts">Accounts of the configuration.</param>
/// <param name="StoreHealthy">Whether the store answers.</param>
/// <param name="StoreProblem">What is wrong with it.</param>
/// <param name="Flows">How recording is doing.</param>
internal sealed record LiveHealthView(bool Draining, int OpenRequests, int Accounts, bool StoreHealthy, string? StoreProblem, FlowRecorderStatus Flows);
