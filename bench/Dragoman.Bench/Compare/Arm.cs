using Dragoman.Bench.Load;

namespace Dragoman.Bench.Compare;

internal enum Target
{
    Direct,
    Pump,
    Nginx,
    Gateway,
}

internal enum Scenario
{
    Small,
    Agent,
    Stream,
}

/// <summary>One thing that is measured: a scenario, asked of a target in a client's language.</summary>
/// <param name="Scenario">What is asked.</param>
/// <param name="Target">Whom.</param>
/// <param name="Client">In which language.</param>
/// <param name="Upstream">What the upstream speaks behind the gateway; for the others it is the client's.</param>
internal sealed record Arm(Scenario Scenario, Target Target, Wire Client, Wire Upstream)
{
    /// <summary>The runs, one each round.</summary>
    public List<LoadResult> Runs { get; } = [];

    /// <summary>Why it could not be measured; null when it could.</summary>
    public string? Fault { get; set; }

    public bool IsRelay => Client == Upstream;

    public string Name => $"{Word(Scenario)}/{Word(Target)}/{Client.Word()}" + (Target == Target.Gateway ? $"-{Upstream.Word()}" : "");

    /// <summary>CPU time of the server in microseconds, for each request, or for each event of a stream: the median of all rounds.</summary>
    public double Cost => Median(run => Scenario == Scenario.Stream ? run.CpuPerEvent : run.CpuPerRequest);

    public double Median(Func<LoadResult, double> value) => Runs.Count == 0 ? double.NaN : MedianOf(Runs.Select(value));

    public static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return double.NaN;
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static string Word(Scenario scenario) => scenario switch { Scenario.Small => "small", Scenario.Agent => "agent", _ => "stream" };

    public static string Word(Target target) => target switch { Target.Direct => "direct", Target.Pump => "pump", Target.Nginx => "nginx", _ => "gateway" };
}
