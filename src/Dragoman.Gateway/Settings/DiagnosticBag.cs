namespace Dragoman.Gateway.Settings;

/// <summary>Collects everything that is wrong with one file or document.</summary>
/// <param name="file">The name of the file to show in problems; empty for a document that is in no file.</param>
public sealed class DiagnosticBag(string file)
{
    private readonly List<ConfigDiagnostic> _found = [];

    /// <summary>Where what the readers ask for is noted; null for nowhere.</summary>
    internal SettingsRecord? Record { get; init; }

    /// <summary>Whether the file cannot be used.</summary>
    public bool HasErrors => _found.Exists(problem => problem.Severity == DiagnosticSeverity.Error);

    /// <summary>What was found, in the order of the file.</summary>
    public IReadOnlyList<ConfigDiagnostic> InOrder() => [.. _found.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    /// <summary>Notes something that makes the file unusable.</summary>
    public void Error(string path, int line, int column, string message, string? remedy = null)
        => _found.Add(new ConfigDiagnostic(DiagnosticSeverity.Error, path, line, column, message, remedy) { File = file });

    /// <summary>Notes something that the owner should know.</summary>
    public void Warn(string path, int line, int column, string message, string? remedy = null)
        => _found.Add(new ConfigDiagnostic(DiagnosticSeverity.Warning, path, line, column, message, remedy) { File = file });
}
