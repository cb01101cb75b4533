using System.CommandLine;
using Dragoman.Cli.Options;
using Dragoman.Gateway.Configuration;

namespace Dragoman.Cli.GatewayClient;

/// <summary>
/// The options of commands that ask the running gateway, which knows most, and go by the configuration's file where none runs.
/// </summary>
internal sealed class GatewayOrConfig
{
    /// <summary>How long the gateway is waited for that is known to run.</summary>
    private static readonly TimeSpan RunningGatewayTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long whatever has the configuration's address is waited for.</summary>
    private static readonly TimeSpan OtherGatewayTimeout = TimeSpan.FromSeconds(5);

    public Dragoman.Cli.GatewayClient.ManagementOptions Gateway { get; } = new();

    public Option<string?> Config { get; } = new("--config", "-c") { Description = "The configuration file: that is meant, not the gateway that runs with another. Default: config.yaml in the data folder, then in this folder." };

    /// <summary>Adds the options and the action to a command; faults are one line and the exit code.</summary>
    public Command Run(Command command, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        command.Add(Config);
        Gateway.AddTo(command);
        command.SetAction(action);
        return command;
    }

    /// <summary>The configuration that <c>--config</c> or the usual places name; null when it cannot be used (the error was written).</summary>
    public GatewayConfig? Load(ParseResult parsed) => ConfigOptions.Load(parsed.GetValue(Config), parsed.GetValue(Gateway.Data));

    /// <summary>Whether <c>--config</c> names a file.</summary>
    public bool NamesConfig(ParseResult parsed) => parsed.GetValue(Config) is not null;

    /// <summary>Asks the gateway; null when none runs, and none was named.</summary>
    /// <exception cref="ManagementException">The gateway that was named does not answer, or refuses.</exception>
    public async Task<(T Answer, Uri Gateway)?> GetAsync<T>(ParseResult parsed, Func<ManagementClient, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
        where T : class
    {
        var address = GatewayAddress.Find(parsed.GetValue(Gateway.Url), parsed.GetValue(Gateway.Data), parsed.GetValue(Config));
        // Whatever has the usual port is not the gateway of a configuration that opens another one.
        if (address.Source == AddressSource.Default && DataFolder.ConfigFile(parsed.GetValue(Config), DataFolder.Resolve(parsed.GetValue(Gateway.Data))) is not null) return null;
        using var client = new ManagementClient(address, Gateway.SecretOf(parsed));
        if (address.Source == AddressSource.Named) return (await ask(client, cancellationToken), address.Address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(address.Source == AddressSource.Running ? RunningGatewayTimeout : OtherGatewayTimeout);
        try
        {
            return (await ask(client, limit.Token), address.Address);
        }
        catch (GatewayAbsentException)
        {
            return null;
        }
        catch (ManagementException ex)
        {
            // It runs on this data folder and refuses; or something else has the port that the configuration names.
            if (address.Source == AddressSource.Running) throw;
            await Console.Error.WriteLineAsync($"dragoman: {ex.Message}");
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            if (address.Source == AddressSource.Running) throw new ManagementException($"The gateway at {address.Address} runs, and does not answer.");
            await Console.Error.WriteLineAsync($"dragoman: {address.Address} does not answer.");
            return null;
        }
    }
}
