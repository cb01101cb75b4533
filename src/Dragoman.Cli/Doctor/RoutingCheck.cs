using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Text;
using Dragoman.Protocols;

namespace Dragoman.Cli.Doctor;

/// <summary>Names of models in <c>routing</c> that no account of the configuration serves: a rule for them does nothing, a fallback to them fails.</summary>
internal static class RoutingCheck
{
    public static void Run(DoctorReport report, GatewayConfig config)
    {
        var router = new Router(config.ToRouting(), TimeProvider.System);
        var served = router.VisibleModels().Select(model => model.Id).ToList();
        if (served.Count == 0 && config.Accounts.Count > 0) report.Warn("models", "no model is listed: every account is switched off, or none names models");
        foreach (var rule in config.Routing.Routes)
        {
            foreach (var name in rule.Models) Name(name, "routing.routes", "the rule holds for no request");
            foreach (var name in rule.Fallback) Name(name, "routing.routes: fallback", "nothing can stand in");
        }

        foreach (var (model, fallbacks) in config.Routing.Fallbacks)
        {
            Name(model, "routing.fallbacks", "nothing is stood in for");
            foreach (var name in fallbacks) Name(name, "routing.fallbacks", "it cannot stand in");
        }

        void Name(string name, string place, string consequence)
        {
            var isServed = name.Contains('*', StringComparison.Ordinal)
                ? served.Exists(model => Wildcard.Matches(name, model))
                : router.Plan(new RouteRequest(name, Protocol.OpenAiChat), dryRun: true).Error is null;
            if (isServed) return;
            var near = SpellingSuggestion.Find(name, served);
            report.Warn("models", $"{place}: no account of the configuration serves '{name}': {consequence}.{(near is [var meant, ..] ? $" Did you mean '{meant}'?" : "")}");
        }
    }
}
