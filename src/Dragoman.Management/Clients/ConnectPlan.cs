namespace Dragoman.Management.Clients;

/// <summary>Works out what connecting a client changes, and does it.</summary>
internal sealed class ConnectPlan
{
    private readonly ConnectionStore _store;
    private readonly List<byte[]?> _originals = [];

    private ConnectPlan(ConnectionStore store) => _store = store;

    /// <summary>What becomes of the files.</summary>
    public List<FileChange> Changes { get; } = [];

    /// <summary>The record of it.</summary>
    public Connection Connection { get; private set; } = null!;

    /// <summary>
    /// Plans a connection. One that is in force already is taken back first in thought, so that what it found is what an undo restores,
    /// however often a client is connected anew.
    /// </summary>
    public static ConnectPlan Plan(ClientConfig client, ClientPaths places, GatewayEndpoint gateway, ConnectionStore store, DateTimeOffset now)
    {
        var plan = new ConnectPlan(store);
        var edits = client.Edits(places, gateway);
        var earlier = store.Find(client.Name, edits[0].Path);
        plan.Connection = new Connection
        {
            Client = client.Name,
            Url = gateway.Base,
            At = now,
            Files = [.. edits.Select((edit, place) => plan.Add(edit, place, earlier))],
        };
        return plan;
    }

    /// <summary>Keeps the record and the copies, then changes the files: an undo finds its way from wherever this is broken off.</summary>
    public void Apply()
    {
        _store.Save(Connection, _originals);
        foreach (var change in Changes.Where(change => change.IsNeeded)) change.Apply();
    }

    private ConnectedFile Add(FileEdit edit, int place, Connection? earlier)
    {
        var file = ClientConfigFile.Read(edit.Path);
        var format = ClientConfigFile.FormatOf(edit.Path);
        var known = earlier?.Files.FirstOrDefault(known => known.Path == edit.Path);
        try
        {
            var undone = known is null ? null : DisconnectPlan.Undo(file, known, _store.Original(earlier!, known), force: false);
            var original = undone is null ? file.Content : undone.After;
            var text = ClientConfigFile.Text(edit.Path, original) ?? "";
            var settings = new List<ConnectedSetting>();
            var secrets = new List<string>(undone?.Secrets ?? []);
            foreach (var setting in edit.Settings)
            {
                var before = format.Find(text, setting.Path);
                settings.Add(new ConnectedSetting(setting.Path, before, ConnectedSetting.Kept(setting), format.Depth(text, setting.Path)));
                if (setting.Secret) secrets.AddRange([Bare(setting.Value), Bare(before)]);
                text = format.Set(text, setting.Path, setting.Value);
            }

            var after = ClientConfigFile.Bytes(text);
            // A file that holds a key is nobody else's to read.
            var narrow = edit.Settings.Any(setting => setting.Secret) && !OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : (UnixFileMode?)null;
            Changes.Add(new FileChange(file, after, narrow, secrets));
            _originals.Add(original);
            return new ConnectedFile
            {
                Path = edit.Path,
                Before = ClientConfigFile.HashOf(original),
                After = ClientConfigFile.HashOf(after),
                Mode = known is null ? file.Mode : known.Mode,
                Copy = original is null ? null : $"{place}-{Path.GetFileName(edit.Path).TrimStart('.')}",
                Folders = known is null ? Missing(edit.Path) : known.Folders,
                Settings = settings,
            };
        }
        catch (ClientFileException ex)
        {
            throw new ClientFileException($"'{edit.Path}' cannot be edited: {ex.Message.TrimEnd('.')}. Correct it, or write the lines of docs/guide/clients.md by hand.");
        }
    }

    /// <summary>A raw value without its quotes.</summary>
    internal static string Bare(string? raw) => raw?.Trim('"', '\'') ?? "";

    private static List<string> Missing(string path)
    {
        var folders = new List<string>();
        for (var folder = Path.GetDirectoryName(path); folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)) folders.Add(folder);
        return folders;
    }
}
