namespace Dragoman.Bench.Compare;

/// <summary>Everything that a run found.</summary>
internal sealed class Report
{
    public required Plan Plan { get; init; }

    public required bool SigV4 { get; init; }

    public required string Commit { get; init; }

    public Standing? Standing { get; set; }

    public string? GatewayFault { get; set; }

    public long ProgramBytes { get; set; }

    /// <summary>The gateway's memory after all rounds.</summary>
    public long LoadedBytes { get; set; }

    public double Seconds { get; set; }

    public IEnumerable<Arm> Measured => Plan.Arms.Where(arm => arm.Fault is null && arm.Runs.Count > 0);

    /// <summary>An arm's cost as a multiple of the pump's for the same request; NaN where one is missing.</summary>
    public double Ratio(Arm arm)
    {
        var pump = Measured.FirstOrDefault(other => other.Target == Target.Pump && other.Scenario == arm.Scenario && other.Client == arm.Client);
        return pump is null || arm.Runs.Count == 0 ? double.NaN : arm.Cost / pump.Cost;
    }

    /// <summary>The budgets of the plan of the house, section 11, with what was found.</summary>
    public IEnumerable<BudgetLine> Budgets()
    {
        foreach (var scenario in Enum.GetValues<Scenario>())
        {
            foreach (var passthrough in (bool[])[true, false])
            {
                var limit = Budget.Of(scenario, passthrough);
                var arms = Plan.Arms.Where(arm => arm.Target == Target.Gateway && arm.Scenario == scenario && arm.IsRelay == passthrough).ToArray();
                if (arms.Length == 0) continue;
                var ratios = arms.Where(arm => arm.Fault is null).Select(Ratio).Where(ratio => !double.IsNaN(ratio)).ToArray();
                var what = $"{(passthrough ? "passthrough" : "translation")}, {Budget.Title(scenario)}";
                if (ratios.Length == 0)
                {
                    yield return new BudgetLine(what, $"≤ {limit:0.##} × pump", "not measured", null);
                    continue;
                }

                var met = ratios.Count(ratio => ratio <= limit);
                yield return new BudgetLine(what, $"≤ {limit:0.##} × pump", $"median {Arm.MedianOf(ratios):0.00} ×, worst {ratios.Max():0.00} ×; {met} of {arms.Length} pairs within", met == arms.Length);
            }
        }

        if (Standing is not { } status) yield break;
        var idle = status.IdleBytes / 1_048_576d;
        if (idle > 0) yield return new BudgetLine("idle memory", $"≤ {Budget.IdleMegabytes} MB", $"{idle:0} MB", idle <= Budget.IdleMegabytes);
        foreach (var (name, held) in status.Idle.Where(pair => pair.Key.StartsWith("gateway", StringComparison.Ordinal)))
        {
            var size = held.BytesPerStream / 1_024;
            yield return new BudgetLine($"{held.Streams} open streams, {name["gateway ".Length..]}", $"≤ {Budget.StreamKilobytes} KB a stream", $"{size:0.0} KB", size <= Budget.StreamKilobytes);
        }

        foreach (var (name, _) in status.IdleFaults) yield return new BudgetLine($"open streams, {name["gateway ".Length..]}", $"≤ {Budget.StreamKilobytes} KB a stream", "failed", false);
        if (status.StartSeconds.Count > 0)
        {
            var start = Arm.MedianOf(status.StartSeconds);
            yield return new BudgetLine("start to first answered request", $"≤ {Budget.StartSeconds} s", $"{start:0.00} s (worst {status.StartSeconds.Max():0.00} s)", start <= Budget.StartSeconds);
        }
    }
}

/// <summary>One budget and how it stands; <see cref="Met"/> is null when nothing was measured.</summary>
internal sealed record BudgetLine(string What, string Limit, string Found, bool? Met);

/// <summary>The limits.</summary>
internal static class Budget
{
    public const int IdleMegabytes = 120;
    public const int StreamKilobytes = 40;
    public const double StartSeconds = 0.6;

    public static double Of(Scenario scenario, bool passthrough) => scenario switch
    {
        Scenario.Small => passthrough ? 1.3 : 2,
        Scenario.Agent => passthrough ? 1.3 : 3,
        _ => passthrough ? 1.25 : 1.5,
    };

    public static string Title(Scenario scenario) => scenario switch
    {
        Scenario.Small => "small request",
        Scenario.Agent => "150 KB agent request",
        _ => "streaming, per paced event",
    };
}
