namespace Dragoman.Cli.Terminal;

/// <summary>What the command's exit code means.</summary>
internal static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The command ran and found a fault (a failed check, an unknown model).</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The configuration cannot be used.</summary>
    public const int Configuration = 78;
}
