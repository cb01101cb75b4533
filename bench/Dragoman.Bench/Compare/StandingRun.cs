using System.Diagnostics;
using System.Net.Sockets;
using Dragoman.Bench.Load;
using Dragoman.Bench.Requests;

namespace Dragoman.Bench.Compare;

/// <summary>What the gateway weighs and how soon it answers: always a fresh process, so that no load before it colours the figures.</summary>
internal static class StandingRun
{
    /// <summary>Long enough for the compiler in the background to have come to rest.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(4);

    public static async Task<Standing> RunAsync(Gateway gateway, Dictionary<Target, ChildProcess> children, Plan plan)
    {
        var status = new Standing();
        Console.WriteLine("starting the gateway anew, several times …");
        for (var index = 0; index < plan.Starts; index++)
        {
            var start = Stopwatch.GetTimestamp();
            using var child = gateway.Start();
            await FirstAnswerAsync(child, Wire.Chat);
            status.StartSeconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (index < plan.Starts - 1) continue;
            status.FirstBytes = child.Meter.ResidentBytes();
            await Task.Delay(2_000);
            status.IdleBytes = child.Meter.ResidentBytes();
        }

        Console.WriteLine($"holding {plan.IdleStreams} open streams …");
        var held = new ModelName(2, 120_000);
        foreach (var (client, upstream) in plan.IdlePairs)
        {
            using var child = gateway.Start();
            try
            {
                await FirstAnswerAsync(child, upstream);
                var request = ClientRequest.Build(client, child.Host, Gateway.Model(upstream, held), large: false, held.Events, Gateway.Key);
                status.Idle[$"gateway {client.Word()} → {upstream.Word()}"] = await HoldAsync(child, request, plan);
            }
            catch (Exception ex) when (ex is LoadException or IOException or SocketException or InvalidDataException or TimeoutException)
            {
                status.IdleFaults[$"gateway {client.Word()} → {upstream.Word()}"] = ex.Message;
            }
        }

        foreach (var target in (Target[])[Target.Pump, Target.Nginx])
        {
            if (!children.TryGetValue(target, out var child)) continue;
            var request = ClientRequest.Build(Wire.Messages, child.Host, $"bench-{held}", large: false, held.Events, Gateway.Key);
            status.Idle[Arm.Word(target)] = await HoldAsync(child, request, plan);
        }

        return status;
    }

    private static Task<IdleResult> HoldAsync(ChildProcess child, ClientRequest request, Plan plan)
        => IdleStreams.RunAsync(child.Address, request, plan.IdleStreams, child.Meter, Settle).WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Asks until there is an answer from the upstream.</summary>
    private static async Task FirstAnswerAsync(ChildProcess child, Wire upstream)
    {
        await child.ReadyAsync();
        using var connection = new ClientConnection(child.Address);
        await connection.OpenAsync();
        var answer = await connection.AskAsync(ClientRequest.Build(Wire.Chat, child.Host, Gateway.Model(upstream, new ModelName(50, 10)), large: false, 0, Gateway.Key), keep: true);
        if (answer.Status != 200) throw new LoadException($"Its first answer has status {answer.Status}: {answer.Body}");
    }
}

/// <summary>What was found by <see cref="StandingRun"/>.</summary>
internal sealed class Standing
{
    public List<double> StartSeconds { get; } = [];

    public long FirstBytes { get; set; }

    public long IdleBytes { get; set; }

    public Dictionary<string, IdleResult> Idle { get; } = [];

    public Dictionary<string, string> IdleFaults { get; } = [];
}
