using Dragoman.Gateway.Providers;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Dragoman.Server.Observability.Telemetry;

/// <summary>Sends spans and metrics to a collector, in batches behind the requests.</summary>
internal sealed partial class TelemetryExport : IAsyncDisposable
{
    private readonly TelemetryInstruments _instruments;
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;
    private readonly ExportFailures? _failures;

    private TelemetryExport(TelemetrySwitch options, TelemetryInstruments instruments, ProviderRegistry providers, TimeProvider time, ILogger logger)
    {
        _instruments = instruments;
        Requests = new RequestTelemetry(instruments, providers);
        _failures = new ExportFailures(logger, time);
        var resource = ResourceBuilder.CreateEmpty().AddService("dragoman", serviceVersion: Product.Version).AddTelemetrySdk().AddEnvironmentVariableDetector();
        if (options.Traces is { } traces)
        {
            _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(TelemetryInstruments.Name)
                .AddOtlpExporter(exporter => Set(exporter, traces)).Build();
        }

        if (options.Metrics is { } metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(TelemetryInstruments.Name)
                .AddOtlpExporter(exporter => Set(exporter, metrics)).Build();
        }

        LogExports(logger, options.Traces?.ToString() ?? "nowhere", options.Metrics?.ToString() ?? "nowhere");
    }

    /// <summary>What sees the requests.</summary>
    public RequestTelemetry Requests { get; }

    /// <summary>Starts what the environment asks for; null where it asks for nothing.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="instruments">Makes the instruments, where they are needed.</param>
    /// <param name="providers">Name the systems that answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of problems.</param>
    public static TelemetryExport? Start(Func<string, string?> variable, Func<TelemetryInstruments> instruments, ProviderRegistry providers, TimeProvider time, ILogger logger)
    {
        var options = TelemetrySwitch.Read(variable);
        foreach (var problem in options.Problems) LogProblem(logger, problem);
        return options.IsOn ? new TelemetryExport(options, instruments(), providers, time, logger) : null;
    }

    /// <summary>Sends what is still there and ends.</summary>
    public ValueTask DisposeAsync()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        _failures?.Dispose();
        _instruments.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Set(OtlpExporterOptions exporter, OtlpTarget target)
    {
        exporter.Protocol = target.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = target.Address;
        exporter.Headers = target.Headers;
        exporter.TimeoutMilliseconds = target.TimeoutMilliseconds;
    }

    [LoggerMessage(75, LogLevel.Information, "Telemetry: spans go to {Traces}, metrics to {Metrics}")]
    private static partial void LogExports(ILogger logger, string traces, string metrics);

    [LoggerMessage(76, LogLevel.Warning, "Telemetry: {Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);
}
