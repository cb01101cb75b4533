using Dragoman.Gateway.Providers;
using Dragoman.Server.Observability.Metrics;

namespace Dragoman.Server.Observability.Telemetry;

/// <summary>Telemetry that is sent to a collector, where the environment asks for it.</summary>
internal static class TelemetryModule
{
    /// <summary>Registers what the environment asks for.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
        => services.AddSingleton(provider => new RequestedTelemetry(TelemetryExport.Start(
            Environment.GetEnvironmentVariable,
            () => new TelemetryInstruments(provider.GetRequiredService<GatewayMetrics>(), provider.GetRequiredService<AccountMetrics>()),
            provider.GetRequiredService<ProviderRegistry>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Telemetry"))));
}

/// <summary>The telemetry that the environment asks for, which may be none.</summary>
internal sealed class RequestedTelemetry(TelemetryExport? export) : IAsyncDisposable
{
    /// <summary>What sees the requests; null where nobody asks for telemetry.</summary>
    public RequestTelemetry? Requests => export?.Requests;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => export?.DisposeAsync() ?? default;
}
