using System.CommandLine;
using System.Globalization;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Cli.Terminal;
using Dragoman.Management;
using Dragoman.Management.Backup;
using Dragoman.Server.DataFolders;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman restore FILE</c>: replaces what the store holds by a backup, while no gateway runs on it.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The backup." };
        var data = new Option<string?>("--data") { Description = "The data folder. Default: $DRAGOMAN_DATA, then ~/.dragoman." };
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file; it says which store." };
        var command = new Command("restore", "Replaces everything in the store by a backup. What was there is kept in a backup of its own first.") { file, data, config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                await RestoreAsync(Path.GetFullPath(parsed.GetValue(file)!), DataFolder.Resolve(parsed.GetValue(data)), parsed.GetValue(config), cancellationToken);
                return ExitCodes.Success;
            }
            catch (ManagementException ex)
            {
                await Console.Error.WriteLineAsync($"dragoman: {ex.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }

    private static async Task RestoreAsync(string file, string data, string? config, CancellationToken cancellationToken)
    {
        if (!File.Exists(file)) throw new ManagementException($"There is no file '{file}'.");
        if (InstanceFile.Find(data) is { } running) throw new ManagementException($"A gateway runs on {data} ({running}). Stop it first: what it has in memory would be written over the restored.");
        await OfflineStore.UseAsync(config, data, mayBeNew: true, async opened =>
        {
            StoreRestored restored;
            using (var progress = new ProgressLine("rows"))
                restored = await StoreRestore.RunAsync(opened.Store, data, file, Path.GetFileName(file), new Actor("cli", ""), TimeProvider.System, progress, cancellationToken);
            var (report, former) = restored;
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Restored {report.Rows:N0} rows, made {report.CreatedAt:yyyy-MM-dd HH:mm:ss'Z'} on {report.Engine}. What was there before (without flows): {former}"));
        }, cancellationToken);
    }
}
