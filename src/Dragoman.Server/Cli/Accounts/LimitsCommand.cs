using System.CommandLine;
using Dragoman.Server.Cli.Management;
using Dragoman.Server.Management.Accounts;

namespace Dragoman.Server.Cli.Accounts;

/// <summary><c>dragoman limits</c>: what rests, until when and why, and how quotas stand.</summary>
internal static class LimitsCommand
{
    public static Command Create() => new ManagementOptions().Run(new Command("limits", "Shows what rests, until when and why, and what upstreams said of their quotas."), async (client, _, json, cancel) =>
    {
        if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, "limits", null, cancel));
        else AccountTables.Print((await client.GetAsync<LimitListView>("limits", cancel)).Limits);
        return ExitCodes.Success;
    });
}
