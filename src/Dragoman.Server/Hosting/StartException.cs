using Dragoman.Gateway.Configuration;

namespace Dragoman.Server.Hosting;

/// <summary>The gateway cannot start, for a reason its operator can mend.</summary>
public sealed class StartException(string message, IReadOnlyList<ConfigProblem>? problems = null) : Exception(message)
{
    /// <summary>What is wrong with the configuration, where that is the reason.</summary>
    public IReadOnlyList<ConfigProblem> Problems { get; } = problems ?? [];
}
