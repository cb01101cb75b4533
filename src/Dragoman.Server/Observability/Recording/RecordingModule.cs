using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Metrics;

namespace Dragoman.Server.Observability.Recording;

/// <summary>Log lines and counters of requests, and the page of metrics.</summary>
internal static class RecordingModule
{
    /// <summary>Registers the log of requests and what <c>/metrics</c> shows beside the features' own parts.</summary>
    public static IServiceCollection AddRequestRecording(this IServiceCollection services)
    {
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<IMetricsPart>(provider => provider.GetRequiredService<GatewayMetrics>());
        services.AddSingleton<IMetricsPart, ProcessMetrics>();
        services.AddSingleton<MetricsPage>();
        services.AddSingleton<RefusalRecorder>();
        services.AddSingleton<RequestLog>();
        services.AddSingleton<OpenRequests>();
        return services;
    }
}
