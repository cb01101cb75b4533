using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Accounts;

namespace Dragoman.Cli.Commands.Accounts;

/// <summary><c>dragoman limits</c>: what cools down, until when and why, and how quotas stand.</summary>
internal static class LimitsCommand
{
    public static Command Create() => new ManagementOptions().Run(new Command("limits", "Shows which accounts and models are cooling down, until when and why, and the quotas that upstreams reported."), async (client, _, json, cancellationToken) =>
    {
        if (json) Console.Out.WriteLine(await client.TextAsync(HttpMethod.Get, "limits", null, cancellationToken));
        else AccountTables.Print((await client.GetAsync<LimitListView>("limits", cancellationToken)).Limits);
        return ExitCodes.Success;
    });
}
