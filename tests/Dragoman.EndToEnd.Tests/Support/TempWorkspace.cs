namespace Dragoman.EndToEnd.Tests.Support;

/// <summary>A home and a working folder of its own for one run of an agent, gone afterwards.</summary>
internal sealed class TempWorkspace : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dragoman-e2e-");

    /// <summary>Opens one.</summary>
    public TempWorkspace()
    {
        Home = _root.CreateSubdirectory("home").FullName;
        Folder = _root.CreateSubdirectory("work").FullName;
    }

    /// <summary>The agent's home folder: its settings and nothing of the user's.</summary>
    public string Home { get; }

    /// <summary>Where the agent works.</summary>
    public string Folder { get; }

    /// <summary>Writes a file into the home folder.</summary>
    public void Settle(string path, string text)
    {
        var file = Path.Combine(Home, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _root.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A child of the agent may still be writing; the system's own cleaning takes the rest.
        }
    }
}
