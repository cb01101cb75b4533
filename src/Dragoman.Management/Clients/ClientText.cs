using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dragoman.Management.Clients;

/// <summary>Makes the texts to copy of the very settings that connecting a client writes.</summary>
internal static partial class ClientText
{
    /// <summary>The files as they are where nothing was there before.</summary>
    /// <param name="client">The client.</param>
    /// <param name="gateway">The gateway, with a placeholder for its key.</param>
    public static IEnumerable<ClientBlock> Files(ClientConfig client, GatewayEndpoint gateway)
    {
        var places = new ClientPaths("~", static _ => null);
        foreach (var edit in client.Edits(places, gateway))
        {
            var format = ClientConfigFile.FormatOf(edit.Path);
            var text = edit.Settings.Aggregate("", (before, setting) => format.Set(before, setting.Path, setting.Value)).TrimEnd();
            var path = edit.Path.Replace('\\', '/');
            yield return new ClientBlock(path, "file", format switch { TomlFormat => "toml", DotEnvFormat => "ini", _ => "json" }, path, text);
        }
    }

    /// <summary>The variables that a file would set for the client alone, exported for one shell.</summary>
    /// <param name="settings">The settings, whose last words are the variables.</param>
    /// <param name="command">The command that starts the client.</param>
    public static ClientBlock Shell(IEnumerable<Setting> settings, string command)
        => new("Shell", "shell", "sh", null, string.Join('\n', [.. settings.Select(static setting => $"export {setting.Path[^1]}={Word(ValueOf(setting.Value))}"), command]));

    /// <summary>A word of a shell's line; a variable in it stays one.</summary>
    public static string Word(string value) => Plain().IsMatch(value) ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string ValueOf(string raw) => raw.StartsWith('"') ? JsonSerializer.Deserialize<string>(raw)! : raw.Trim('\'');

    [GeneratedRegex(@"^[A-Za-z0-9_:/.@%+,=$\-]+$", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Plain();
}
