using System.CommandLine;
using Dragoman.Cli.Terminal;

namespace Dragoman.Cli.GatewayClient;

/// <summary>The options of every command that asks a running gateway: where it is, the secret, and how the answer is printed.</summary>
internal sealed class ManagementOptions
{
    public Option<string?> Url { get; } = new("--url") { Description = "The gateway's address. Default: $DRAGOMAN_URL, then the gateway that runs on the data folder, then the configuration's." };

    public Option<string?> Secret { get; } = new("--secret") { Description = "The management secret. Default: $DRAGOMAN_MANAGEMENT_SECRET. Not needed on the gateway's own machine unless it was set up so." };

    public Option<string?> Data { get; } = new("--data") { Description = "The data folder. Default: $DRAGOMAN_DATA, then ~/.dragoman." };

    public Option<bool> Json { get; } = new("--json") { Description = "Prints JSON." };

    /// <summary>Adds them to a command.</summary>
    public T AddTo<T>(T command)
        where T : Command
    {
        command.Add(Url);
        command.Add(Secret);
        command.Add(Data);
        command.Add(Json);
        return command;
    }

    /// <summary>
    /// Makes a command's action of what it does with the client: faults are printed as one line, and become the exit code.
    /// </summary>
    /// <param name="command">The command; it gets the options and the action.</param>
    /// <param name="action">What it does; the last argument is whether JSON is wanted.</param>
    public Command Run(Command command, Func<ManagementClient, ParseResult, bool, CancellationToken, Task<int>> action)
    {
        AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                using var client = new ManagementClient(GatewayAddress.Find(parsed.GetValue(Url), parsed.GetValue(Data)), SecretOf(parsed));
                return await action(client, parsed, parsed.GetValue(Json), cancellationToken);
            }
            catch (ManagementException ex)
            {
                await Console.Error.WriteLineAsync($"dragoman: {ex.Message}");
                return ExitCodes.Failure;
            }
        });
        return command;
    }

    /// <summary>Whether the caller says which gateway to ask: then nothing is done without it.</summary>
    public bool NamesGateway(ParseResult parsed) => GatewayAddress.IsNamed(parsed.GetValue(Url));

    /// <summary>The management secret that is sent; null for none.</summary>
    public string? SecretOf(ParseResult parsed) => parsed.GetValue(Secret) ?? Environment.GetEnvironmentVariable("DRAGOMAN_MANAGEMENT_SECRET");
}
