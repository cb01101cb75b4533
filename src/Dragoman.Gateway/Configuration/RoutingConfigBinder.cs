using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Settings;
using Dragoman.Gateway.Text;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>routing</c>: the strategy and its numbers, the routes of some models, and who stands in for whom.</summary>
internal static class RoutingConfigBinder
{
    private static readonly (string Word, RoutingStrategy Value)[] Strategies =
    [
        ("round-robin", RoutingStrategy.RoundRobin), ("fill-first", RoutingStrategy.FillFirst), ("sticky", RoutingStrategy.Sticky),
        ("least-used", RoutingStrategy.LeastUsed), ("hybrid", RoutingStrategy.Hybrid),
        // CLIProxyAPI's other words.
        ("weighted-round-robin", RoutingStrategy.RoundRobin), ("roundrobin", RoutingStrategy.RoundRobin), ("rr", RoutingStrategy.RoundRobin),
        ("weightedroundrobin", RoutingStrategy.RoundRobin), ("wrr", RoutingStrategy.RoundRobin), ("fillfirst", RoutingStrategy.FillFirst), ("ff", RoutingStrategy.FillFirst),
    ];

    /// <summary>The words of the strategies that are documented.</summary>
    public static IReadOnlyList<string> StrategyWords { get; } = [.. Strategies.DistinctBy(static strategy => strategy.Value).Select(static strategy => strategy.Word)];

    /// <summary>Other words that are read too.</summary>
    public static IReadOnlyList<string> OtherStrategyWords { get; } = [.. Strategies.Select(static strategy => strategy.Word).Except(StrategyWords)];

    public static RoutingOptions Read(SettingsReader root, ProviderRegistry providers)
    {
        var defaults = new RoutingOptions();
        if (root.Section("routing") is not { } section) return defaults;
        var options = new RoutingOptions
        {
            Strategy = section.GetEnum("strategy", RoutingStrategy.RoundRobin, Strategies),
            SessionAffinity = section.GetBool("session-affinity"),
            SessionAffinityTtl = section.Duration("session-affinity-ttl", defaults.SessionAffinityTtl),
            WarmCacheWait = section.Duration("warm-cache-wait", defaults.WarmCacheWait, mayBeZero: true),
            Hybrid = ReadHybrid(section),
            Routes = section.Sections("routes").Select(ReadRoute).OfType<RouteRule>().ToArray(),
            Fallbacks = ReadFallbacks(section).ToArray(),
            Limits = ReadLimits(section, providers) ?? defaults.Limits,
        };
        section.Finish(UnsupportedSettings.Routing);
        return options;
    }

    private static RouteRule? ReadRoute(SettingsReader section)
    {
        var rule = new RouteRule
        {
            Models = Names(section, "models"),
            Strategy = section.Has("strategy") ? section.GetEnum("strategy", RoutingStrategy.RoundRobin, Strategies) : null,
            SessionAffinity = section.OptionalFlag("session-affinity"),
            Fallback = Names(section, "fallback"),
        };
        section.Finish();
        if (rule.Models.Count > 0) return rule;
        section.ErrorAt("models", "The route names no models.", "Add models: [ name, other-* ].");
        return null;
    }

    private static IEnumerable<(string, IReadOnlyList<string>)> ReadFallbacks(SettingsReader section)
    {
        if (section.Section("fallbacks") is not { } map) yield break;
        foreach (var pair in map.Map.Pairs)
        {
            var names = Names(map, pair.Key.Value);
            if (names.Count == 0) map.ErrorAt(pair.Key.Value, "No model is named to stand in.", "Write 'model: other-model'.");
            else yield return (pair.Key.Value, names);
        }
    }

    private static Dictionary<string, ProviderLimits>? ReadLimits(SettingsReader routing, ProviderRegistry providers)
    {
        if (routing.Section("limits") is not { } map) return null;
        var limits = new Dictionary<string, ProviderLimits>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in map.Map.Pairs)
        {
            if (map.Section(pair.Key.Value) is not { } section) continue;
            if (!providers.TryGet(pair.Key.Value, out _))
            {
                var near = SpellingSuggestion.Find(pair.Key.Value, providers.All.Select(static provider => provider.Id));
                map.WarnAt(pair.Key.Value, "There is no provider of this id; the limits do nothing.", near.Count > 0 ? $"Did you mean {near[0]}?" : null);
            }

            limits[pair.Key.Value] = new ProviderLimits
            {
                RequestsPerMinute = section.OptionalInteger("requests-per-minute", 0, 1_000_000) is > 0 and var each ? each : null,
                TotalRequestsPerMinute = section.OptionalInteger("total-requests-per-minute", 0, 1_000_000) is > 0 and var all ? all : null,
                RequestInterval = section.Duration("request-interval", TimeSpan.Zero, mayBeZero: true),
                Reserve = section.OptionalInteger("reserve-percent", 0, 99) is > 0 and var percent ? percent / 100.0 : null,
            };
            section.Finish();
        }

        return limits;
    }

    /// <summary>One name, or a list of names.</summary>
    private static IReadOnlyList<string> Names(SettingsReader section, string key)
        => section.Node(key) is SettingScalar ? section.Text(key) is { Length: > 0 } name ? [name] : [] : [.. section.GetStrings(key).Select(item => item.Text)];

    private static HybridOptions ReadHybrid(SettingsReader routing)
    {
        var defaults = HybridOptions.Default;
        if (routing.Section("hybrid") is not { } section) return defaults;
        var options = new HybridOptions
        {
            HealthWeight = section.Number("health-weight", defaults.HealthWeight, 0, 1_000),
            BucketWeight = section.Number("bucket-weight", defaults.BucketWeight, 0, 1_000),
            QuotaWeight = section.Number("quota-weight", defaults.QuotaWeight, 0, 1_000),
            IdleWeight = section.Number("idle-weight", defaults.IdleWeight, 0, 1_000),
            StartHealth = section.Number("start-health", defaults.StartHealth, 0, 100),
            MinHealth = section.Number("min-health", defaults.MinHealth, 0, 100),
            Success = section.Number("success", defaults.Success, 0, 100),
            RateLimit = section.Number("rate-limit", defaults.RateLimit, 0, 100),
            Failure = section.Number("failure", defaults.Failure, 0, 100),
            RecoveryPerHour = section.Number("recovery-per-hour", defaults.RecoveryPerHour, 0, 10_000),
            Bucket = section.Number("bucket", defaults.Bucket, 1, 1_000_000),
            RefillPerMinute = section.Number("refill-per-minute", defaults.RefillPerMinute, 0, 1_000_000),
            CriticalQuota = section.Number("critical-quota", defaults.CriticalQuota, 0, 100),
        };
        section.Finish();
        return options;
    }
}
