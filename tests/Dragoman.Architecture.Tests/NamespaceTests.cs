
namespace Dragoman.Architecture.Tests;

/// <summary>
/// Which namespace may use which other (docs/architecture.md). The list of what is allowed is <c>namespaces.txt</c>: a line a namespace. A new arrow
/// needs a line there, which a reviewer sees; <c>DRAGOMAN_WRITE_NAMESPACES=1</c> writes the file anew.
/// </summary>
public sealed class NamespaceTests
{
    private const string ListName = "namespaces.txt";

    private static readonly string[] Assemblies =
        ["Dragoman.Protocols", "Dragoman.Gateway", "Dragoman.Providers", "Dragoman.Storage", "Dragoman.Management", "Dragoman.Server", "Dragoman.Emulators", "dragoman"];

    private static string ListPath => Path.Combine(RepositoryFiles.Root, "tests", "Dragoman.Architecture.Tests", ListName);

    private static Dependencies Read() => Dependencies.Read(Assemblies.Select(name => Path.Combine(AppContext.BaseDirectory, $"{name}.dll")));

    [Fact]
    public void Namespaces_use_only_what_is_listed()
    {
        var found = Read().Edges;
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_NAMESPACES") == "1") File.WriteAllLines(ListPath, found.Select(pair => $"{pair.Key}: {string.Join(' ', pair.Value.Keys)}"));
        var allowed = File.ReadLines(ListPath).Select(line => line.Split(": ")).ToDictionary(parts => parts[0], parts => parts[1].Split(' ').ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        found.SelectMany(pair => pair.Value.Where(target => !allowed.TryGetValue(pair.Key, out var targets) || !targets.Contains(target.Key))
                .Select(target => $"{pair.Key} -> {target.Key} ({string.Join(", ", target.Value.Take(3))})"))
            .ShouldBeEmpty($"arrows that {ListName} does not allow");
        allowed.SelectMany(pair => pair.Value.Where(target => !found.TryGetValue(pair.Key, out var targets) || !targets.ContainsKey(target)).Select(target => $"{pair.Key} -> {target}"))
            .ShouldBeEmpty($"lines of {ListName} that nothing uses any more");
    }

    [Fact]
    public void Namespaces_form_no_circle() => Read().Circles().Select(circle => string.Join(", ", circle)).ShouldBeEmpty();
}
