using Dragoman.Cli.Commands;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.DataFolders;
using Dragoman.Server.Lifetime;
using Dragoman.Storage.Secrets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dragoman.Cli.Doctor;

/// <summary>Whether the store answers and can be written to, and its secrets can be opened. A data folder that is not there is not made.</summary>
internal static class StoreCheck
{
    public static async Task RunAsync(DoctorReport report, StoreOptions store, string dataFolder, bool running, GatewayConfig? config, CancellationToken cancellationToken)
    {
        var isThere = Directory.Exists(dataFolder);
        if (!isThere)
        {
            Missing(report, dataFolder);
            if (store.Postgres is null)
            {
                Exposed(report, config, keys: 0);
                return;
            }
        }

        if (running && store.Postgres is null)
        {
            // The gateway has it open and was asked how it is.
            report.Ok("store", $"{dataFolder} is in use by the running gateway");
            return;
        }

        if (isThere && !CanWrite(report, dataFolder)) return;
        if (store.Postgres is null && !DataFolderAccess.HasStore(dataFolder))
        {
            report.Ok("store", $"{dataFolder} has no store yet; the first start makes it");
            Exposed(report, config, keys: 0);
            return;
        }

        // Opening would make a new one, which opens nothing that is in the store.
        if (isThere && Environment.GetEnvironmentVariable(SecretProtector.Variable) is not { Length: > 0 } && !File.Exists(Path.Combine(dataFolder, "master.key")))
        {
            var key = Path.Combine(dataFolder, "master.key");
            if (store.Postgres is null)
            {
                report.Fail("store", $"{key} is missing, and {SecretProtector.Variable} is not set: stored secrets cannot be read. Bring the file back.");
                return;
            }

            report.Warn("store", $"{key} is not there yet, and {SecretProtector.Variable} is not set: the first start makes a key, which opens nothing that other nodes have wrapped. Give this node theirs.");
            isThere = false;
        }

        try
        {
            await using var held = running || !isThere ? null : await DataFolderAccess.LockAsync(dataFolder, create: false, cancellationToken);
            await using var opened = await StoreHandle.OpenAsync(store, isThere ? dataFolder : null, TimeProvider.System, NullLogger.Instance, cancellationToken);
            var health = await opened.Store.CheckAsync(cancellationToken);
            if (health.Healthy) report.Ok("store", $"{health.Engine} {health.EngineVersion} answers{(store.Postgres is null ? $" ({dataFolder})" : "")}");
            else report.Fail("store", $"the store does not work: {health.Problem}");
            foreach (var aside in health.SetAside) report.Warn("store", $"a damaged file was set aside as {aside}");
            if (isThere) await SecretsAsync(report, opened, cancellationToken);
            Exposed(report, config, (await opened.Store.Keys.ListAsync(cancellationToken)).Count);
        }
        catch (Exception ex) when (ex is StartException or StoreException or SecretUnreadableException or IOException or UnauthorizedAccessException)
        {
            report.Fail("store", CommandFault.Describe(ex));
        }
    }

    private static void Missing(DoctorReport report, string folder)
    {
        var parent = folder;
        while (parent is not null && !Directory.Exists(parent)) parent = Path.GetDirectoryName(parent);
        if (parent is not null && File.Exists(Path.Combine(parent, Path.GetRelativePath(parent, folder).Split(Path.DirectorySeparatorChar)[0]))) report.Fail("store", $"the data folder '{folder}' cannot be made: a file is in its way. Name another with --data.");
        else if (parent is not null && CanWrite(report, parent)) report.Ok("store", $"the data folder '{folder}' is not there yet; the first start makes it");
    }

    /// <summary>Whether files can be made in the data folder.</summary>
    private static bool CanWrite(DoctorReport report, string folder)
    {
        try
        {
            using var probe = new FileStream(Path.Combine(folder, $"doctor-{Guid.NewGuid():N}.part"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            return true;
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            report.Fail("store", $"the folder '{folder}' cannot be written to: {ex.Message.TrimEnd('.')}. Give it to the user that runs the gateway, or name another with --data.");
            return false;
        }
    }

    private static async Task SecretsAsync(DoctorReport report, StoreHandle opened, CancellationToken cancellationToken)
    {
        var accounts = (await opened.Store.Accounts.ListAsync(cancellationToken)).Where(account => !account.Secret.IsEmpty).ToList();
        foreach (var account in accounts)
        {
            try
            {
                opened.Secrets.Unprotect(account.Secret.Span, SecretPurpose.Account(account.Id));
            }
            catch (SecretUnreadableException ex)
            {
                report.Fail("store", $"the secret of the account '{account.Label}' cannot be read: {ex.Message}");
            }
        }
    }

    /// <summary>A gateway that others can reach does not start without client keys.</summary>
    private static void Exposed(DoctorReport report, GatewayConfig? config, int keys)
    {
        if (config?.Exposed is { } listener && keys == 0)
            report.Fail("keys", $"'{(listener.Host.Length == 0 ? "*" : listener.Host)}' can be reached from other machines, but there are no client keys: the gateway will not start. Add api-keys:, or bind 127.0.0.1.");
    }
}
