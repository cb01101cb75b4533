namespace Dragoman.Server.Tests.Forwarding;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string File(params string[] parts)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent;
        return Path.Combine([folder?.FullName ?? throw new DirectoryNotFoundException("The repository was not found above the tests."), .. parts]);
    }
}
