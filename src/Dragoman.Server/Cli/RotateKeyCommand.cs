using System.CommandLine;
using Dragoman.Server.Cli.Management;
using Dragoman.Server.Hosting;
using Dragoman.Server.Management.Backup;

namespace Dragoman.Server.Cli;

/// <summary><c>dragoman settings rotate-key</c>: a new key for the secrets at rest.</summary>
internal static class RotateKeyCommand
{
    public static Command Create()
    {
        var options = new ManagementOptions();
        var keepOld = new Option<bool>("--keep-old") { Description = "Keeps the old key in master.key, for other processes that still hold it." };
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file; it says which store, when no gateway runs." };
        var command = new Command("rotate-key", "Makes a new master key and wraps every stored secret anew. Old backups keep needing the old key.") { keepOld, config };
        return options.Run(command, async (client, parsed, _, cancel) =>
        {
            var data = DataFolder.Resolve(parsed.GetValue(options.Data));
            var keep = parsed.GetValue(keepOld);
            var count = 0;
            if (options.NamesGateway(parsed) || RunningMark.Find(data) is not null)
            {
                count = (await client.AskAsync<KeyRotationView>(HttpMethod.Post, $"settings/rotate-key?keepOld={(keep ? "true" : "false")}", null, cancel)).Secrets;
            }
            else
            {
                await OfflineStore.UseAsync(parsed.GetValue(config), data, async opened =>
                {
                    if (!opened.Secrets.FromEnvironment) opened.Secrets.Rotate();
                    count = await opened.Store.ReprotectAsync(opened.Secrets, cancel);
                    if (!keep) opened.Secrets.DropOld();
                    await opened.Store.Audit.AppendAsync([new(TimeProvider.System.GetUtcNow(), "cli", "", "settings.rotate-key", "master.key", "done", $"{count} secrets wrapped anew")], cancel);
                }, cancel);
            }

            Console.Out.WriteLine($"A new key is in master.key; {count} secret(s) are wrapped anew.{(keep ? " The old key is kept." : " The old key is gone; backups made before need it, if you kept a copy.")}");
            return ExitCodes.Success;
        });
    }
}
