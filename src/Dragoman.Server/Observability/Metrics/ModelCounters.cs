using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Observability.Metrics;

/// <summary>The counters of one model of one provider.</summary>
internal sealed class ModelCounters
{
    private static readonly double[] Bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];
    private const decimal Fine = 1_000_000_000m;
    private readonly MetricCounter _input = new();
    private readonly MetricCounter _output = new();
    private readonly MetricCounter _cached = new();
    private readonly MetricCounter _cacheWrite = new();
    private readonly MetricCounter _reasoning = new();
    private readonly MetricCounter _cost = new();

    /// <summary>Tokens by kind.</summary>
    public (string Kind, MetricCounter Cell)[] Tokens => [("input", _input), ("output", _output), ("cached", _cached), ("cache_write", _cacheWrite), ("reasoning", _reasoning)];

    /// <summary>What was spent, in US dollars.</summary>
    public double Cost => (double)(_cost.Value / Fine);

    /// <summary>Requests that used tokens whose price is not known.</summary>
    public MetricCounter Unpriced { get; } = new();

    /// <summary>Seconds to the answer's first byte.</summary>
    public MetricHistogram FirstByte { get; } = new(Bounds);

    /// <summary>Counts an answer.</summary>
    public void Add(CompletedRequest ended)
    {
        if (ended.FirstByte is { } first) FirstByte.Add(first.TotalSeconds);
        if (ended.Outcome.Usage is not { } usage) return;
        Count(_input, usage.InputTokens);
        Count(_output, usage.OutputTokens);
        Count(_cached, usage.CachedTokens);
        Count(_cacheWrite, usage.CacheWriteTokens);
        Count(_reasoning, usage.ReasoningTokens);
        if (ended.Used.Cost is { } cost) _cost.Add((long)(cost * Fine));
        else Unpriced.Add(1);
    }

    private static void Count(MetricCounter cell, long? tokens)
    {
        if (tokens is > 0) cell.Add(tokens.Value);
    }
}
