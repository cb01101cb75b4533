namespace Dragoman.EndToEnd.Tests.Support;

/// <summary>tests/clients, where the SDKs, the agents and the mock are installed by tests/setup.</summary>
internal static class ClientsFolder
{
    private static readonly string? Root = Find();

    /// <summary>A file of the folder; the test is skipped when it is not there.</summary>
    public static string File(params string[] parts)
    {
        if (Root is null) Assert.Skip("tests/clients was not found beside the tests.");
        var path = Path.Combine([Root, .. parts]);
        if (!System.IO.File.Exists(path)) Assert.Skip($"tests/clients/{string.Join('/', parts)} is not installed; run tests/setup.");
        return path;
    }

    /// <summary>The command of an installed package; the test is skipped when it is not there.</summary>
    public static string Command(string name) => File("node_modules", ".bin", name);

    /// <summary>Node itself; the test is skipped when it is not installed.</summary>
    public static string Node() => OnPath("node");

    /// <summary>A command of the system; the test is skipped when it is not installed.</summary>
    public static string OnPath(string command)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, command);
            if (System.IO.File.Exists(path)) return path;
        }

        Assert.Skip($"{command} is not installed.");
        return "";
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var clients = Path.Combine(folder.FullName, "tests", "clients");
            if (System.IO.File.Exists(Path.Combine(clients, "package.json"))) return clients;
        }

        return null;
    }
}
