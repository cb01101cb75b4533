namespace Dragoman.Gateway.Settings;

/// <summary>How bad a problem is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The file works, but not all of it does what it seems to say.</summary>
    Warning,

    /// <summary>The file cannot be used.</summary>
    Error,
}

/// <summary>Something wrong with the configuration, and what to do about it.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Path">The key (<c>openai-compatibility[1].base-url</c>); empty for the file as a whole.</param>
/// <param name="Line">The line, from 1; 0 when there is none.</param>
/// <param name="Column">The column, from 1; 0 when there is none.</param>
/// <param name="Message">What is wrong. Never a secret's value.</param>
/// <param name="Remedy">What to do, or null when the message says it.</param>
public sealed record ConfigDiagnostic(DiagnosticSeverity Severity, string Path, int Line, int Column, string Message, string? Remedy = null)
{
    /// <summary>The file it is in.</summary>
    public string File { get; init; } = "";

    /// <summary>One line for people and editors: <c>config.yaml:3:7: error: port: … Fix: …</c></summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}:{Column}: " : File.Length > 0 ? $"{File}: " : "";
        var key = Path.Length > 0 ? $"{Path}: " : "";
        var fix = Remedy is null ? "" : $" Fix: {Remedy}";
        return $"{place}{(Severity == DiagnosticSeverity.Error ? "error" : "warning")}: {key}{Message}{fix}";
    }
}
