using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Settings;
using static Dragoman.Gateway.Configuration.Schema.FieldText;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>Which account is asked, in which order, and how often.</summary>
internal static class RoutingFields
{
    private static readonly SettingField Strategy = new("strategy", SettingType.Choice, "Which of several accounts of equal priority comes first.")
    {
        Choices = RoutingConfigBinder.StrategyWords, OtherChoices = RoutingConfigBinder.OtherStrategyWords,
    };

    private static readonly RoutingOptions Defaults = new();

    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("request-retry", SettingType.Integer, "Further rounds over the accounts after all have failed; 0 for none.") { Default = Of(new RetryOptions().Rounds), Min = 0, Max = 100 },
        new("max-retry-credentials", SettingType.Integer, "How many accounts a round tries; 0 for all.") { Default = "0", Min = -1, Max = 10_000 },
        new("max-retry-interval", SettingType.Integer, "The longest wait, in seconds, for an account to come back or to have a place; 0 never waits.") { Default = Seconds(new RetryOptions().MaxWait), Min = -86_400, Max = 604_800 },
        new("routing", SettingType.Group, "Which account is used.")
        {
            Foreign = UnsupportedSettings.Routing,
            Items =
            [
                Strategy with { Default = "round-robin" },
                new("session-affinity", SettingType.Flag, "Conversations stay with their account, whatever the strategy.") { Default = "false" },
                new("session-affinity-ttl", SettingType.Duration, "How long after its last use a conversation is remembered.") { Default = "1h" },
                new("warm-cache-wait", SettingType.Duration, "The longest wait for a conversation's own account when that is limited or full for a moment; 0s for none.") { Default = $"{Seconds(Defaults.WarmCacheWait)}s" },
                new("hybrid", SettingType.Group, "The numbers of the strategy hybrid.") { Items = Hybrid(HybridOptions.Default) },
                new("routes", SettingType.List, "What holds for some models only; the first that fits counts.")
                {
                    Items =
                    [
                        new("models", SettingType.TextOrList, "The models, as clients name them; * stands for any run of characters.") { IsRequired = true },
                        Strategy, new("session-affinity", SettingType.Flag, "Whether conversations stay with their account."),
                        new("fallback", SettingType.TextOrList, "The fallback models, one after the other."),
                    ],
                },
                new("fallbacks", SettingType.Map, "The fallback models of a model, for when every account is exhausted or nobody serves the model.") { Value = new("model", SettingType.TextOrList, "The fallback models, one after the other.") },
                new("limits", SettingType.Map, "What holds for the accounts of a provider that do not say otherwise, by the provider's id.")
                {
                    Value = new("provider", SettingType.Group, "The limits.")
                    {
                        Items =
                        [
                            new("requests-per-minute", SettingType.Integer, "How many requests each account may get in any minute; 0 for no limit.") { Default = "0", Min = 0, Max = 1_000_000 },
                            new("total-requests-per-minute", SettingType.Integer, "How many requests all its accounts together may get in any minute; 0 for no limit.") { Default = "0", Min = 0, Max = 1_000_000 },
                            new("request-interval", SettingType.Duration, "The least time between two requests of an account; 0s for none.") { Default = "0s" },
                            new("reserve-percent", SettingType.Integer, "The share of each quota window that is not used.") { Default = "0", Min = 0, Max = 99 },
                        ],
                    },
                },
            ],
        },
        new("disable-cooling", SettingType.Flag, "Accounts never cool down after failures.") { Default = "false" },
        new("transient-error-cooldown-seconds", SettingType.Integer, "The longest cooldown after passing faults; 0 is 60 seconds, -1 is none.") { Default = "0", Min = -1, Max = 1_800 },
        new("quota-exceeded", SettingType.Group, "Switches of CLIProxyAPI for exhausted accounts; read for compatibility.") { Section = ConfigSections.Old, Foreign = UnsupportedSettings.QuotaExceeded },
        new("force-model-prefix", SettingType.Flag, "Models of accounts with a prefix are reached by prefix/model only.") { Default = "false" },
        new("oauth-excluded-models", SettingType.Map, "Models that no login of a provider is used for, by the provider's channel.") { Section = ConfigSections.Models, Value = new("channel", SettingType.TextList, "The upstream's names; * stands for any run of characters.") },
        new("oauth-model-alias", SettingType.Map, "Names that clients use for models of logins, by the provider's channel.")
        {
            Section = ConfigSections.Models,
            Value = new("channel", SettingType.List, "The aliases.")
            {
                Foreign = UnsupportedSettings.Model,
                Items =
                [
                    new("name", SettingType.Text, "The upstream's own id of the model."), new("alias", SettingType.Text, "The name that clients use."),
                    new("display-name", SettingType.Text, "What people call the model."), new("fork", SettingType.Flag, "Whether the model keeps its own name beside the alias.") { Default = "false" },
                    new("force-mapping", SettingType.Flag, "Whether answers name the model as the client did, also where they pass unchanged otherwise.") { Default = "false" },
                ],
            },
        },
        new("oauth-request-scoped-errors", SettingType.Map, "What follows from failures of logins that have no such rules of their own, by the provider's channel.") { Value = new("channel", SettingType.List, "The rules; the first that fits counts.") { Items = ErrorRuleSettings.Items } },
        new("models", SettingType.Group, "What is known of models in general; the models of an account stand with the account.")
        {
            Section = ConfigSections.Models,
            Items =
            [
                Catalog, Catalog with { Name = "catalogue", Deprecated = "The key is now called 'catalog'." },
            ],
        },
    ];

    private static SettingField Catalog => new("catalog", SettingType.Group, "A list of models of your own, from a file or an address.")
    {
        Items =
        [
            new("file", SettingType.Text, "The file."), new("url", SettingType.Address, "The address."),
            new("refresh", SettingType.Duration, "How often an address is asked, a minute at least.") { Default = "24h" },
        ],
    };

    private static SettingField[] Hybrid(HybridOptions defaults) =>
    [
        Number("health-weight", "What health counts for.", defaults.HealthWeight, 1_000), Number("bucket-weight", "What the rest of the bucket counts for.", defaults.BucketWeight, 1_000),
        Number("quota-weight", "What the rest of the quota counts for.", defaults.QuotaWeight, 1_000), Number("idle-weight", "What a second without a request counts for.", defaults.IdleWeight, 1_000),
        Number("start-health", "The health that an account begins with, of 100.", defaults.StartHealth, 100), Number("min-health", "Below this health an account comes behind all others.", defaults.MinHealth, 100),
        Number("success", "What an answer adds to health.", defaults.Success, 100), Number("rate-limit", "What a limit takes from health.", defaults.RateLimit, 100),
        Number("failure", "What another failure takes from health.", defaults.Failure, 100), Number("recovery-per-hour", "What an hour adds to health.", defaults.RecoveryPerHour, 10_000),
        Number("bucket", "The requests that are saved up, for each unit of weight.", defaults.Bucket, 1_000_000) with { Min = 1 },
        Number("refill-per-minute", "The requests that a minute adds to the bucket.", defaults.RefillPerMinute, 1_000_000), Number("critical-quota", "The per cent of a quota below which an account comes behind all others.", defaults.CriticalQuota, 100),
    ];

    private static SettingField Number(string name, string description, double value, int max) => new(name, SettingType.Number, description) { Default = Of(value), Min = 0, Max = max };
}
