using System.CommandLine;
using System.Net.Sockets;
using Dragoman.Cli.Options;
using Dragoman.Cli.Terminal;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman emulate</c>: runs the emulated upstreams alone.</summary>
internal static class EmulateCommand
{
    public static Command Create()
    {
        var port = PortOption.Create("The port (0: any free one). Default: 8399.");
        var open = new Option<bool>("--no-auth") { Description = "Answers requests without a key too." };
        var command = new Command("emulate", "Runs emulated upstreams (OpenAI, Anthropic, Gemini, Bedrock) to build and test against, offline.") { port, open };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var signals = new StopSignals();
                await using var emulators = await EmulatorHost.StartAsync(new EmulatorOptions { Port = parsed.GetValue(port) ?? 8399, RequireCredentials = !parsed.GetValue(open) }, cancellationToken);
                Console.Out.WriteLine($"Emulated upstreams listen on {emulators.Address} (any key will do; see src/Dragoman.Emulators/README.md for faults and scripts).");
                await signals.First.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Asked to stop.
            }
            catch (Exception ex) when (ex is IOException or SocketException)
            {
                Console.Error.WriteLine($"dragoman: {ex.Message.TrimEnd('.')}. Choose another port with --port.");
                return ExitCodes.Failure;
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
