
using Dragoman.Gateway.Settings;

namespace Dragoman.Server.Lifetime;

/// <summary>The gateway cannot start, for a reason its operator can mend.</summary>
public sealed class StartException(string message, IReadOnlyList<ConfigDiagnostic>? problems = null) : Exception(message)
{
    /// <summary>What is wrong with the configuration, where that is the reason.</summary>
    public IReadOnlyList<ConfigDiagnostic> Problems { get; } = problems ?? [];
}
