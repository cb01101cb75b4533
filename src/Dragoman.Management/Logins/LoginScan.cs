using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers;
using Dragoman.Storage.Sqlite;

namespace Dragoman.Management.Logins;

/// <summary>
/// Looks on this machine for the logins that the vendors' own programs have left: at the places that the providers name, and in CLIProxyAPI's folder, whose files say themselves whose they are. Files are
/// read and never changed, and nobody is asked over the network.
/// </summary>
/// <param name="providers">The providers.</param>
/// <param name="home">The home folder.</param>
/// <param name="environment">The environment, by which those programs are told to keep their files elsewhere.</param>
public sealed class LoginScan(ProviderRegistry providers, string home, Func<string, string?> environment)
{
    private const string ProxyFolder = "~/.cli-proxy-api/*.json";
    private const int MaxBytes = 1 << 20;

    private readonly List<Importer> _importers = [.. providers.All.Select(static module => new Importer(module.Id, [.. module.Logins.OfType<IImportLogin>()])).Where(static importer => importer.Flows.Count > 0)];

    /// <summary>Every login, in the order of the files.</summary>
    /// <param name="files">The files to look at; none for the places where vendors' programs leave theirs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<FoundLogin>> RunAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        var found = new List<FoundLogin>();
        foreach (var (file, importers) in files.Count > 0 ? files.Select(file => (Path.GetFullPath(file), _importers)) : Places()) found.AddRange(await LookAsync(file, importers, cancellationToken));
        return [.. found.Select(static (login, index) => login with { Number = index + 1 })];
    }

    /// <summary>The files at the usual places, in the order of the providers, each with those whose it may be.</summary>
    private IEnumerable<(string File, List<Importer> Importers)> Places()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var importer in _importers)
        {
            foreach (var file in importer.Flows.SelectMany(static flow => flow.UsualPlaces).SelectMany(place => LoginFiles.Find(place, home, environment)))
                if (seen.Add(file)) yield return (file, [importer]);
        }

        foreach (var file in LoginFiles.Find(ProxyFolder, home))
            if (seen.Add(file)) yield return (file, _importers);
    }

    private static async Task<IReadOnlyList<FoundLogin>> LookAsync(string file, List<Importer> importers, CancellationToken cancellationToken)
    {
        try
        {
            Check(file);
            var content = Encoding.UTF8.GetBytes(await LoginFileContent.ReadAsync(file, [.. importers.SelectMany(static importer => importer.Flows)], cancellationToken));
            var owners = importers.Select(importer => (importer.Provider, Logins: LoginsIn(content, file, importer))).Where(static owner => owner.Logins.Count > 0).ToList();
            return owners switch
            {
                [var owner] => owner.Logins,
                [] => [new FoundLogin(0, importers is [var only] ? only.Provider : null, file, null, importers.Count == 1 ? "There is no login in this file." : "There is no login of a known provider in this file.")],
                _ => [new FoundLogin(0, null, file, null, $"It could be of {string.Join(" or ", owners.Select(static owner => owner.Provider))}: import it with 'dragoman login PROVIDER --import'.")],
            };
        }
        catch (Exception ex) when (ex is LoginException or IOException or UnauthorizedAccessException or StoreException)
        {
            return [new FoundLogin(0, importers is [var only] ? only.Provider : null, file, null, ex.Message)];
        }
    }

    /// <summary>The logins of a provider in a file; none where it is not the provider's.</summary>
    private static List<FoundLogin> LoginsIn(byte[] content, string file, Importer importer)
    {
        foreach (var flow in importer.Flows)
        {
            var parts = flow.Split(content);
            var logins = parts.Select((part, index) => Describe(part, parts.Count > 1 ? index + 1 : null)).ToList();
            if (logins.Exists(static login => login.Identity is not null)) return logins;

            FoundLogin Describe(ReadOnlyMemory<byte> part, int? number) => flow.Inspect(part) is { } identity
                ? new FoundLogin(0, importer.Provider, file, identity, null) { Part = number, Status = FoundLoginStatus.Undetermined, Flow = flow.Id, Content = Encoding.UTF8.GetString(part.Span) }
                : new FoundLogin(0, importer.Provider, file, null, "There is no login in this part of the file.") { Part = number };
        }

        return [];
    }

    /// <summary>Nothing is opened but regular files, and none whole that is too large for a login.</summary>
    private static void Check(string file)
    {
        FileSystemInfo info = new FileInfo(file);
        if (info.LinkTarget is not null) info = info.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target ? target : throw new LoginException("It is a link that leads nowhere.");
        if (!Path.Exists(info.FullName)) throw new LoginException("There is no such file.");
        if (info is DirectoryInfo || info.Attributes.HasFlag(FileAttributes.Directory)) throw new LoginException("It is a folder.");
        // Pipes and devices have no length either; opening one might wait for ever.
        if (info is not FileInfo { Length: > 0 } regular) throw new LoginException("It is empty, or no regular file.");
        if (regular.Length > MaxBytes && !ForeignKeyValues.IsDatabase(file)) throw new LoginException("It is larger than a megabyte: none that a login is in.");
    }

    private sealed record Importer(string Provider, IReadOnlyList<IImportLogin> Flows);
}
