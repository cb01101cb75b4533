using System.CommandLine;
using System.Globalization;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Audit;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman audit</c>: who changed what.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var options = new ManagementOptions();
        var action = new Option<string?>("--action") { Description = "Only this action (key.rotate), or all that begin with it when it ends in a dot (key.)." };
        var limit = new Option<int>("--limit", "-n") { Description = "How many entries.", DefaultValueFactory = _ => 50 };
        var command = new Command("audit", "Shows who changed what, newest first.") { action, limit };
        return options.Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"audit?limit={parsed.GetValue(limit)}{(parsed.GetValue(action) is { } wanted ? "&action=" + Uri.EscapeDataString(wanted) : "")}");
            if (json)
            {
                Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, path, null, cancellationToken));
                return ExitCodes.Success;
            }

            var page = await client.GetAsync<AuditPageView>(path, cancellationToken);
            // Lines, not a table: they are long, and looked through with grep.
            foreach (var entry in page.Entries)
                Console.Out.WriteLine($"{entry.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}  {entry.Actor,-10}  {entry.Source,-15}  {entry.Outcome,-7}  {entry.Action}  {entry.Target}  {entry.Detail}".TrimEnd());
            if (page.Entries.Count == 0) Console.Out.WriteLine("Nothing yet.");
            return ExitCodes.Success;
        });
    }
}
