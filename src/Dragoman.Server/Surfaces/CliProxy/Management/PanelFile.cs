using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Management.Hosting;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>
/// The page for managing that the owner has put on the gateway's machine: named by <c>MANAGEMENT_STATIC_PATH</c> (a file or a folder), else <c>static/management.html</c> beside the configuration. It is never fetched.
/// Its scripts and styles are allowed by their hashes and nothing else is, so that nothing that finds its way into the page runs.
/// </summary>
internal sealed partial class PanelFile(ManagementPaths paths, Func<string, string?> environment)
{
    private const string Name = "management.html";
    private const string Variable = "MANAGEMENT_STATIC_PATH";
    private const long MostBytes = 50L << 20;

    private volatile Panel? _known;

    /// <summary>The page; null where there is none.</summary>
    public async Task<Panel?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Find() is not { Exists: true, Length: > 0 and <= MostBytes } found) return null;
            var stamp = (found.FullName, found.LastWriteTimeUtc, found.Length);
            if (_known is { } known && known.Stamp == stamp) return known;
            var text = await File.ReadAllTextAsync(found.FullName, cancellationToken);
            return _known = new Panel(stamp, text, HeadersFor(text));
        }
        catch (Exception ex) when (ex is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FileInfo? Find()
    {
        if (environment(Variable) is { Length: > 0 } named) return new FileInfo(Directory.Exists(named) ? Path.Combine(named, Name) : named);
        return paths.ConfigFile is { } config && Path.GetDirectoryName(Path.GetFullPath(config)) is { } folder ? new FileInfo(Path.Combine(folder, "static", Name)) : null;
    }

    /// <summary>The headers: what the page may do.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> HeadersFor(string text)
    {
        var (scripts, styles) = (HashesOf(Scripts(), text), HashesOf(Styles(), text));
        return
        [
            new("Content-Security-Policy",
                $"default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' data: blob:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"),
            new("Cache-Control", "no-cache"), new("X-Content-Type-Options", "nosniff"), new("Referrer-Policy", "no-referrer"), new("Cross-Origin-Opener-Policy", "same-origin"), new("Cross-Origin-Resource-Policy", "same-origin"),
        ];
    }

    private static string HashesOf(Regex blocks, string text)
    {
        var hashes = blocks.Matches(text).Select(static match => match.Groups["inner"].Value).Where(static inner => inner.Length > 0)
            // Browsers hash what their parser made of the text, in which every line ends alike.
            .Select(static inner => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inner.Replace("\r\n", "\n", StringComparison.Ordinal))))}'").Distinct(StringComparer.Ordinal).ToList();
        return hashes.Count == 0 ? "'none'" : string.Join(' ', hashes);
    }

    [GeneratedRegex("<script\\b(?<attributes>[^>]*)>(?<inner>.*?)</script\\s*>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Scripts();

    [GeneratedRegex("<style\\b[^>]*>(?<inner>.*?)</style\\s*>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Styles();

    /// <param name="Stamp">By what a change of the file is seen.</param>
    /// <param name="Text">The page.</param>
    /// <param name="Headers">The headers that go with it.</param>
    internal sealed record Panel((string, DateTime, long) Stamp, string Text, IReadOnlyList<KeyValuePair<string, string>> Headers);
}
