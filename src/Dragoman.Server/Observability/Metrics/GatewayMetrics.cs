using System.Collections.Concurrent;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>What is counted of requests.</summary>
internal sealed class GatewayMetrics : IMetricsPart, IRequestObserver
{
    /// <summary>Models are named by clients where an account takes any; beyond this many they are counted together.</summary>
    private const int MostModels = 500;

    private static readonly double[] Bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
    private readonly ConcurrentDictionary<(Protocol Protocol, string Provider, string Mode, int Status), MetricCounter> _requests = new();
    private readonly ConcurrentDictionary<(string Provider, string Model), ModelCounters> _models = new();
    private readonly ConcurrentDictionary<(string Account, string Outcome), MetricCounter> _attempts = new();
    private readonly ConcurrentDictionary<(Protocol Protocol, string Provider), MetricCounter> _losses = new();
    private readonly MetricHistogram _duration = new(Bounds);
    private readonly MetricCounter _retries = new();
    private readonly MetricCounter _abandoned = new();
    private long _open;

    /// <summary>How many requests are being answered now.</summary>
    public long Open => Interlocked.Read(ref _open);

    /// <inheritdoc/>
    public void Began(ClientRequest request) => Interlocked.Increment(ref _open);

    /// <summary>A request that never reached the pipeline.</summary>
    public void Refused(Protocol protocol, int status) => RequestsOf(protocol, "", "", status).Add(1);

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        Interlocked.Decrement(ref _open);
        var outcome = ended.Outcome;
        var protocol = ended.Request.ClientProtocol.Protocol;
        var provider = outcome.ServedBy?.Account.Provider ?? "";
        RequestsOf(protocol, provider, outcome.Mode ?? "", outcome.Status).Add(1);
        _duration.Add(ended.Duration.TotalSeconds);
        if (outcome.ClientLeft) _abandoned.Add(1);
        if (outcome.Attempts.Count > 1) _retries.Add(outcome.Attempts.Count - 1);
        foreach (var attempt in outcome.Attempts) _attempts.GetOrAdd((attempt.Candidate.Account.Label, AttemptOutcomeLabel.From(attempt)), static _ => new MetricCounter()).Add(1);
        if (outcome.Losses.Count > 0) _losses.GetOrAdd((protocol, provider), static _ => new MetricCounter()).Add(outcome.Losses.Count);
        if (outcome.ServedBy is { } answered) CellsOf(answered.Account.Provider, answered.Model.Id).Add(ended);
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        text.Gauge("dragoman_build_info", "The version that runs; always 1.").Sample(1, ("version", Product.Version));
        text.Counter("dragoman_requests_total", "Requests ended, by client protocol, provider, mode (passthrough or translated) and status.");
        foreach (var ((protocol, provider, mode, status), cell) in _requests)
            text.Sample(cell.Value, ("protocol", ProtocolRegistry.Traits(protocol).Name), ("provider", provider), ("mode", mode), ("status", $"{status}"));
        text.Gauge("dragoman_requests_open", "Requests being answered now.").Sample(Open);
        text.Counter("dragoman_requests_abandoned_total", "Requests whose client left before the end.").Sample(_abandoned.Value);
        text.Histogram("dragoman_request_duration_seconds", "How long requests took, from the head to the last byte.").Sample(_duration);
        text.Histogram("dragoman_time_to_first_byte_seconds", "How long until an answer began, by provider and model.");
        foreach (var ((provider, model), cells) in _models) text.Sample(cells.FirstByte, ("provider", provider), ("model", model));
        text.Counter("dragoman_attempts_total", "Attempts made, by account and outcome (answered, interrupted, or the failure's class).");
        foreach (var ((account, outcome), cell) in _attempts) text.Sample(cell.Value, ("account", account), ("outcome", outcome));
        text.Counter("dragoman_retries_total", "Attempts beyond a request's first.").Sample(_retries.Value);
        text.Counter("dragoman_losses_total", "Fields that could not be translated into the upstream's protocol, by client protocol and provider.");
        foreach (var ((protocol, provider), cell) in _losses) text.Sample(cell.Value, ("protocol", ProtocolRegistry.Traits(protocol).Name), ("provider", provider));
        text.Counter("dragoman_tokens_total", "Tokens used, by provider, model and kind.");
        foreach (var ((provider, model), cells) in _models)
        {
            foreach (var (kind, cell) in cells.Tokens)
            {
                if (cell.Value > 0) text.Sample(cell.Value, ("provider", provider), ("model", model), ("kind", kind));
            }
        }

        text.Counter("dragoman_cost_usd_total", "What requests cost in US dollars, where the price is known, by provider and model.");
        foreach (var ((provider, model), cells) in _models) text.Sample(cells.Cost, ("provider", provider), ("model", model));
        text.Counter("dragoman_unpriced_requests_total", "Requests that used tokens whose price is not known, by provider and model.");
        foreach (var ((provider, model), cells) in _models) text.Sample(cells.Unpriced.Value, ("provider", provider), ("model", model));
        return default;
    }

    private MetricCounter RequestsOf(Protocol protocol, string provider, string mode, int status) => _requests.GetOrAdd((protocol, provider, mode, status), static _ => new MetricCounter());

    private ModelCounters CellsOf(string provider, string model)
    {
        if (_models.TryGetValue((provider, model), out var known)) return known;
        return _models.GetOrAdd((provider, _models.Count >= MostModels ? "other" : model), static _ => new ModelCounters());
    }
}
