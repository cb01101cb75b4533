using Mono.Cecil;

namespace Dragoman.Architecture.Tests;

/// <summary>The compiled assemblies of <c>src/</c>, as they stand beside this test.</summary>
internal static class SourceAssemblies
{
    private static readonly Lazy<IReadOnlyList<ModuleDefinition>> Modules = new(static () => [.. Paths().Select(path => ModuleDefinition.ReadModule(path, new ReaderParameters { InMemory = true }))]);

    /// <summary>Every type, nested ones and those of the compiler included.</summary>
    public static IEnumerable<TypeDefinition> Types() => Modules.Value.SelectMany(module => module.GetTypes());

    /// <summary>The namespace a type belongs to, also one that the compiler made within it.</summary>
    public static string NamespaceOf(TypeReference type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.Namespace;
    }

    private static IEnumerable<string> Paths()
    {
        var folder = Path.GetDirectoryName(typeof(SourceAssemblies).Assembly.Location)!;
        return Directory.EnumerateFiles(folder, "Dragoman.*.dll").Append(Path.Combine(folder, "dragoman.dll")).Where(path => !path.Contains("Tests", StringComparison.Ordinal) && !path.EndsWith("Testing.dll", StringComparison.Ordinal));
    }
}
