using System.CommandLine;
using System.Globalization;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Flows;
using Spectre.Console;

namespace Dragoman.Cli.Commands.Flows;

/// <summary><c>dragoman flows replay</c>: sends a recorded request again and prints both answers side by side.</summary>
internal static class FlowsReplay
{
    public static Command Create()
    {
        var id = FlowsCommand.Id();
        var model = new Option<string?>("--model", "-m") { Description = "Another model, by the name a client would use." };
        var account = new Option<string?>("--account", "-a") { Description = "The account that shall answer." };
        var stream = new Option<bool?>("--stream") { Description = "Streamed; --stream false: whole.", Arity = ArgumentArity.ZeroOrOne };
        return new ManagementOptions().Run(new Command("replay", "Sends a recorded request again, to another model or account, and compares the answers.") { id, model, account, stream }, async (client, parsed, json, cancellationToken) =>
        {
            var form = parsed.GetResult(stream) is { Implicit: false } ? parsed.GetValue(stream) ?? true : (bool?)null;
            var input = new ReplayInput(parsed.GetValue(model), parsed.GetValue(account), form);
            var path = $"flows/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/replay";
            if (json)
            {
                Console.Out.WriteLine(await client.TextAsync(HttpMethod.Post, path, input, cancellationToken));
                return ExitCodes.Success;
            }

            await Console.Error.WriteLineAsync("Waiting for the answer…");
            var replay = await client.RequestAsync<ReplayView>(HttpMethod.Post, path, input, cancellationToken);
            Print(replay);
            return replay.Replay.Flow.Status == 200 ? ExitCodes.Success : ExitCodes.Failure;
        });
    }

    private static void Print(ReplayView replay)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "original", "replay");
        Row("flow", side => side.Flow.Id);
        Row("model", side => side.Flow.Model);
        Row("account", side => side.Flow.Account);
        Row("status", side => side.Flow.Status.ToString(CultureInfo.InvariantCulture) + (side.Flow.Error is { } error ? $": {error}" : ""));
        Row("first byte", side => side.Flow.FirstByteMs is { } first ? $"{first:0} ms" : "-");
        Row("duration", side => $"{side.Flow.DurationMs:0} ms");
        Row("tokens", side => side.Flow.Usage is { } usage ? $"{usage.Input} in, {usage.Output} out" : "-");
        Row("cost", side => side.Flow.Cost is { } cost ? string.Create(CultureInfo.InvariantCulture, $"${cost}") : "unknown");
        Row("tool calls", side => string.Join('\n', side.ToolCalls.Select(call => $"{call.Name} {call.Arguments}")));
        Row("text", side => side.Text ?? "(not recorded)");
        FlowsTable.Write(table);
        Console.Out.WriteLine(replay.Differences.Count == 0 ? "No differences." : $"Differs in: {string.Join(", ", replay.Differences)}.");

        void Row(string name, Func<ReplaySide, string> value)
        {
            var (one, other) = (value(replay.Original), value(replay.Replay));
            if (one.Length + other.Length > 0) table.AddRow(name, Markup.Escape(one), Markup.Escape(other));
        }
    }
}
