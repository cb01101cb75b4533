using System.CommandLine;
using System.Globalization;
using Dragoman.Server.Cli.Management;
using Dragoman.Server.Management.Audit;
using Spectre.Console;

namespace Dragoman.Server.Cli;

/// <summary><c>dragoman audit</c>: who changed what.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var options = new ManagementOptions();
        var action = new Option<string?>("--action") { Description = "Only this action (key.rotate), or all that begin with it when it ends in a dot (key.)." };
        var limit = new Option<int>("--limit", "-n") { Description = "How many entries.", DefaultValueFactory = _ => 50 };
        var command = new Command("audit", "Shows who changed what, newest first.") { action, limit };
        return options.Run(command, async (client, parsed, json, cancel) =>
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"audit?limit={parsed.GetValue(limit)}{(parsed.GetValue(action) is { } wanted ? "&action=" + Uri.EscapeDataString(wanted) : "")}");
            if (json)
            {
                Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, path, null, cancel));
                return ExitCodes.Success;
            }

            var page = await client.GetAsync<AuditPageView>(path, cancel);
            var table = new Table().Border(TableBorder.None).AddColumns("AT", "WHO", "FROM", "WHAT", "ON", "OUTCOME", "DETAIL");
            foreach (var entry in page.Entries)
            {
                table.AddRow([.. new[] { entry.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), entry.Actor, entry.Source, entry.Action, entry.Target, entry.Outcome, entry.Detail }.Select(Markup.Escape)]);
            }

            if (page.Entries.Count == 0) Console.Out.WriteLine("Nothing yet.");
            else AnsiConsole.Write(table);
            return ExitCodes.Success;
        });
    }
}
