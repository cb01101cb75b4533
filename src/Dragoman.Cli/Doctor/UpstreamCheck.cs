using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Text;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers;

namespace Dragoman.Cli.Doctor;

/// <summary>Asks every upstream for its models: whether it answers, takes the credential, and has the models that the configuration names.</summary>
internal static class UpstreamCheck
{
    public static async Task RunAsync(DoctorReport report, GatewayConfig config, CancellationToken cancellationToken)
    {
        if (config.Accounts.Count == 0) report.Warn("upstream", "the configuration names no account: without one that is added with 'dragoman accounts add' nothing can be answered");
        var providers = ProviderModules.CreateRegistry(TimeProvider.System);
        using var http = new UpstreamTransport { DefaultProxyUrl = config.ProxyUrl };
        foreach (var account in config.Accounts)
        {
            var who = $"{account.Label} ({account.BaseUrl})";
            if (!account.Enabled)
            {
                report.Ok("upstream", $"{who}: switched off");
                continue;
            }

            report.Progress($"asking {account.Label} …");
            var answer = await UpstreamProbe.CheckAsync(http, providers[account.Provider], account, cancellationToken);
            report.Add("upstream", answer.Good ? DoctorLevel.Ok : DoctorLevel.Failure, $"{who}: {answer.Words}");
            if (answer.Models is not { Count: > 0 } offered) continue;
            foreach (var model in account.Models.Select(model => model.Name).Where(id => !id.Contains('*', StringComparison.Ordinal)))
            {
                if (offered.Any(id => ModelName.WithoutResourcePrefix(id) == ModelName.WithoutResourcePrefix(model))) continue;
                var near = SpellingSuggestion.Find(model, offered.Select(ModelName.WithoutResourcePrefix));
                report.Warn("models", $"{account.Label}: the upstream does not list the model '{model}'.{(near is [var meant, ..] ? $" Did you mean '{meant}'?" : "")}");
            }
        }
    }
}
