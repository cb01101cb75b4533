using YamlDotNet.Core;

namespace Dragoman.Gateway.Configuration;

/// <summary>Collects everything that is wrong with one file.</summary>
internal sealed class ProblemLog(string file)
{
    private readonly List<ConfigProblem> found = [];

    /// <summary>Whether the file cannot be used.</summary>
    public bool HasErrors => found.Exists(problem => problem.Severity == ProblemSeverity.Error);

    /// <summary>What was found, in the order of the file.</summary>
    public IReadOnlyList<ConfigProblem> InOrder() => [.. found.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    /// <summary>Notes something that makes the file unusable.</summary>
    public void Error(string path, int line, int column, string message, string? remedy = null)
        => found.Add(new ConfigProblem(ProblemSeverity.Error, path, line, column, message, remedy) { File = file });

    /// <summary>Notes something that makes the file unusable.</summary>
    public void Error(string path, Mark place, string message, string? remedy = null)
        => Error(path, (int)place.Line, (int)place.Column, message, remedy);

    /// <summary>Notes something that the owner should know.</summary>
    public void Warn(string path, int line, int column, string message, string? remedy = null)
        => found.Add(new ConfigProblem(ProblemSeverity.Warning, path, line, column, message, remedy) { File = file });
}
