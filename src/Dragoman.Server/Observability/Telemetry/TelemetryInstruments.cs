using System.Diagnostics;
using System.Diagnostics.Metrics;
using Dragoman.Gateway.Providers;
using Dragoman.Server.Observability.Metrics;

namespace Dragoman.Server.Observability.Telemetry;

/// <summary>The source of spans and the instruments, by the conventions' names and buckets; what they do not name is below <c>dragoman.</c>.</summary>
internal sealed class TelemetryInstruments : IDisposable
{
    /// <summary>The name of source and meter.</summary>
    public const string Name = "Dragoman";

    private static readonly double[] Durations = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] FirstToken = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
    private static readonly double[] PerToken = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5];
    private static readonly long[] TokenCounts = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];
    private readonly Meter _meter = new(Name, Product.Version);

    public TelemetryInstruments(GatewayMetrics requests, AccountMetrics accounts)
    {
        ServerDuration = Histogram("gen_ai.server.request.duration", "s", "Generative AI server request duration such as time-to-last byte or last output token.", Durations);
        TimeToFirstToken = Histogram("gen_ai.server.time_to_first_token", "s", "Time to generate first token for successful responses.", FirstToken);
        TimePerToken = Histogram("gen_ai.server.time_per_output_token", "s", "Time per output token generated after the first token for successful responses.", PerToken);
        ClientDuration = Histogram("gen_ai.client.operation.duration", "s", "GenAI operation duration: of one attempt.", Durations);
        Tokens = _meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = TokenCounts });
        Attempts = _meter.CreateCounter<long>("dragoman.attempts", "{attempt}", "Attempts made, by account and outcome.");
        Retries = _meter.CreateCounter<long>("dragoman.retries", "{attempt}", "Attempts beyond a request's first.");
        Losses = _meter.CreateCounter<long>("dragoman.losses", "{loss}", "Fields that could not be translated into the upstream's protocol.");
        Cost = _meter.CreateCounter<double>("dragoman.cost", "{USD}", "What requests cost, where the price is known.");
        _meter.CreateObservableUpDownCounter("dragoman.requests.open", () => requests.Open, "{request}", "Requests being answered now.");
        _meter.CreateObservableGauge("dragoman.accounts", () => accounts.Count().Select(state => new Measurement<int>(state.Count, new KeyValuePair<string, object?>("state", state.State))), "{account}", "Accounts by state.");
        _meter.CreateObservableGauge("dragoman.cooldown.longest", accounts.LongestCooldown, "s", "How long until the last cooldown ends.");
    }

    /// <summary>The source of spans.</summary>
    public ActivitySource Source { get; } = new(Name, Product.Version);

    public Histogram<double> ServerDuration { get; }

    public Histogram<double> TimeToFirstToken { get; }

    public Histogram<double> TimePerToken { get; }

    public Histogram<double> ClientDuration { get; }

    public Histogram<long> Tokens { get; }

    public Counter<long> Attempts { get; }

    public Counter<long> Retries { get; }

    public Counter<long> Losses { get; }

    public Counter<double> Cost { get; }

    public void Dispose()
    {
        _meter.Dispose();
        Source.Dispose();
    }

    private Histogram<double> Histogram(string name, string unit, string description, double[] bounds)
        => _meter.CreateHistogram(name, unit, description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
}
