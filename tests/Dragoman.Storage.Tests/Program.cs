using Dragoman.Storage.Tests.Support;

namespace Dragoman.Storage.Tests;

/// <summary>Runs the tests, or (started by a test) a process that writes until it is killed.</summary>
public static class Program
{
    public static Task<int> Main(string[] args)
    {
        if (args is ["--writer", ..]) return DoomedWriter.RunAsync(args[1..]);
        if (args.Any(arg => arg is "--server" or "--internal-msbuild-node"))
            return Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
        return Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
    }
}
