using System.CommandLine;
using System.Globalization;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.DataFolders;
using Dragoman.Storage.Secrets;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman backup FILE</c>: over the running gateway, or straight from the store when none runs.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var options = new ManagementOptions();
        var file = new Argument<string>("file") { Description = "Where to; replaced when it is there." };
        var withoutFlows = new Option<bool>("--without-flows") { Description = "Leaves out flows and their bodies, which are most of the bytes." };
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file; it says which store, when no gateway runs." };
        var command = new Command("backup", "Writes a copy of everything that lasts to a file. Keep master.key (or DRAGOMAN_MASTER_KEY) apart: secrets in the backup need it.") { file, withoutFlows, config };
        return options.Run(command, async (client, parsed, json, cancellationToken) =>
        {
            var target = Path.GetFullPath(parsed.GetValue(file)!);
            var folder = Path.GetDirectoryName(target)!;
            if (!Directory.Exists(folder)) throw new ManagementException($"There is no folder '{folder}'.");
            DataLeftovers.Remove(folder, Path.GetFileName(target), TimeProvider.System);
            var data = DataFolder.Resolve(parsed.GetValue(options.Data));
            var rows = 0L;
            if (options.NamesGateway(parsed) || InstanceFile.Find(data) is not null)
            {
                rows = await DownloadAsync(client, parsed.GetValue(withoutFlows), target, cancellationToken);
            }
            else
            {
                using var progress = new ProgressLine("rows");
                await OfflineStore.UseAsync(parsed.GetValue(config), data, mayBeNew: false, async opened =>
                    rows = (await opened.Store.BackupAsync(target, new BackupOptions { WithoutFlows = parsed.GetValue(withoutFlows) }, progress, cancellationToken)).Rows, cancellationToken);
            }

            var bytes = new FileInfo(target).Length;
            Console.Out.WriteLine(json ? $$"""{"file":{{System.Text.Json.JsonSerializer.Serialize(target)}},"rows":{{rows}},"bytes":{{bytes}}}""" : string.Create(CultureInfo.InvariantCulture, $"{target}: {rows:N0} rows, {bytes / 1024.0 / 1024:0.0} MB"));
            return ExitCodes.Success;
        });
    }

    private static async Task<long> DownloadAsync(ManagementClient client, bool withoutFlows, string target, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(HttpMethod.Post, $"backup?withoutFlows={(withoutFlows ? "true" : "false")}", null, cancellationToken);
        var part = $"{target}.{Guid.NewGuid():N}{DataLeftovers.Ending}";
        try
        {
            await using (var stream = new FileStream(part, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.Read)))
            {
                using var progress = new ProgressLine("bytes");
                await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
                var buffer = new byte[128 * 1024];
                var done = 0L;
                for (int count; (count = await body.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                    progress.Report(done += count);
                }

                if (response.Content.Headers.ContentLength is { } whole && whole != done) throw new ManagementException("The backup was interrupted; nothing was written.");
                stream.Flush(flushToDisk: true);
            }

            File.Move(part, target, overwrite: true);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            throw new ManagementException($"The backup could not be written: {ex.Message}");
        }
        finally
        {
            File.Delete(part);
        }

        return response.Headers.TryGetValues("x-dragoman-rows", out var rows) && long.TryParse(rows.First(), CultureInfo.InvariantCulture, out var count2) ? count2 : 0;
    }
}
