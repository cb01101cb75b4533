using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Management.Flows;

/// <summary>What happens, as it happens: server-sent events.</summary>
internal static class FlowLiveRoutes
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(15);

    public static void Map(IEndpointRouteBuilder api, GatewayServices services)
    {
        var lines = new EventStreamResult(services);
        api.MapGet("/flows/live", Results<LiveAnswer, ManagementError> ([AsParameters] FlowFilters filters) =>
        {
            if (filters.Read(services.Time, out var fault) is not { } query) return fault!;
            return new LiveAnswer(lines, [FlowsOf(services, query)]);
        }).WithName("tailFlows").WithTags("Flows").WithSummary("Flows as they end ('flow'), with the filters of the list; 'missed' says how many a slow reader lost.").Produces<string>(200, "text/event-stream");

        api.MapGet("/events", () => new LiveAnswer(lines, [FlowsOf(services, new FlowQuery()), ChangesOf(services), HealthOf(services)]))
            .WithName("listenToEvents").WithTags("Gateway").WithSummary("Flows ('flow'), changes of the store ('change': account, key, setting, lane) and health ('health'), as they happen.").Produces<string>(200, "text/event-stream");
    }

    private static LiveSource FlowsOf(GatewayServices services, FlowQuery query) => async (tell, cancellationToken) =>
    {
        var matching = new FlowMatching(query);
        using var listener = services.Flows.Feed.Listen();
        await foreach (var flow in listener.Flows.ReadAllAsync(cancellationToken))
        {
            if (listener.TakeMissed() is > 0 and var missed) await tell("missed", new MissedView(missed));
            if (matching.Fits(flow)) await tell("flow", FlowView.Of(flow));
        }
    };

    private static LiveSource ChangesOf(GatewayServices services) => async (tell, cancellationToken) =>
    {
        await foreach (var change in services.Store.Changes.ListenAsync(cancellationToken)) await tell("change", new ChangeView(change.Kind, change.Id));
    };

    private static LiveSource HealthOf(GatewayServices services) => async (tell, cancellationToken) =>
    {
        while (true)
        {
            var store = await services.Store.CheckAsync(cancellationToken);
            await tell("health", new LiveHealthView(services.Draining.IsDraining, services.Draining.Open, services.Config.Accounts.Count, store.Healthy, store.Problem, services.Flows.Status));
            await Task.Delay(HealthInterval, services.Time, cancellationToken);
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
