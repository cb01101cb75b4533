using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;

namespace Dragoman.Server.Panel;

/// <summary>
/// The built files of the panel, which stand in this assembly where they were there when it was built. Each may have compressed forms beside it (<c>.br</c>, <c>.gz</c>), made by the front end's build.
/// </summary>
internal sealed class PanelFiles
{
    /// <summary>What the logical name of every file begins with.</summary>
    private const string Prefix = "panel/";

    /// <summary>The page.</summary>
    public const string Index = "index.html";

    private readonly FrozenDictionary<string, PanelFile> _files;

    /// <summary>Takes files by their paths below the panel's folder, compressed forms among them.</summary>
    /// <param name="names">The paths.</param>
    /// <param name="open">Opens one.</param>
    public PanelFiles(IEnumerable<string> names, Func<string, Stream> open)
    {
        var all = names.ToHashSet(StringComparer.Ordinal);
        _files = all.Where(name => !IsCompressedForm(name)).Select(name => new PanelFile(name, FormsOf(name), open)).ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);

        bool IsCompressedForm(string name) => ContentForm.Compressed.Any(form => name.EndsWith(form.Ending, StringComparison.Ordinal) && all.Contains(name[..^form.Ending.Length]));

        ImmutableArray<ContentForm> FormsOf(string name) => [.. ContentForm.Compressed.Where(form => all.Contains(name + form.Ending))];
    }

    /// <summary>Whether the panel is there.</summary>
    public bool AreThere => _files.ContainsKey(Index);

    /// <summary>The files that were built into this program.</summary>
    public static PanelFiles Embedded()
    {
        var assembly = typeof(PanelFiles).Assembly;
        // Names are made of paths, which one system writes with the other bar.
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(name => name[Prefix.Length..].Replace('\\', '/'), StringComparer.Ordinal);
        return new PanelFiles(names.Keys, path => Open(assembly, names[path]));
    }

    /// <summary>A file; null for none.</summary>
    public PanelFile? Find(string path) => _files.GetValueOrDefault(path);

    private static Stream Open(Assembly assembly, string name) => assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in this program.");
}
