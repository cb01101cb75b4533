using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Relay;

namespace Dragoman.Server.Cli;

/// <summary><c>dragoman doctor</c>: is the configuration sound, are the ports free, do the upstreams answer.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var common = new ConfigOptions();
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        var command = new Command("doctor", "Checks the configuration, the ports and every upstream.") { common.Config, common.Data, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = new DoctorReport(parsed.GetValue(json));
            report.Add("version", true, $"dragoman {Product.Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
            if (Configuration(report, parsed.GetValue(common.Config), parsed.GetValue(common.Data)) is { } config)
            {
                foreach (var listener in config.Listeners) Port(report, listener);
                await UpstreamsAsync(report, config, cancellationToken);
            }

            return report.Finish();
        });
        return command;
    }

    private static GatewayConfig? Configuration(DoctorReport report, string? config, string? data)
    {
        var file = DataFolder.ConfigFile(config, DataFolder.Resolve(data));
        if (file is null || !File.Exists(file))
        {
            report.Add("configuration", false, file is null ? "There is no config.yaml in the data folder or here; say where it is with --config." : $"There is no file '{file}'.");
            return null;
        }

        var result = ConfigLoader.Load(File.ReadAllText(file), Path.GetFileName(file));
        foreach (var problem in result.Problems) report.Add("configuration", problem.Severity != ProblemSeverity.Error, problem.ToString());
        if (result.Config is { } loaded) report.Add("configuration", true, $"{file}: {loaded.Accounts.Count} upstream account(s), {loaded.ApiKeys.Count} client key(s)");
        return result.Config;
    }

    private static void Port(DoctorReport report, ListenerOptions listener)
    {
        var address = IPAddress.TryParse(listener.Host.Trim('[', ']'), out var parsed) ? parsed : listener.IsLoopback ? IPAddress.Loopback : IPAddress.Any;
        try
        {
            using var probe = new TcpListener(address, listener.Port);
            probe.Start();
            report.Add("port", true, $"{listener.Host}:{listener.Port} is free");
        }
        catch (SocketException fault) when (fault.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            report.Add("port", true, $"{listener.Host}:{listener.Port} is in use (by a running gateway, or by something else that has to stop first)");
        }
        catch (SocketException fault)
        {
            report.Add("port", false, $"{listener.Host}:{listener.Port} cannot be opened: {fault.Message}");
        }
    }

    private static async Task UpstreamsAsync(DoctorReport report, GatewayConfig config, CancellationToken cancellationToken)
    {
        var providers = ProviderRegistry.CreateDefault(TimeProvider.System);
        using var http = new UpstreamHttp { DefaultProxyUrl = config.ProxyUrl };
        foreach (var account in config.Accounts)
        {
            report.Progress($"asking {account.Label} …");
            var (good, words) = account.Enabled ? await UpstreamQuestion.AskAsync(http, providers[account.Provider], account, cancellationToken) : (true, "disabled");
            report.Add("upstream", good, $"{account.Label} ({account.BaseUrl}): {words}");
        }
    }
}
