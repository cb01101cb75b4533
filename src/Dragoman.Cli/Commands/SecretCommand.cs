using System.CommandLine;
using System.Security.Cryptography;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Cli.Terminal;
using Dragoman.Management.Access;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Surfaces.Dragoman;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman settings secret</c>: makes, takes or removes the management secret, over the running gateway or straight in the store.</summary>
internal static class SecretCommand
{
    public static Command Create()
    {
        var options = new Dragoman.Cli.GatewayClient.ManagementOptions();
        var stdin = new Option<bool>("--stdin") { Description = "Reads the secret from standard input instead of making one." };
        var remove = new Option<bool>("--remove") { Description = "Forgets the stored secret." };
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file; it says which store, when no gateway runs." };
        var command = new Command("secret", "Makes a management secret and prints it once; only its hash is kept.") { stdin, remove, config };
        return options.Run(command, async (client, parsed, _, cancellationToken) =>
        {
            var secret = parsed.GetValue(remove) ? null : parsed.GetValue(stdin) ? (await Console.In.ReadLineAsync(cancellationToken) ?? "").Trim() : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
            if (secret is { Length: < ManagementSecret.ShortestNew }) throw new ManagementException($"The secret needs at least {ManagementSecret.ShortestNew} characters.");
            var data = DataFolder.Resolve(parsed.GetValue(options.Data));
            if (options.NamesGateway(parsed) || InstanceFile.Find(data) is not null)
            {
                await client.ExecuteAsync(secret is null ? HttpMethod.Delete : HttpMethod.Put, "settings/management-secret", secret is null ? null : new NewSecret(secret), cancellationToken);
            }
            else
            {
                await OfflineStore.UseAsync(parsed.GetValue(config), data, mayBeNew: false, async opened =>
                {
                    if (secret is null) await opened.Store.Settings.RemoveAsync(ManagementSecret.SettingName, cancellationToken);
                    else await ManagementSecret.StoreAsync(opened.Store, opened.Secrets, secret, cancellationToken);
                    await opened.Store.Audit.AppendAsync([new(TimeProvider.System.GetUtcNow(), "cli", "", "settings.secret", ManagementSecret.SettingName, "done", secret is null ? "removed" : "set")], cancellationToken);
                }, cancellationToken);
            }

            if (secret is null) Console.Out.WriteLine("The stored management secret is forgotten.");
            else if (parsed.GetValue(stdin)) Console.Out.WriteLine("The management secret is set.");
            else Console.Out.WriteLine($"{secret}\nThis is the management secret; it is not shown again. Put it into DRAGOMAN_MANAGEMENT_SECRET where 'dragoman' is to use it.");
            return ExitCodes.Success;
        });
    }
}
