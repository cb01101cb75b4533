using System.CommandLine;
using Dragoman.Cli.Options;
using Dragoman.Cli.Terminal;
using Dragoman.Server.Hosting;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman serve</c>: runs the gateway until it is asked to stop.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file. Default: config.yaml in the data folder, then in this folder." };
        var data = new Option<string?>("--data") { Description = "The folder for what lasts. Default: $DRAGOMAN_DATA, then ~/.dragoman." };
        var port = PortOption.Create("The port, in place of the configured one (0: any free one).");
        var host = new Option<string?>("--host") { Description = "The address to bind, in place of the configured one." };
        var demo = new Option<bool>("--demo") { Description = "Starts with emulated upstreams and prints commands to try." };
        var json = new Option<bool>("--log-json") { Description = "Logs as JSON objects, one a line." };
        var level = new Option<LogLevel>("--log-level") { Description = "The least level that is logged.", DefaultValueFactory = _ => LogLevel.Information };
        level.AcceptOnlyFromAmong(Enum.GetNames<LogLevel>());
        var command = new Command("serve", "Runs the gateway.") { config, data, port, host, demo, json, level };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new StartOptions
            {
                ConfigFile = parsed.GetValue(config),
                DataFolder = parsed.GetValue(data),
                Port = parsed.GetValue(port),
                Host = parsed.GetValue(host),
                JsonLogs = parsed.GetValue(json),
                LogLevel = parsed.GetValue(level),
                CanRestart = true,
                Emulators = new EmulatorLauncher(),
            },
            parsed.GetValue(demo),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(StartOptions options, bool demo, CancellationToken cancellationToken)
    {
        using var signals = new StopSignals();
        await using var demonstration = demo ? await Demo.StartAsync(cancellationToken) : null;
        options = demonstration is not null ? demonstration.Configure(options) : Locate(options);
        while (await ServeAsync(options, demonstration, signals, cancellationToken) is { } again)
        {
            // A port that the system chose stays the one that clients know.
            options = options.Port == 0 ? options with { Port = again.Port } : options;
        }

        return ExitCodes.Success;
    }

    /// <summary>Runs the gateway once.</summary>
    /// <returns>The address it listened on, when it is to start again; null when it is to end.</returns>
    private static async Task<Uri?> ServeAsync(StartOptions options, Demo? demonstration, StopSignals signals, CancellationToken cancellationToken)
    {
        await using var gateway = await GatewayHost.StartAsync(options, cancellationToken);
        foreach (var problem in gateway.Problems) await Console.Error.WriteLineAsync(problem.ToString());
        await Console.Out.WriteLineAsync($"dragoman {Dragoman.Gateway.Providers.Product.Version} listens on {string.Join(", ", gateway.Addresses.Select(address => address.ToString().TrimEnd('/')))}");
        if (demonstration is not null) await Console.Out.WriteAsync(demonstration.Instructions(gateway.Address));
        else if (options.ConfigFile is null) await Console.Out.WriteLineAsync("There is no configuration yet: put a config.yaml into the data folder (see docs/guide/configuration.md), or try 'dragoman serve --demo'.");
        await Console.Out.FlushAsync(cancellationToken);
        return await WaitForStopAsync(gateway, signals) ? gateway.Address : null;
    }

    private static StartOptions Locate(StartOptions options)
    {
        var data = DataFolder.Resolve(options.DataFolder);
        var config = DataFolder.ConfigFile(options.ConfigFile, data);
        return options with { DataFolder = data, ConfigFile = config };
    }

    /// <summary>The first signal drains: new calls are refused and open streams may finish. The second one stops at once.</summary>
    /// <returns>Whether it is to start again: somebody asked for that, and no signal came.</returns>
    private static async Task<bool> WaitForStopAsync(GatewayHost gateway, StopSignals signals)
    {
        await Task.WhenAny(signals.First, gateway.RestartAsked);
        var what = signals.First.IsCompleted ? "Stopping" : "Restarting";
        if (gateway.OpenRequests > 0) await Console.Out.WriteLineAsync($"{what}: {gateway.OpenRequests} open request(s) may finish; {(signals.First.IsCompleted ? "a second" : "a")} signal cuts them off.");
        else if (!signals.First.IsCompleted) await Console.Out.WriteLineAsync($"{what}.");
        await gateway.StopAsync(signals.Hurry);
        return !signals.First.IsCompleted;
    }
}
