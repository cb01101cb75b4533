using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Antigravity;

/// <summary>
/// The settings of an Antigravity gateway that this gateway has too, under names of its own: they stand in its configuration file and are obeyed. The others are kept for the page and have no effect.
/// </summary>
internal static class ObeyedSettings
{
    private const string Limits = $"routing.limits.{AntigravityAccounts.Provider}";
    private const string Throttled = "requestThrottlingEnabled";
    private const string Delay = "requestDelayMs";

    private static readonly Obeyed[] All =
    [
        new("accountSelection.strategy", "routing.strategy", static value => value.GetValue<string>(), static config => StrategyOf(config.Routing.Strategy)),
        Hybrid("healthScore.initial", "start-health", static hybrid => hybrid.StartHealth),
        Hybrid("healthScore.successReward", "success", static hybrid => hybrid.Success),
        Hybrid("healthScore.rateLimitPenalty", "rate-limit", static hybrid => hybrid.RateLimit, -1),
        Hybrid("healthScore.failurePenalty", "failure", static hybrid => hybrid.Failure, -1),
        Hybrid("healthScore.recoveryPerHour", "recovery-per-hour", static hybrid => hybrid.RecoveryPerHour),
        Hybrid("healthScore.minUsable", "min-health", static hybrid => hybrid.MinHealth),
        Hybrid("tokenBucket.maxTokens", "bucket", static hybrid => hybrid.Bucket),
        Hybrid("tokenBucket.tokensPerMinute", "refill-per-minute", static hybrid => hybrid.RefillPerMinute),
        Hybrid("quota.criticalThreshold", "critical-quota", static hybrid => hybrid.CriticalQuota, 0.01),
        Hybrid("weights.health", "health-weight", static hybrid => hybrid.HealthWeight),
        Hybrid("weights.tokens", "bucket-weight", static hybrid => hybrid.BucketWeight),
        Hybrid("weights.quota", "quota-weight", static hybrid => hybrid.QuotaWeight),
        Hybrid("weights.lru", "idle-weight", static hybrid => hybrid.IdleWeight),
        new("globalQuotaThreshold", $"{Limits}.reserve-percent", static value => PercentOf(value.GetValue<double>()) is > 0 and var percent ? percent : null, static config => LimitsOf(config).Reserve ?? 0),
        new("maxWaitBeforeErrorMs", "max-retry-interval", static value => (int)Math.Ceiling(value.GetValue<double>() / 1_000), static config => config.Retry.MaxWait.TotalMilliseconds),
    ];

    /// <summary>The names of those settings, with <c>devMode</c>, which opens a route of this surface.</summary>
    public static IReadOnlySet<string> Names { get; } = All.Select(static setting => setting.Name).Concat([Throttled, Delay, "devMode"]).ToHashSet(StringComparer.Ordinal);

    /// <summary>A threshold of 0 to 1 as a share in whole per cent.</summary>
    public static int PercentOf(double share) => Math.Clamp((int)Math.Round(share * 100, MidpointRounding.AwayFromZero), 0, 99);

    /// <summary>Puts what the gateway obeys now in the place of what was kept for the page.</summary>
    /// <param name="settings">The settings as the page has them.</param>
    /// <param name="config">The configuration in force.</param>
    public static void Show(JsonObject settings, GatewayConfig config)
    {
        foreach (var setting in All) Put(settings, setting.Name, setting.Read(config));
        var interval = LimitsOf(config).RequestInterval;
        settings[Throttled] = interval > TimeSpan.Zero;
        if (interval > TimeSpan.Zero) settings[Delay] = interval.TotalMilliseconds;
    }

    /// <summary>The keys of the configuration file that have to change for the settings to be obeyed; none where they are obeyed already.</summary>
    /// <param name="updates">What the page changes.</param>
    /// <param name="now">The settings that hold now.</param>
    public static IReadOnlyList<KeyValuePair<string, JsonNode?>> ChangesFor(JsonObject updates, JsonObject now)
    {
        var changes = new List<KeyValuePair<string, JsonNode?>>();
        foreach (var setting in All)
        {
            if (Find(updates, setting.Name) is { } value && !IsSame(value, Find(now, setting.Name))) changes.Add(new(setting.Key, setting.Write(value)));
        }

        var (throttled, delay) = (updates.Flag(Throttled) ?? now.Flag(Throttled) ?? false, updates.Number(Delay) ?? now.Number(Delay) ?? 0);
        if (throttled != now.Flag(Throttled) || (throttled && delay != now.Number(Delay))) changes.Add(new($"{Limits}.request-interval", throttled && delay > 0 ? $"{(long)delay}ms" : null));
        return changes;
    }

    /// <summary>Those of the settings that have no effect, by their whole names.</summary>
    public static IReadOnlyList<string> WithoutEffect(JsonObject updates) => [.. Leaves(updates, "").Where(static name => !Names.Contains(name))];

    private static Obeyed Hybrid(string name, string key, Func<HybridOptions, double> read, double factor = 1)
        => new($"accountSelection.{name}", $"routing.hybrid.{key}", value => Math.Round(value.GetValue<double>() / factor, 6), config => Math.Round(read(config.Routing.Hybrid) * factor, 6));

    private static ProviderLimits LimitsOf(GatewayConfig config) => config.Routing.Limits.GetValueOrDefault(AntigravityAccounts.Provider) ?? ProviderLimits.None;

    /// <summary>The page knows three strategies.</summary>
    private static string StrategyOf(RoutingStrategy strategy) => strategy switch { RoutingStrategy.Hybrid or RoutingStrategy.LeastUsed => "hybrid", RoutingStrategy.Sticky or RoutingStrategy.FillFirst => "sticky", _ => "round-robin" };

    private static IEnumerable<string> Leaves(JsonObject settings, string before)
    {
        foreach (var (name, value) in settings)
        {
            if (value is JsonObject group) foreach (var inner in Leaves(group, $"{before}{name}.")) yield return inner;
            else yield return before + name;
        }
    }

    private static JsonNode? Find(JsonObject settings, string name)
    {
        JsonNode? node = settings;
        foreach (var part in name.Split('.')) node = (node as JsonObject)?[part];
        return node;
    }

    private static void Put(JsonObject settings, string name, JsonNode value)
    {
        var parts = name.Split('.');
        foreach (var part in parts[..^1])
        {
            if (settings[part] is not JsonObject inner) settings[part] = inner = [];
            settings = inner;
        }

        settings[parts[^1]] = value;
    }

    /// <summary>Numbers are the same whatever they are written like.</summary>
    private static bool IsSame(JsonNode value, JsonNode? other)
        => other is not null && (JsonNode.DeepEquals(value, other) || (value is JsonValue one && other is JsonValue two && one.TryGetValue(out double first) && two.TryGetValue(out double second) && Math.Abs(first - second) < 1e-9));

    /// <summary>A setting that the gateway has too.</summary>
    /// <param name="Name">Its name here; a dot for a group.</param>
    /// <param name="Key">The key of the configuration file.</param>
    /// <param name="Write">The value there; null takes the key away.</param>
    /// <param name="Read">The value here, as the gateway has it.</param>
    private sealed record Obeyed(string Name, string Key, Func<JsonNode, JsonNode?> Write, Func<GatewayConfig, JsonNode> Read);
}
