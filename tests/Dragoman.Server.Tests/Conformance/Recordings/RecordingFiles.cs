namespace Dragoman.Server.Tests.Conformance.Recordings;

/// <summary>The recorded provider answers that lie beside the repository; tests that replay them are skipped where they are absent.</summary>
public static class RecordingFiles
{
    private static readonly string? Root = Find();

    /// <summary>All of them, as folder/file; empty where they are absent.</summary>
    public static IReadOnlyList<string> All { get; } = Root is null
        ? []
        : [.. Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Root, file)).Where(file => file.Contains('/', StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static string Read(string file)
    {
        Assert.SkipWhen(Root is null || file.Length == 0, "The recordings are not on this machine.");
        return File.ReadAllText(Path.Combine(Root!, file));
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "recordings");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
