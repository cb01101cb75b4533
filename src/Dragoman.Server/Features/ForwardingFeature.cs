using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Usage;
using Dragoman.Management.Accounts;
using Dragoman.Management.Usage;
using Dragoman.Protocols.Json;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Metrics;
using Dragoman.Server.Observability.Recording;
using Dragoman.Server.Observability.Telemetry;
using IRouter = Dragoman.Gateway.Routing.IRouter;

namespace Dragoman.Server.Features;

/// <summary>The way of a request: admitted, sent to one account after the other until one answers, priced, and told to all that observe it.</summary>
internal static class ForwardingFeature
{
    /// <summary>Registers the pipeline and what it forwards with.</summary>
    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddSingleton(static _ => new UpstreamTransport());
        services.AddSingleton(provider => new MemoryBudget(MemoryFor(provider.GetRequiredService<Func<GatewayConfig>>()())));
        services.AddSingleton(provider =>
        {
            var (config, time) = (provider.GetRequiredService<Func<GatewayConfig>>(), provider.GetRequiredService<TimeProvider>());
            return new ForwardingServices(provider.GetRequiredService<IRouter>(), provider.GetRequiredService<ProviderRegistry>(), provider.GetRequiredService<UpstreamTransport>(), time)
            {
                OptionsSource = () => OptionsOf(config()),
                Memory = provider.GetRequiredService<MemoryBudget>(),
                Renewal = provider.GetRequiredService<ICredentialRenewal>(),
                Stopping = provider.GetRequiredService<GracefulShutdown>().Hurried,
            };
        });
        services.AddSingleton<Forwarder>();
        services.AddSingleton<TokenCounter>();
        services.AddSingleton(provider =>
        {
            var (config, time) = (provider.GetRequiredService<Func<GatewayConfig>>(), provider.GetRequiredService<TimeProvider>());
            return new RequestPipeline(
                provider.GetRequiredService<Forwarder>(), provider.GetRequiredService<IAdmissionController>(), provider.GetRequiredService<UsagePricing>(), ObserversIn(provider), time,
                new RefusalBrake(() => config().Limits, time));
        });
        return services;
    }

    /// <summary>Prepares the connections to upstreams for a configuration.</summary>
    public static void Apply(this UpstreamTransport transport, GatewayConfig config)
    {
        transport.DefaultProxyUrl = config.ProxyUrl;
        transport.TracedSource = config.Telemetry.Propagate ? TelemetryInstruments.Name : null;
    }

    /// <summary>How much memory large bodies, frames and answers may take, all together.</summary>
    public static long MemoryFor(GatewayConfig config) => config.Limits.MemoryOn(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Who observes every request, in this order.</summary>
    private static IRequestObserver[] ObserversIn(IServiceProvider provider)
    {
        List<IRequestObserver> observers = [provider.GetRequiredService<UsageLedgerWriter>(), provider.GetRequiredService<FlowRecorder>(), provider.GetRequiredService<GatewayMetrics>()];
        if (provider.GetRequiredService<RequestedTelemetry>().Requests is { } telemetry) observers.Add(telemetry);
        observers.Add(provider.GetRequiredService<UsageQueue>());
        observers.Add(provider.GetRequiredService<AccountActivity>());
        // The gateway may stop when the last of them has seen the request.
        return [.. observers, provider.GetRequiredService<RequestLog>(), provider.GetRequiredService<OpenRequests>()];
    }

    private static ForwardingOptions OptionsOf(GatewayConfig config) => new()
    {
        FirstByteTimeout = Limit(config.Streaming.FirstByteTimeout),
        IdleTimeout = Limit(config.Streaming.IdleTimeout),
        ClientWriteTimeout = config.Streaming.ClientWriteTimeout,
        KeepAlive = config.Streaming.KeepAlive,
        KeepAliveAsPing = config.Streaming.KeepAliveStyle == KeepAliveStyle.Ping,
        RequestRetry = config.Retry.Rounds,
        MaxRetryInterval = config.Retry.MaxWait,
        MaxCandidates = config.Retry.MaxCandidates,
        BootstrapRetries = config.Streaming.BootstrapRetries,
        PassthroughHeaders = config.PassthroughHeaders,
        Payload = config.Payload,
        MaxFrameBytes = config.Limits.MaxFrameBytes,
        MaxAnswerBytes = config.Limits.MaxAnswerBytes,
    };

    /// <summary>Zero switches a limit off.</summary>
    private static TimeSpan Limit(TimeSpan limit) => limit > TimeSpan.Zero ? limit : TimeSpan.FromDays(7);
}
