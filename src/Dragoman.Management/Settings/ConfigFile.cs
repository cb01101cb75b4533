using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Settings;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Settings;

/// <summary>
/// The configuration's file as the management API reads and writes it: whole, by the version that was read, never with a text that could not
/// be used. It is replaced in one step, keeps its mode and its place behind a symbolic link, and the last ten former texts stay in the data folder.
/// </summary>
/// <param name="path">The file, which may not be there yet; null when the gateway runs on a text of its own (demo, tests).</param>
/// <param name="backups">Where former texts are kept; null for nowhere.</param>
/// <param name="watcher">Takes a new text into force; null when the file is not followed.</param>
/// <param name="loader">Reads a text before it is written.</param>
/// <param name="time">The clock.</param>
public sealed class ConfigFile(string? path, string? backups, ConfigWatcher? watcher, ConfigLoader loader, TimeProvider time) : IAsyncDisposable
{
    /// <summary>The version of a file that is not there.</summary>
    public const string Nothing = "\"none\"";

    private const int KeptBackups = 10;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _written;

    /// <summary>The file, or null.</summary>
    public string? Path => path;

    /// <summary>The file's name, for people.</summary>
    internal string Name => System.IO.Path.GetFileName(path) ?? "";

    /// <summary>The text that is being written at this moment; null else. What takes it into force knows by it that it is no editor's.</summary>
    internal string? Written => Volatile.Read(ref _written);

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
    /// <param name="expectedVersion">The version that the caller saw; null or <c>*</c> for whichever stands there.</param>
    /// <param name="edit">Makes the new text of the old one, or says why not.</param>
    /// <param name="cancellationToken">Stops it before anything is written.</param>
    public async Task<ManagementResult<ConfigChange>> ChangeAsync(string? expectedVersion, Func<string, ManagementResult<string>> edit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(edit);
        if (path is null)
            return ManagementError.Conflict("This gateway runs on a configuration without a file, which cannot be changed.", "no_configuration_file", "Start it with --config FILE, or with a data folder.");
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var (old, current) = await ReadAsync(cancellationToken);
            if (expectedVersion is not (null or "*") && expectedVersion != current)
                return new ManagementError(ManagementErrorKind.VersionConflict, "version_changed", "The configuration was changed meanwhile; read it again.") { CurrentVersion = current };
            var edited = edit(old);
            if (!edited.Succeeded) return edited.Error;
            var text = edited.Value;
            if (text == old) return new ConfigChange(Problems, current, Changed: false);
            var checkedText = loader.Load(text, System.IO.Path.GetFileName(path));
            if (!checkedText.IsUsable)
                return new ManagementError(ManagementErrorKind.Unusable, "configuration_unusable", "The configuration would not be usable; nothing was written.") { Findings = [.. checkedText.Problems.Select(FindingOf)], CurrentVersion = current };
            if (current != Nothing) Keep(old);
            Volatile.Write(ref _written, text);
            Replace(path, text);
            watcher?.Reload();
            return new ConfigChange(checkedText.Problems, VersionOf(text), Changed: true) { Before = old, Text = text };
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return ManagementError.Conflict(
                $"The configuration file cannot be written: {ex.Message}", "configuration_not_writable",
                "Check the permissions of the file and its folder (a single file mounted into a container cannot be replaced; mount its folder).");
        }
        finally
        {
            Volatile.Write(ref _written, null);
            _gate.Release();
        }
    }

    /// <summary>Reads a text as the file's, and writes nothing.</summary>
    internal ConfigResult Check(string text) => loader.Load(text, Name.Length > 0 ? Name : "config.yaml");

    /// <summary>Whether a text could be used.</summary>
    internal bool IsUsable(string text) => Check(text).IsUsable;

    /// <summary>The version of a text.</summary>
    internal static string VersionOf(string text) => VersionOf(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    private static ManagementFinding FindingOf(ConfigDiagnostic problem)
        => new(problem.Path, problem.Message, problem.Remedy) { Line = problem.Line, Column = problem.Column, IsWarning = problem.Severity == DiagnosticSeverity.Warning };

    private static string VersionOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\"";

    private void Keep(string text)
    {
        if (backups is null) return;
        PrivateFiles.CreateFolder(backups);
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        Replace(System.IO.Path.Combine(backups, $"config-{stamp}.yaml"), text);
        foreach (var old in Directory.EnumerateFiles(backups, "config-*.yaml").OrderDescending(StringComparer.Ordinal).Skip(KeptBackups)) File.Delete(old);
    }

    private static void Replace(string file, string text)
    {
        var target = File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file : file;
        var part = $"{target}.{Guid.NewGuid():N}.part";
        try
        {
            using (var stream = new FileStream(part, PrivateFiles.Options(FileMode.CreateNew, FileAccess.Write, FileShare.Read)))
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
/// <param name="Problems">What was noticed in the new text; warnings only.</param>
/// <param name="Version">The version that stands now.</param>
/// <param name="Changed">Whether the file was written; false when it said so already.</param>
public sealed record ConfigChange(IReadOnlyList<ConfigDiagnostic> Problems, string Version, bool Changed)
{
    /// <summary>The former text; empty where nothing was written.</summary>
    public string Before { get; init; } = "";

    /// <summary>The new text; empty where nothing was written.</summary>
    public string Text { get; init; } = "";

    /// <summary>A record would print its members; these hold secrets.</summary>
    public override string ToString() => Changed ? $"changed to {Version}" : "not changed";
}
