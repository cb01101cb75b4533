using System.Net.Sockets;
using Dragoman.Bench.Load;
using Dragoman.Bench.Requests;

namespace Dragoman.Bench.Compare;

/// <summary>Probes every arm, warms it up, and then measures all of them in turn, several times over, so that a machine's moods fall on all alike.</summary>
internal sealed class Rounds(Plan plan, Dictionary<Target, ChildProcess> children)
{
    private static readonly ModelName WarmModel = new(50, 10);

    public async Task RunAsync()
    {
        foreach (var arm in plan.Arms) await GuardAsync(arm, ProbeAsync);
        var faults = plan.Arms.Where(arm => arm.Fault is not null).ToArray();
        foreach (var arm in faults) Console.WriteLine($"{arm.Name}: {arm.Fault}");
        Console.WriteLine($"{plan.Arms.Count - faults.Length} of {plan.Arms.Count} arms answer; warming up …");
        foreach (var arm in plan.Arms) await GuardAsync(arm, WarmAsync);
        for (var round = 0; round < plan.Rounds; round++)
        {
            Console.WriteLine($"round {round + 1} of {plan.Rounds} …");
            foreach (var arm in round % 2 == 0 ? plan.Arms : plan.Arms.Reverse()) await GuardAsync(arm, MeasureAsync);
        }
    }

    private static async Task GuardAsync(Arm arm, Func<Arm, Task> step)
    {
        if (arm.Fault is not null) return;
        try
        {
            // A stream of 200 events takes four seconds; whoever needs ten times that hangs.
            await step(arm).WaitAsync(TimeSpan.FromSeconds(45));
        }
        catch (Exception ex) when (ex is LoadException or SocketException or IOException or InvalidDataException or TimeoutException)
        {
            arm.Fault = ex.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>One answer, whole and as a stream, looked at in full: what is fast and wrong is not measured.</summary>
    private async Task ProbeAsync(Arm arm)
    {
        using var connection = new ClientConnection(ChildOf(arm).Address);
        await connection.OpenAsync();
        var request = RequestOf(arm, WarmModel);
        var answer = await connection.AskAsync(request, keep: true);
        var body = answer.Body;
        if (answer.Status != 200) throw new LoadException($"Status {answer.Status}: {Short(body)}");
        if (answer.Marks < request.Events) throw new LoadException($"{answer.Marks} of {request.Events} events arrived: {Short(body)}");
        if (!body.Contains(request.EndMark, StringComparison.Ordinal)) throw new LoadException($"'{request.EndMark}' is missing in the answer: {Short(body)}");
    }

    private async Task WarmAsync(Arm arm)
    {
        var child = ChildOf(arm);
        if (arm.Scenario == Scenario.Stream) await LoadRun.TimesAsync(child.Address, RequestOf(arm, WarmModel), plan.StreamConnections, 1, null);
        else await LoadRun.ForAsync(child.Address, RequestOf(arm, plan.StreamModel), plan.Connections, plan.WarmSeconds, null);
    }

    private async Task MeasureAsync(Arm arm)
    {
        var child = ChildOf(arm);
        var request = RequestOf(arm, plan.StreamModel);
        var result = arm.Scenario == Scenario.Stream
            ? await LoadRun.TimesAsync(child.Address, request, plan.StreamConnections, 1, child.Meter)
            : await LoadRun.ForAsync(child.Address, request, plan.Connections, plan.Seconds, child.Meter);
        if (result.Errors > 0) throw new LoadException($"{result.Errors} of {result.Requests + result.Errors} answers were wrong.");
        arm.Runs.Add(result);
    }

    private ChildProcess ChildOf(Arm arm) => children.GetValueOrDefault(arm.Target) ?? throw new LoadException("not running");

    private ClientRequest RequestOf(Arm arm, ModelName model) => ClientRequest.Build(
        arm.Client, ChildOf(arm).Host, arm.Target == Target.Gateway ? Gateway.Model(arm.Upstream, model) : $"bench-{model}",
        arm.Scenario == Scenario.Agent, arm.Scenario == Scenario.Stream ? model.Events : 0, Gateway.Key);

    private static string Short(string body) => body.Length > 300 ? body[..300] + "…" : body;
}
