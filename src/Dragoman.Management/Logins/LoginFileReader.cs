using System.Text;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Hosting;

namespace Dragoman.Management.Logins;

/// <summary>
/// Reads the files in which other programs on the gateway's own machine keep their logins. Whoever calls may be elsewhere: only files directly in folders that the caller's
/// code names are opened, nothing but regular files of a bearable size, and no error tells what is in one. Files are read and never changed.
/// </summary>
public sealed class LoginFileReader(ProviderRegistry providers, ManagementPaths paths)
{
    private const int MaxBytes = 1 << 20;
    private const int MaxFiles = 1_000;

    /// <summary>The path that a person means by one with <c>~</c> for the home folder.</summary>
    public string Expand(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path == "~" ? paths.Home : path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(paths.Home, path[2..]) : path;
    }

    /// <summary>The JSON files directly in a folder that can be read, in the order of their names; none where there is no such folder.</summary>
    /// <param name="folder">The folder, with <c>~</c> for the home folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<LoginFile>> ListAsync(string folder, CancellationToken cancellationToken)
    {
        var found = new List<LoginFile>();
        foreach (var path in Names(Expand(folder)))
            if (await ReadAsync(path, cancellationToken) is { } file) found.Add(file);
        return found;
    }

    /// <summary>A file directly in one of some folders; an error where it is elsewhere, not there, or nothing that a login can be in.</summary>
    /// <param name="path">The file, with <c>~</c> for the home folder.</param>
    /// <param name="folders">The folders that may be read, with <c>~</c> for the home folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<LoginFile>> ReadAsync(string path, IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var error = ManagementError.Invalid($"There is no login in such a file, or it is not directly in {string.Join(" or ", folders)}.", "path", "file_not_allowed");
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)) return error;
        var full = Path.GetFullPath(Expand(path), paths.Home);
        if (!folders.Any(folder => Path.GetFullPath(Expand(folder)).TrimEnd(Path.DirectorySeparatorChar) == Path.GetDirectoryName(full))) return error;
        return await ReadAsync(full, cancellationToken) is { } file ? file : error;
    }

    /// <summary>What is imported of a file: its text, with that of the file beside it that belongs to the login where the provider knows of one.</summary>
    /// <param name="file">The file.</param>
    /// <param name="provider">The provider whose login is in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> ContentOfAsync(LoginFile file, string provider, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!providers.TryGet(provider, out var module)) return file.Text;
        var bytes = Encoding.UTF8.GetBytes(file.Text);
        // A name, never a path: what a file says must not lead elsewhere.
        var name = module.Logins.OfType<IImportLogin>().Select(flow => flow.CompanionOf(bytes)).FirstOrDefault(static name => name is not null);
        if (name is null || Path.GetFileName(name) != name) return file.Text;
        return await ReadAsync(Path.Combine(Path.GetDirectoryName(file.Path)!, name), cancellationToken) is { } beside ? $"[{file.Text},{beside.Text}]" : file.Text;
    }

    /// <summary>The digest by which the login of a content is known again; null where there is no login of the provider in it.</summary>
    public string? DigestOf(string content, string provider)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!providers.TryGet(provider, out var module)) return null;
        var bytes = Encoding.UTF8.GetBytes(content);
        return module.Logins.OfType<IImportLogin>().Select(flow => flow.Inspect(bytes)?.Digest).FirstOrDefault(static digest => digest is not null);
    }

    private static IReadOnlyList<string> Names(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Take(MaxFiles)] : [];
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static async Task<LoginFile?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            FileSystemInfo info = new FileInfo(path);
            if (info.LinkTarget is not null && info.ResolveLinkTarget(returnFinalTarget: true) is { } target) info = target;
            // Pipes and devices have no length; opening one might wait for ever.
            if (info is not FileInfo { Exists: true, Length: > 0 and <= MaxBytes } || info.Attributes.HasFlag(FileAttributes.Directory)) return null;
            return new LoginFile(path, await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A file in which a login may be.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Text">What is in it.</param>
public sealed record LoginFile(string Path, string Text)
{
    /// <summary>Its name without the ending.</summary>
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>A record would print its members.</summary>
    public override string ToString() => Path;
}
