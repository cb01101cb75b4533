using System.CommandLine;
using Dragoman.Cli.GatewayClient;
using Dragoman.Gateway.Settings;
using Dragoman.Management.Health;

namespace Dragoman.Cli.Doctor;

/// <summary>Asks the gateway that runs how it is.</summary>
internal static class GatewayCheck
{
    /// <summary>Asks it.</summary>
    /// <returns>Where it is; null when none runs.</returns>
    public static async Task<Uri?> RunAsync(DoctorReport report, GatewayOrConfig options, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            if (await options.GetAsync(parsed, (client, cancellationToken) => client.GetAsync<GatewayHealthView>("health", cancellationToken), cancellationToken) is not var (health, address))
            {
                report.Ok("gateway", "none runs here");
                return null;
            }

            var where = address.ToString().TrimEnd('/');
            var words = $"{where} answers: version {health.Version}, {health.Status}, {health.Accounts.Total} account(s)";
            if (health.Status is "ok" or "draining") report.Ok("gateway", words);
            else report.Warn("gateway", words);
            if (!health.Store.Healthy) report.Fail("gateway", $"{where}: its store does not work: {health.Store.Problem}");
            foreach (var aside in health.Store.SetAside) report.Warn("gateway", $"{where}: a damaged file was set aside as {aside}");
            foreach (var (name, part) in health.Parts)
            {
                if (part.Problem is { } problem) report.Warn("gateway", $"{where}: {name}: {problem}");
            }

            if (health.Accounts.Unusable > 0) report.Fail("gateway", $"{where}: {health.Accounts.Unusable} account(s) cannot be used; 'dragoman accounts list' says why");
            if (health.Accounts.CoolingDown > 0) report.Warn("gateway", $"{where}: {health.Accounts.CoolingDown} account(s) cool down; 'dragoman limits' says until when and why");
            foreach (var problem in health.Configuration)
                report.Add("gateway", problem.Severity == DiagnosticSeverity.Error ? DoctorLevel.Failure : DoctorLevel.Warning, $"{where}: its configuration, line {problem.Line}: {problem.Path}: {problem.Message} {problem.Remedy}".TrimEnd());
            return address;
        }
        catch (ManagementException ex)
        {
            report.Fail("gateway", ex.Message);
            return ex is GatewayAbsentException || options.Gateway.NamesGateway(parsed) ? null : GatewayAddress.Find(null, parsed.GetValue(options.Gateway.Data), parsed.GetValue(options.Config)).Address;
        }
    }
}
