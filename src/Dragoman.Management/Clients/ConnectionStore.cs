using System.Text.Json;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Clients;

/// <summary>The connections made from a data folder, each in a folder of its own below <c>connect/</c> that only its owner can read.</summary>
internal sealed class ConnectionStore(string dataFolder)
{
    private const string RecordName = "connection.json";
    private static readonly JsonSerializerOptions Indented = new(ManagementJson.Options) { WriteIndented = true };
    private readonly string _root = Path.Combine(dataFolder, "connect");

    /// <summary>All connections that are in force.</summary>
    public IReadOnlyList<Connection> List()
    {
        if (!Directory.Exists(_root)) return [];
        return [.. Directory.EnumerateDirectories(_root).Order(StringComparer.Ordinal).Select(Read).OfType<Connection>()];
    }

    /// <summary>The connection of a client whose first file is the given one, or null.</summary>
    public Connection? Find(string client, string firstFile) => Read(FolderOf(client, firstFile));

    /// <summary>What was in a file before; null for no file.</summary>
    public byte[]? Original(Connection connection, ConnectedFile file)
    {
        if (file.Copy is null) return null;
        var copy = Path.Combine(FolderOf(connection), file.Copy);
        var content = ClientConfigFile.Read(copy).Content;
        return ClientConfigFile.HashOf(content) == file.Before ? content : throw new ClientFileException($"The copy of '{file.Path}' at '{copy}' is damaged or gone.");
    }

    /// <summary>Keeps a connection and the copies of what its files were, before any of them is changed.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="originals">What was in each of its files, in their order; null for no file.</param>
    public void Save(Connection connection, IReadOnlyList<byte[]?> originals)
    {
        var folder = FolderOf(connection);
        PrivateFiles.CreateFolder(folder);
        for (var i = 0; i < originals.Count; i++)
        {
            if (connection.Files[i].Copy is { } copy) ClientConfigFile.Write(Path.Combine(folder, copy), originals[i]!, mode: null);
        }

        ClientConfigFile.Write(Path.Combine(folder, RecordName), JsonSerializer.SerializeToUtf8Bytes(connection, Indented), mode: null);
        // Copies of an earlier connection that this one took the place of.
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            if (Path.GetFileName(file) is var name && name != RecordName && connection.Files.All(known => known.Copy != name)) File.Delete(file);
        }
    }

    /// <summary>Forgets a connection that has been undone.</summary>
    public void Remove(Connection connection)
    {
        Directory.Delete(FolderOf(connection), recursive: true);
        if (!Directory.EnumerateFileSystemEntries(_root).Any()) Directory.Delete(_root);
    }

    private string FolderOf(Connection connection) => FolderOf(connection.Client, connection.Files[0].Path);

    /// <summary>A client may be connected at several places (<c>CLAUDE_CONFIG_DIR</c>, …): the place is part of the name.</summary>
    private string FolderOf(string client, string firstFile) => Path.Combine(_root, $"{client}-{ClientConfigFile.HashOf(ClientConfigFile.Bytes(firstFile))[..8]}");

    private static Connection? Read(string folder)
    {
        var record = Path.Combine(folder, RecordName);
        if (!File.Exists(record)) return null;
        try
        {
            return JsonSerializer.Deserialize<Connection>(File.ReadAllText(record), ManagementJson.Options);
        }
        catch (Exception ex) when (ex is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ClientFileException($"'{record}' cannot be read: {ex.Message}");
        }
    }
}
