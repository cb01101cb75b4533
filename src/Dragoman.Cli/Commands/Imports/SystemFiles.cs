using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Management.Logins;
using Dragoman.Cli.GatewayClient;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Management.Imports;

namespace Dragoman.Cli.Commands.Imports;

/// <summary>Gathers the files of another system: those that it is known by, and those that they name. They are read and never changed.</summary>
internal sealed class SystemFiles(string home)
{
    private const long MostBytes = 8 << 20;
    private const int MostFiles = 500;

    /// <summary>The files at a place: a file itself, or those of a folder.</summary>
    /// <exception cref="ManagementException">There is nothing there, or it cannot be read.</exception>
    public async Task<IReadOnlyList<ImportFile>> ReadAsync(ImportableSystem system, IReadOnlyList<string> places, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, ImportFile>(StringComparer.Ordinal);
        foreach (var place in places)
        {
            var path = Expand(place);
            if (File.Exists(path)) await AddAsync(path, Path.GetFileName(path), found, cancellationToken);
            else if (Directory.Exists(path)) await AddFolderAsync(path, system.Files, found, cancellationToken);
            else throw new ManagementException($"There is nothing at {place}. The files of {system.Title} are usually in {system.UsualPlace}.");
        }

        foreach (var named in found.Values.ToList().SelectMany(NamedBy)) await AddNamedAsync(named, found, cancellationToken);
        if (found.Count == 0) throw new ManagementException($"There are no files of {system.Title} at {string.Join(", ", places)}: {string.Join(", ", system.Files)} were looked for.");
        return [.. found.Values];
    }

    private async Task AddFolderAsync(string folder, IReadOnlyList<string> patterns, Dictionary<string, ImportFile> found, CancellationToken cancellationToken)
    {
        foreach (var file in patterns.SelectMany(pattern => LoginFiles.Find(Path.Combine(folder, pattern), home)).Where(File.Exists))
            await AddAsync(file, Path.GetRelativePath(folder, file).Replace('\\', '/'), found, cancellationToken);
    }

    private async Task AddNamedAsync(string path, Dictionary<string, ImportFile> found, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) await AddFolderAsync(path, ["*.json"], found, cancellationToken);
        else if (File.Exists(path)) await AddAsync(path, Path.GetFileName(path), found, cancellationToken);
    }

    private static async Task AddAsync(string path, string name, Dictionary<string, ImportFile> found, CancellationToken cancellationToken)
    {
        var key = Path.GetFullPath(path);
        if (found.ContainsKey(key)) return;
        if (found.Count == MostFiles) throw new ManagementException($"There are more than {MostFiles} files; name them one by one.");
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw new ManagementException($"{path} is larger than {MostBytes >> 20} MiB.");
            found.Add(key, new ImportFile(name, await File.ReadAllTextAsync(path, cancellationToken)));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            throw new ManagementException($"{path} cannot be read: {ex.Message}");
        }
    }

    /// <summary>What a file names: CLIProxyAPI's folder of logins, the token files of a Kiro proxy.</summary>
    private IEnumerable<string> NamedBy(ImportFile file)
    {
        if (!file.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return ConfigValues.Read(file.Text)?["auth-dir"] is JsonValue folder && folder.TryGetValue<string>(out var named) && named.Length > 0 ? [Expand(named)] : [];
        try
        {
            return JsonNode.Parse(file.Text) is JsonObject { } content && content["accounts"] is JsonArray accounts
                ? [.. accounts.OfType<JsonObject>().Select(account => account["token_path"]).OfType<JsonValue>().Select(path => Expand(path.ToString()))]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private string Expand(string path) => path == "~" ? home : LoginFiles.Expand(path, home);
}
