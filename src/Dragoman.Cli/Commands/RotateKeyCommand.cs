using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Backup;
using Dragoman.Server.DataFolders;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman settings rotate-key</c>: a new key for the secrets at rest.</summary>
internal static class RotateKeyCommand
{
    public static Command Create()
    {
        var options = new ManagementOptions();
        var keepOld = new Option<bool>("--keep-old") { Description = "Keeps the old key in master.key, so that older backups can be read with it." };
        var shared = new Option<bool>("--shared-key-file") { Description = "On PostgreSQL: says that every node reads this very master.key, or that there is no other node." };
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file; it says which store, when no gateway runs." };
        var command = new Command("rotate-key", "Makes a new master key and wraps every stored secret anew. Old backups keep needing the old key.") { keepOld, shared, config };
        return options.Run(command, async (client, parsed, _, cancellationToken) =>
        {
            var data = DataFolder.Resolve(parsed.GetValue(options.Data));
            var keep = parsed.GetValue(keepOld);
            var count = 0;
            if (options.NamesGateway(parsed) || InstanceFile.Find(data) is not null)
            {
                count = (await client.RequestAsync<KeyRotationView>(HttpMethod.Post, $"settings/rotate-key?keepOld={(keep ? "true" : "false")}&sharedKeyFile={(parsed.GetValue(shared) ? "true" : "false")}", null, cancellationToken)).Secrets;
            }
            else
            {
                await OfflineStore.UseAsync(parsed.GetValue(config), data, mayBeNew: false, async opened =>
                {
                    if (KeyRotation.Objection(opened.Options, opened.Secrets, parsed.GetValue(shared)) is { } objection) throw new ManagementException(objection);
                    if (!opened.Secrets.FromEnvironment) opened.Secrets.Rotate();
                    count = await opened.Store.ReprotectAsync(opened.Secrets, cancellationToken);
                    if (!keep) opened.Secrets.DropOld();
                    await opened.Store.Audit.AppendAsync([new(TimeProvider.System.GetUtcNow(), "cli", "", "settings.rotate-key", "master.key", "done", $"{count} secrets wrapped anew")], cancellationToken);
                }, cancellationToken);
            }

            Console.Out.WriteLine($"{count} secret(s) are wrapped with the current key.{(keep ? " The old key is kept in master.key." : " The old key is gone from master.key; backups made before need it, if you kept a copy.")}");
            return ExitCodes.Success;
        });
    }
}
