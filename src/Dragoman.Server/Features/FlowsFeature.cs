using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Health;
using Dragoman.Protocols.Json;
using Dragoman.Server.Observability.Metrics;

namespace Dragoman.Server.Features;

/// <summary>The record of what happened, request by request.</summary>
internal static class FlowsFeature
{
    /// <summary>Registers the recorder.</summary>
    public static IServiceCollection AddFlows(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            var (config, providers) = (provider.GetRequiredService<Func<GatewayConfig>>(), provider.GetRequiredService<ForwardingServices>().Providers);
            return new FlowRecorder(
                provider.GetRequiredService<IFlowStore>(), () => config().Flows, candidate => providers[candidate.Account.Provider].ProtocolFor(candidate.Account, candidate.Model), () => ConfiguredSecrets.From(config()),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>().CreateLogger("Flows"), provider.GetRequiredService<MemoryBudget>());
        });
        services.AddSingleton<IHealthPart, FlowsHealth>();
        services.AddSingleton<IMetricsPart, BacklogMetrics>();
        return services;
    }
}
