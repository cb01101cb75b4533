namespace Dragoman.Management.Clients;

/// <summary>What a client was connected with: enough to undo it. Kept beside the copies of its files.</summary>
internal sealed record Connection
{
    /// <summary>The client's name.</summary>
    public required string Client { get; init; }

    /// <summary>The gateway's address.</summary>
    public required string Url { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The files that were changed.</summary>
    public required IReadOnlyList<ConnectedFile> Files { get; init; }
}

/// <summary>A file that was changed.</summary>
internal sealed record ConnectedFile
{
    /// <summary>Where it is.</summary>
    public required string Path { get; init; }

    /// <summary>The hash of what was there before; empty for no file.</summary>
    public required string Before { get; init; }

    /// <summary>The hash of what was written.</summary>
    public required string After { get; init; }

    /// <summary>The mode it had, or null.</summary>
    public UnixFileMode? Mode { get; init; }

    /// <summary>The name of the copy of what was there before, beside this record; null for no file.</summary>
    public string? Copy { get; init; }

    /// <summary>Folders that were made for it, innermost first.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>What was set.</summary>
    public required IReadOnlyList<ConnectedSetting> Settings { get; init; }
}

/// <summary>What was set in a file.</summary>
/// <param name="Path">The setting's name, word by word.</param>
/// <param name="Before">The value it had, as it stood; null for none.</param>
/// <param name="Written">The value it was given, or of a secret its hash.</param>
/// <param name="Keep">How many words of the name were there before.</param>
internal sealed record ConnectedSetting(IReadOnlyList<string> Path, string? Before, string Written, int Keep)
{
    private const string HashMark = "sha256:";

    /// <summary>Whether the value written is a secret.</summary>
    public bool IsSecret => Written.StartsWith(HashMark, StringComparison.Ordinal);

    /// <summary>What is kept of a value.</summary>
    public static string Kept(Setting setting) => setting.Secret ? HashMark + ClientConfigFile.HashOf(ClientConfigFile.Bytes(setting.Value.Trim())) : setting.Value;

    /// <summary>Whether a value is still the one that was written.</summary>
    public bool Is(IConfigFormat format, string raw)
        => IsSecret ? Written == HashMark + ClientConfigFile.HashOf(ClientConfigFile.Bytes(raw.Trim())) : format.Same(Written, raw);
}
