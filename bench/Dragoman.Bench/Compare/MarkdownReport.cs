using System.Text;

namespace Dragoman.Bench.Compare;

/// <summary>The report for people.</summary>
internal static class MarkdownReport
{
    public static string Write(Report report)
    {
        var plan = report.Plan;
        var text = new StringBuilder();
        text.Append($"# Dragoman beside the pump\n\nCommit {report.Commit}, {Machine.Describe()}; {plan.Rounds} round(s), medians, {report.Seconds:0} s in all. ");
        text.Append($"Whole answers: {plan.Connections} connections, closed loop, {plan.Seconds} s a run. Streams: {plan.StreamConnections} connections, {plan.StreamModel.Events} events {plan.StreamModel.PaceMs} ms apart. ");
        text.Append("Load generator, upstream and server share the machine. CPU is the server process's own, user and system.\n\n");
        if (report.GatewayFault is { } fault) text.Append($"**The gateway was not measured:** {fault}\n\n");
        if (report.Measured.Where(arm => arm.Target == Target.Gateway).Any())
        {
            text.Append($"Bedrock was {(report.SigV4 ? "signed with SigV4" : "called with a bearer key")}.\n\n");
        }

        Budgets(text, report);
        Standing(text, report);
        foreach (var scenario in Enum.GetValues<Scenario>()) Matrix(text, report, scenario);
        foreach (var scenario in Enum.GetValues<Scenario>()) Details(text, report, scenario);
        var faults = plan.Arms.Where(arm => arm.Fault is not null && (report.GatewayFault is null || arm.Target != Target.Gateway)).ToArray();
        if (faults.Length > 0)
        {
            text.Append("## What failed\n\n");
            foreach (var arm in faults) text.Append($"- `{arm.Name}`: {arm.Fault}\n");
            text.Append('\n');
        }

        return text.ToString();
    }

    private static void Budgets(StringBuilder text, Report report)
    {
        var lines = report.Budgets().ToArray();
        if (lines.Length == 0) return;
        text.Append("## Budgets\n\n| what | budget | found | |\n|---|---|---|---|\n");
        foreach (var line in lines) text.Append($"| {line.What} | {line.Limit} | {line.Found} | {(line.Met is null ? "–" : line.Met.Value ? "met" : "**missed**")} |\n");
        text.Append('\n');
    }

    private static void Standing(StringBuilder text, Report report)
    {
        if (report.Standing is not { } status) return;
        text.Append("## Start and memory\n\n");
        if (status.StartSeconds.Count > 0)
        {
            text.Append($"The published file has {report.ProgramBytes >> 20} MB. Start to first answered request: {string.Join(", ", status.StartSeconds.Select(value => $"{value:0.00}"))} s. ");
            text.Append($"RSS after it {status.FirstBytes >> 20} MB, two seconds later {status.IdleBytes >> 20} MB, after all rounds {report.LoadedBytes >> 20} MB.\n\n");
        }

        if (status.Idle.Count == 0 && status.IdleFaults.Count == 0) return;
        text.Append("| open streams held | streams | KB each | RSS before → held | CPU to hold them |\n|---|---|---|---|---|\n");
        foreach (var (name, held) in status.Idle)
            text.Append($"| {name} | {held.Streams} | {held.BytesPerStream / 1_024:0.0} | {held.BeforeBytes >> 20} → {held.HeldBytes >> 20} MB | {held.CpuShare * 100:0.0} % of a core |\n");
        foreach (var (name, fault) in status.IdleFaults) text.Append($"| {name} | failed: {fault} | | | |\n");
        text.Append('\n');
    }

    private static void Matrix(StringBuilder text, Report report, Scenario scenario)
    {
        var arms = report.Measured.Where(arm => arm.Scenario == scenario && arm.Target == Target.Gateway).ToArray();
        if (arms.Length == 0) return;
        text.Append($"## {Capital(Budget.Title(scenario))}: µs CPU and multiple of the pump\n\nBold: over budget ({Budget.Of(scenario, passthrough: true):0.##} × for passthrough, marked ▸; {Budget.Of(scenario, passthrough: false):0.##} × in the other).\n\n");
        text.Append($"| client ↓ upstream → | pump | {string.Join(" | ", Wires.Upstreams.Select(wire => wire.Word()))} |\n|---|---|{string.Concat(Wires.Upstreams.Select(_ => "---|"))}\n");
        foreach (var client in Wires.Clients)
        {
            if (!arms.Any(arm => arm.Client == client)) continue;
            var pump = report.Measured.FirstOrDefault(arm => arm.Scenario == scenario && arm.Target == Target.Pump && arm.Client == client);
            text.Append($"| {client.Word()} | {(pump is null ? "–" : $"{pump.Cost:0.0}")} |");
            foreach (var upstream in Wires.Upstreams)
            {
                var arm = arms.FirstOrDefault(arm => arm.Client == client && arm.Upstream == upstream);
                if (arm is null)
                {
                    text.Append(" – |");
                    continue;
                }

                var ratio = report.Ratio(arm);
                var cell = $"{arm.Cost:0.0} ({ratio:0.00} ×)";
                text.Append($" {(arm.IsRelay ? "▸ " : "")}{(ratio > Budget.Of(scenario, arm.IsRelay) ? $"**{cell}**" : cell)} |");
            }

            text.Append('\n');
        }

        text.Append('\n');
    }

    private static void Details(StringBuilder text, Report report, Scenario scenario)
    {
        var arms = report.Measured.Where(arm => arm.Scenario == scenario).ToArray();
        if (arms.Length == 0) return;
        var stream = scenario == Scenario.Stream;
        text.Append($"## {Capital(Budget.Title(scenario))}: latency\n\n");
        text.Append(stream ? "| who | first byte p50 / p99 ms | between arrivals p99 ms | µs CPU an event | × pump | RSS MB |\n" : "| who | requests/s | p50 / p99 ms | µs CPU a request | × pump | RSS MB |\n");
        text.Append("|---|---|---|---|---|---|\n");
        foreach (var arm in arms)
        {
            var name = $"{Arm.Word(arm.Target)}, {arm.Client.Word()}" + (arm.Target == Target.Gateway ? $" → {arm.Upstream.Word()}" : "");
            var latency = $"{arm.Median(run => run.P50):0.00} / {arm.Median(run => run.P99):0.00}";
            text.Append(stream ? $"| {name} | {latency} | {arm.Median(run => run.GapP99):0.0} |" : $"| {name} | {arm.Median(run => run.RequestsPerSecond):0} | {latency} |");
            text.Append($" {arm.Cost:0.0} | {(double.IsNaN(report.Ratio(arm)) || arm.Target == Target.Direct ? "–" : $"{report.Ratio(arm):0.00}")} | {arm.Median(run => run.ResidentBytes) / 1_048_576:0} |\n");
        }

        text.Append('\n');
    }

    private static string Capital(string title) => char.ToUpperInvariant(title[0]) + title[1..];
}
