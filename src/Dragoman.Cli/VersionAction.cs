using System.CommandLine;
using System.CommandLine.Invocation;
using Dragoman.Gateway.Providers;

namespace Dragoman.Cli;

/// <summary><c>dragoman --version</c>: the version and the commit it was built from.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(Product.Commit is { } commit ? $"{Product.Version}+{commit}" : Product.Version);
        return 0;
    }
}
