using System.Net.Sockets;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Lifetime;

namespace Dragoman.Cli.Commands;

/// <summary>A fault that ended a command: one line with the cause and what to do, never a stack trace.</summary>
internal static class CommandFault
{
    /// <summary>The variable that asks for the whole of an unexpected fault.</summary>
    private const string Debug = "DRAGOMAN_DEBUG";

    /// <summary>Tells it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> WriteErrorAsync(Exception fault)
    {
        if (fault is StartException { Problems.Count: > 0 } start)
        {
            foreach (var problem in start.Problems) await Console.Error.WriteLineAsync(problem.ToString());
            await Console.Error.WriteLineAsync($"dragoman: {start.Message}");
            return ExitCodes.Configuration;
        }

        // Asked to stop: that needs no words.
        if (fault is OperationCanceledException) return ExitCodes.Failure;
        await Console.Error.WriteLineAsync($"dragoman: {Describe(fault)}");
        return ExitCodes.Failure;
    }

    /// <summary>The cause and the remedy, for people.</summary>
    public static string Describe(Exception fault) => fault switch
    {
        ManagementException or StartException or StoreException or SecretUnreadableException => fault.Message,
        UnauthorizedAccessException => $"{OneLine(fault)} Check who may read and write it.",
        IOException or SocketException or HttpRequestException => OneLine(fault),
        DllNotFoundException or BadImageFormatException => $"A native library is missing or of another kind of machine: {OneLine(fault)} Install the program again whole.",
        TypeInitializationException { InnerException: { } inner } => Describe(inner),
        AggregateException { InnerException: { } inner } => Describe(inner),
        _ => Environment.GetEnvironmentVariable(Debug) is { Length: > 0 }
            ? fault.ToString()
            : $"An unexpected fault, which is a bug of this program: {fault.GetType().Name}: {OneLine(fault)} Set {Debug}=1 to see where it happened.",
    };

    private static string OneLine(Exception fault)
    {
        var line = fault.Message.ReplaceLineEndings(" ").Trim();
        return line.EndsWith('.') ? line : line + ".";
    }
}
