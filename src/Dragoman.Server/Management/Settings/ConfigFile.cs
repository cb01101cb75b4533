using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Settings;

namespace Dragoman.Server.Management.Settings;

/// <summary>
/// The configuration's file as the management API reads and writes it: whole, by the version that was read, never with a text that could not
/// be used. It is replaced in one step, keeps its mode and its place behind a symbolic link, and the last ten former texts stay in the data folder.
/// </summary>
/// <param name="path">The file, which may not be there yet; null when the gateway runs on a text of its own (demo, tests).</param>
/// <param name="backups">Where former texts are kept; null for nowhere.</param>
/// <param name="watcher">Takes a new text into force; null when the file is not followed.</param>
/// <param name="loader">Reads a text before it is written.</param>
/// <param name="time">The clock.</param>
internal sealed class ConfigFile(string? path, string? backups, ConfigWatcher? watcher, ConfigLoader loader, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The version of a file that is not there.</summary>
    public const string Nothing = "\"none\"";

    private const int KeptBackups = 10;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The file, or null.</summary>
    public string? Path => path;

    /// <summary>What was wrong with the text when it was last read.</summary>
    public IReadOnlyList<ConfigDiagnostic> Problems => watcher?.LastResult.Problems ?? [];

    /// <summary>The text and its version.</summary>
    public async Task<(string Text, string Version)> ReadAsync(CancellationToken cancellationToken)
    {
        if (path is null || !File.Exists(path)) return ("", Nothing);
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        return (Encoding.UTF8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes), VersionOf(bytes));
    }

    /// <summary>Changes the text in one step: reads it, checks the version, edits, validates, writes and takes it into force.</summary>
    /// <param name="version">The version that the caller saw; null or <c>*</c> for whichever stands there.</param>
    /// <param name="edit">Makes the new text of the old one, or says why not.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public async Task<ConfigChange> ChangeAsync(string? version, Func<string, (string? Text, ManagementError? Fault)> edit, CancellationToken cancellationToken)
    {
        if (path is null)
            return ConfigChange.Refused(ManagementError.Conflict("This gateway runs on a configuration without a file, which cannot be changed. Start it with --config FILE, or with a data folder.", "no_configuration_file"));
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var (old, current) = await ReadAsync(cancellationToken);
            if (version is not (null or "*") && version != current) return ConfigChange.Refused(ManagementError.PreconditionFailed("The configuration was changed meanwhile; read it again."));
            var (text, fault) = edit(old);
            if (text is null) return ConfigChange.Refused(fault!);
            if (text == old) return new ConfigChange(null, Problems, current, Changed: false);
            var checkedText = loader.Load(text, System.IO.Path.GetFileName(path));
            if (!checkedText.IsUsable) return new ConfigChange(null, checkedText.Problems, current, Changed: false) { Unusable = true };
            if (current != Nothing) Keep(old);
            Replace(path, text);
            watcher?.Reload();
            return new ConfigChange(null, checkedText.Problems, VersionOf(Encoding.UTF8.GetBytes(text)), Changed: true);
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return ConfigChange.Refused(ManagementError.Conflict($"The configuration file cannot be written: {ex.Message} Check the permissions of the file and its folder (a single file mounted into a container cannot be replaced; mount its folder).", "configuration_not_writable"));
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string VersionOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"";

    private void Keep(string text)
    {
        if (backups is null) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(backups);
        else Directory.CreateDirectory(backups, Private | UnixFileMode.UserExecute);
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        Replace(System.IO.Path.Combine(backups, $"config-{stamp}.yaml"), text);
        foreach (var old in Directory.EnumerateFiles(backups, "config-*.yaml").OrderDescending(StringComparer.Ordinal).Skip(KeptBackups)) File.Delete(old);
    }

    private static void Replace(string file, string text)
    {
        var target = File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file : file;
        var part = $"{target}.{Guid.NewGuid():N}.part";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
        try
        {
            using (var stream = new FileStream(part, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            if (!OperatingSystem.IsWindows() && File.Exists(target)) File.SetUnixFileMode(part, File.GetUnixFileMode(target));
            File.Move(part, target, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}

/// <summary>What came of a change of the configuration's file.</summary>
/// <param name="Fault">Why nothing was done; or null.</param>
/// <param name="Problems">What is wrong with the new text, or was noticed in it.</param>
/// <param name="Version">The version that stands now.</param>
/// <param name="Changed">Whether the file was written.</param>
internal sealed record ConfigChange(ManagementError? Fault, IReadOnlyList<ConfigDiagnostic> Problems, string Version, bool Changed)
{
    /// <summary>Whether the new text could not be used, so that nothing was written.</summary>
    public bool Unusable { get; init; }

    public static ConfigChange Refused(ManagementError fault) => new(fault, [], ConfigFile.Nothing, Changed: false);
}
