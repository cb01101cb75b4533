using System.CommandLine;
using System.Runtime.InteropServices;
using Dragoman.Cli.GatewayClient;
using Dragoman.Cli.Options;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;
using Dragoman.Providers;

namespace Dragoman.Cli.Doctor;

/// <summary><c>dragoman doctor</c>: is the configuration sound, are files and ports usable, do the store, the upstreams and the running gateway answer.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var options = new GatewayOrConfig();
        return options.Run(new Command("doctor", "Checks the configuration, files, ports, the store, every upstream, and the gateway that runs."), async (parsed, cancellationToken) =>
        {
            var report = new DoctorReport(parsed.GetValue(options.Gateway.Json));
            report.Ok("version", $"dragoman {Product.Version}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
            var data = DataFolder.Resolve(parsed.GetValue(options.Gateway.Data));
            var running = await GatewayCheck.RunAsync(report, options, parsed, cancellationToken);
            // What another machine's gateway is configured with is not here.
            if (options.Gateway.NamesGateway(parsed) && !options.NamesConfig(parsed)) return report.Finish();
            var file = DataFolder.ConfigFile(parsed.GetValue(options.Config), data);
            var config = ReadConfiguration(report, file, running is not null);
            if (config is not null)
            {
                FileCheck.Run(report, config, file, data);
                TlsCheck.Run(report, config.Tls, TimeProvider.System);
                await ListenerCheck.RunAsync(report, config, options.Gateway.SecretOf(parsed), cancellationToken);
                RoutingCheck.Run(report, config);
                WireApiCheck.Run(report, config);
            }
            else
            {
                FileCheck.Run(report, null, file, data);
            }

            await StoreCheck.RunAsync(report, config?.Store ?? new StoreOptions(), data, running is not null, config, cancellationToken);
            if (config is not null) await UpstreamCheck.RunAsync(report, config, cancellationToken);
            return report.Finish();
        });
    }

    private static GatewayConfig? ReadConfiguration(DoctorReport report, string? file, bool running)
    {
        if (file is null)
        {
            if (running) report.Ok("configuration", "no config.yaml in the data folder or here; the running gateway does without");
            else report.Fail("configuration", "There is no config.yaml in the data folder or here; say where it is with --config.");
            return null;
        }

        var result = ProviderModules.ConfigLoader.LoadFile(file);
        foreach (var problem in result.Problems) report.Add("configuration", problem.Severity == DiagnosticSeverity.Error ? DoctorLevel.Failure : DoctorLevel.Warning, problem.ToString());
        if (result.Config is { } loaded) report.Ok("configuration", $"{file}: {loaded.Accounts.Count} upstream account(s), {loaded.ApiKeys.Count} client key(s)");
        return result.Config;
    }
}
