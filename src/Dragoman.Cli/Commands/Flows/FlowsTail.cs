using System.CommandLine;
using System.Text.Json;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management;
using Dragoman.Management.Flows;

namespace Dragoman.Cli.Commands.Flows;

/// <summary><c>dragoman flows tail</c>: a line for every flow, as it ends, until Ctrl-C.</summary>
internal static class FlowsTail
{
    public static Command Create()
    {
        var filters = new FlowFilterOptions();
        return new ManagementOptions().Run(filters.AddTo(new Command("tail", "Prints flows as they end, until Ctrl-C.")), async (client, parsed, json, cancellationToken) =>
        {
            // Ctrl-C is how it is meant to end, and no failure.
            using var signals = new StopSignals();
            using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _ = CancelAsync(signals.First, stopped);
            try
            {
                return await FollowAsync(client, filters.Query(parsed), json, stopped.Token);
            }
            catch (OperationCanceledException) when (stopped.IsCancellationRequested)
            {
                return ExitCodes.Success;
            }
            catch (IOException)
            {
                throw new ManagementException($"The gateway at {client.Address} has gone.");
            }
        });
    }

    private static async Task CancelAsync(Task signal, CancellationTokenSource stopped)
    {
        await signal;
        await stopped.CancelAsync();
    }

    private static async Task<int> FollowAsync(ManagementClient client, string query, bool json, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(HttpMethod.Get, $"flows/live?{query}", null, cancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        await Console.Error.WriteLineAsync($"Listening to {client.Address}; Ctrl-C ends it.");
        var name = "";
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            if (name == "missed") await Console.Error.WriteLineAsync($"({JsonSerializer.Deserialize<MissedView>(line[6..], ManagementJson.Options)!.Flows} flows were missed)");
            else if (json) await Console.Out.WriteLineAsync(line[6..]);
            else await Console.Out.WriteLineAsync(FlowsTable.LineOf(JsonSerializer.Deserialize<FlowView>(line[6..], ManagementJson.Options)!));
            await Console.Out.FlushAsync(cancellationToken);
        }

        throw new ManagementException($"The gateway at {client.Address} has ended the tail.");
    }
}
