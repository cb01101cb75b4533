using System.Text;
using Dragoman.Cli.GatewayClient;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers;
using Dragoman.Storage.Sqlite;

namespace Dragoman.Cli.Commands.Logins;

/// <summary>
/// Looks on this machine for the logins that the vendors' own programs have left: at the places that the providers name, and in CLIProxyAPI's folder, whose files say themselves whose they are. Files are
/// read and never changed, and nobody is asked over the network.
/// </summary>
internal sealed class LoginScan(string home)
{
    private const string ProxyFolder = "~/.cli-proxy-api/*.json";
    private const int MaxBytes = 1 << 20;

    private readonly List<(string Provider, IReadOnlyList<IImportLogin> Flows)> _providers =
        [.. ProviderModules.CreateRegistry(TimeProvider.System).All.Select(static module => (module.Id, (IReadOnlyList<IImportLogin>)[.. module.Logins.OfType<IImportLogin>()])).Where(static pair => pair.Item2.Count > 0)];

    /// <summary>Every file, in the order of the providers.</summary>
    public async Task<IReadOnlyList<FoundLogin>> RunAsync(CancellationToken cancellationToken)
    {
        var found = new List<FoundLogin>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (provider, flows) in _providers)
        {
            foreach (var file in flows.SelectMany(static flow => flow.UsualPlaces).SelectMany(place => LoginFiles.Find(place, home)))
                if (seen.Add(file)) found.Add(await LookAsync(found.Count + 1, file, provider, flows, cancellationToken));
        }

        foreach (var file in LoginFiles.Find(ProxyFolder, home))
            if (seen.Add(file)) found.Add(await RecognizeAsync(found.Count + 1, file, cancellationToken));
        return found;
    }

    /// <summary>A file at a place of a provider's.</summary>
    private static async Task<FoundLogin> LookAsync(int number, string file, string provider, IReadOnlyList<IImportLogin> flows, CancellationToken cancellationToken)
    {
        try
        {
            Check(file);
            var content = await ImportedFile.ReadAsync(file, flows, cancellationToken);
            var bytes = Encoding.UTF8.GetBytes(content);
            foreach (var flow in flows)
                if (flow.Inspect(bytes) is { } identity) return new FoundLogin(number, provider, file, identity, null) { Status = FoundLoginStatus.Undetermined, Flow = flow.Id, Content = content };
            return new FoundLogin(number, provider, file, null, "There is no login in this file.");
        }
        catch (Exception ex) when (ex is ManagementException or IOException or UnauthorizedAccessException or StoreException)
        {
            return new FoundLogin(number, provider, file, null, ex.Message);
        }
    }

    /// <summary>A file that says itself whose it is.</summary>
    private async Task<FoundLogin> RecognizeAsync(int number, string file, CancellationToken cancellationToken)
    {
        try
        {
            Check(file);
            var bytes = Encoding.UTF8.GetBytes(await ImportedFile.ReadAsync(file, [], cancellationToken));
            var owners = _providers.Where(pair => pair.Flows.Any(flow => flow.Inspect(bytes) is not null)).ToList();
            return owners switch
            {
                [var owner] => await LookAsync(number, file, owner.Provider, owner.Flows, cancellationToken),
                [] => new FoundLogin(number, null, file, null, "There is no login of a known provider in this file."),
                _ => new FoundLogin(number, null, file, null, $"It could be of {string.Join(" or ", owners.Select(static owner => owner.Provider))}: import it with 'dragoman login PROVIDER --import'."),
            };
        }
        catch (Exception ex) when (ex is ManagementException or IOException or UnauthorizedAccessException or StoreException)
        {
            return new FoundLogin(number, null, file, null, ex.Message);
        }
    }

    /// <summary>Nothing is opened but regular files, and none whole that is too large for a login.</summary>
    private static void Check(string file)
    {
        FileSystemInfo info = new FileInfo(file);
        if (info.LinkTarget is not null) info = info.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target ? target : throw new ManagementException("It is a link that leads nowhere.");
        if (info is DirectoryInfo || info.Attributes.HasFlag(FileAttributes.Directory)) throw new ManagementException("It is a folder.");
        // Pipes and devices have no length either; opening one might wait for ever.
        if (info is not FileInfo { Length: > 0 } regular) throw new ManagementException("It is empty, or no regular file.");
        if (regular.Length > MaxBytes && !ForeignKeyValues.IsDatabase(file)) throw new ManagementException("It is larger than a megabyte: none that a login is in.");
    }
}
