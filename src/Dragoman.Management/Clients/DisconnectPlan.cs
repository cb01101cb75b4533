namespace Dragoman.Management.Clients;

/// <summary>
/// Takes a connection back. A file that is as it was written becomes exactly what it was before. Where somebody changed it since, only what
/// was set is taken back, and of that only what is still as it was set.
/// </summary>
internal static class DisconnectPlan
{
    /// <summary>What becomes of the files.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="store">Where it is kept.</param>
    /// <param name="force">Whether the copies are to be put back over whatever was changed since.</param>
    public static IReadOnlyList<FileChange> Plan(Connection connection, ConnectionStore store, bool force)
        => [.. connection.Files.Select(known => Undo(ClientConfigFile.Read(known.Path), known, store.Original(connection, known), force))];

    /// <summary>What becomes of one file.</summary>
    public static FileChange Undo(ClientConfigFile file, ConnectedFile known, byte[]? original, bool force)
    {
        if (force || file.Hash == known.After || file.Hash == known.Before)
            return new FileChange(file, original, known.Mode, Secrets(file, known)) { Folders = known.Folders };
        if (file.Content is null)
            return new FileChange(file, null, null, []) { Left = [$"'{file.Path}' was removed since; --force brings back what it was."] };
        try
        {
            return UndoSettings(file, known);
        }
        catch (ClientFileException ex)
        {
            throw new ClientFileException($"'{file.Path}' was changed since and cannot be read now: {ex.Message}. Correct it, or restore the former file with --force.");
        }
    }

    private static FileChange UndoSettings(ClientConfigFile file, ConnectedFile known)
    {
        var format = ClientConfigFile.FormatOf(file.Path);
        var text = ClientConfigFile.Text(file.Path, file.Content)!;
        var left = new List<string>();
        // The last one first: what was made for several goes with the first of them.
        foreach (var setting in known.Settings.Reverse())
        {
            if (format.Find(text, setting.Path) is not { } raw)
            {
                if (setting.Before is not null) left.Add($"'{string.Join('.', setting.Path)}' was removed since and is not brought back.");
            }
            else if (!setting.Is(format, raw))
            {
                left.Add($"'{string.Join('.', setting.Path)}' was changed since and stays as it is.");
            }
            else
            {
                text = setting.Before is { } before ? format.Restore(text, setting.Path, before) : format.Remove(text, setting.Path, setting.Keep);
            }
        }

        var gone = known.Copy is null && format.IsEmpty(text);
        return new FileChange(file, gone ? null : ClientConfigFile.Bytes(text), known.Mode, Secrets(file, known)) { Folders = known.Folders, Left = left };
    }

    private static List<string> Secrets(ClientConfigFile file, ConnectedFile known)
    {
        var secrets = new List<string>();
        var format = ClientConfigFile.FormatOf(file.Path);
        foreach (var setting in known.Settings.Where(setting => setting.IsSecret))
        {
            secrets.Add(ConnectPlan.Bare(setting.Before));
            try
            {
                if (ClientConfigFile.Text(file.Path, file.Content) is { } text) secrets.Add(ConnectPlan.Bare(format.Find(text, setting.Path)));
            }
            catch (ClientFileException)
            {
                // It cannot be read; then it is only replaced, by force.
            }
        }

        return secrets;
    }
}
