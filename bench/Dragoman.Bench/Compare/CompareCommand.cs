using System.Diagnostics;
using Dragoman.Bench.Load;

namespace Dragoman.Bench.Compare;

/// <summary><c>compare</c>: upstream, pump, nginx and gateway side by side in one run, and a report with ratios and budgets.</summary>
internal static class CompareCommand
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var root = FindRoot();
        var plan = Plan.From(arguments);
        var output = Path.GetFullPath(arguments.Text("out") is { Length: > 0 } folder ? folder : Path.Combine(root, "artifacts", "bench"));
        var publish = !arguments.Has("no-publish");
        var sigV4 = arguments.Has("sigv4");
        var flows = arguments.Text("flows");
        arguments.Finish();
        if (plan.Arms.Count == 0 && !plan.Standing) throw new UsageException("Nothing is left to measure; see --only in the README.");

        var began = Stopwatch.GetTimestamp();
        var work = Directory.CreateTempSubdirectory("dragoman-bench-").FullName;
        var children = new Dictionary<Target, ChildProcess>();
        var report = new Report { Plan = plan, SigV4 = sigV4, Commit = await CommitAsync(root) };
        try
        {
            var upstream = await ChildProcess.StartOwn("upstream", work).ReadyAsync();
            children[Target.Direct] = upstream;
            children[Target.Pump] = await ChildProcess.StartOwn("pump", work, "--to", $"http://{upstream.Host}").ReadyAsync();
            if (Nginx.IsInstalled) children[Target.Nginx] = await Nginx.Start(work, upstream.Host).ReadyAsync();
            var gateway = new Gateway(root, work, upstream.Host, sigV4, flows);
            if (plan.Standing || plan.Arms.Any(arm => arm.Target == Target.Gateway)) await StartGatewayAsync(gateway, publish, plan, children, report);
            await new Rounds(plan, children).RunAsync();
            if (children.TryGetValue(Target.Gateway, out var last)) report.LoadedBytes = last.Meter.ResidentBytes();
        }
        finally
        {
            foreach (var child in children.Values) child.Dispose();
            Directory.Delete(work, recursive: true);
        }

        report.Seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Directory.CreateDirectory(output);
        await File.WriteAllTextAsync(Path.Combine(output, "report.md"), MarkdownReport.Write(report));
        await File.WriteAllTextAsync(Path.Combine(output, "report.json"), JsonReport.Write(report));
        Console.WriteLine();
        Console.WriteLine(MarkdownReport.Write(report));
        Console.WriteLine($"Written to {output}/report.md and report.json");
        return report.GatewayFault is null && plan.Arms.All(arm => arm.Fault is null) ? 0 : 1;
    }

    private static async Task StartGatewayAsync(Gateway gateway, bool publish, Plan plan, Dictionary<Target, ChildProcess> children, Report report)
    {
        try
        {
            if (publish) await gateway.PublishAsync();
            if (plan.Standing) report.Standing = await StandingRun.RunAsync(gateway, children, plan);
            children[Target.Gateway] = await gateway.Start().ReadyAsync();
            report.ProgramBytes = gateway.ProgramBytes;
        }
        catch (LoadException ex)
        {
            report.GatewayFault = ex.Message;
            Console.WriteLine($"The gateway cannot be measured: {ex.Message}");
        }
    }

    public static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Dragoman.slnx"))) return folder;
        throw new UsageException("Run this from within the repository.");
    }

    private static async Task<string> CommitAsync(string root)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", root, "describe", "--always", "--dirty"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            return (await git.StandardOutput.ReadToEndAsync()).Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
