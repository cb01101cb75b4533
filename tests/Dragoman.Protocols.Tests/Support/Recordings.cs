namespace Dragoman.Protocols.Tests.Support;

/// <summary>
/// Recorded provider answers, kept beside the repository and not in it (see docs/testing.md). Where they are absent the tests that
/// replay them are skipped and say so.
/// </summary>
public static class Recordings
{
    private static readonly string? Root = Find();

    /// <summary>The recorded files of a language folder that end so (<c>.json</c>, <c>.chunks.txt</c>); skips the test where there are none.</summary>
    public static IReadOnlyList<string> Files(string folder, string ending)
    {
        var path = Root is null ? null : Path.Combine(Root, folder);
        Assert.SkipUnless(path is not null && Directory.Exists(path), "The recordings are not on this machine.");
        return [.. Directory.GetFiles(path!).Where(file => file.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }

    /// <summary>One recorded file, whole; skips the test where it is absent.</summary>
    public static string Read(string folder, string name)
    {
        var path = Root is null ? null : Path.Combine(Root, folder, name);
        Assert.SkipUnless(path is not null && File.Exists(path), "The recordings are not on this machine.");
        return File.ReadAllText(path!);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) continue;
            // Beside the checkout, or beside the checkout's parent (a worktree).
            for (var above = folder.Parent; above is not null; above = above.Parent)
            {
                var candidate = Path.Combine(above.FullName, "shared", "recordings");
                if (Directory.Exists(candidate)) return candidate;
            }
        }

        return null;
    }
}
