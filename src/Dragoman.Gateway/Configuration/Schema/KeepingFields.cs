using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Settings;
using static Dragoman.Gateway.Configuration.Schema.FieldText;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>What is kept, counted and logged.</summary>
internal static class KeepingFields
{
    private static readonly FlowsOptions Flows = new();

    private static readonly SettingField[] Rates =
    [
        Rate("input", "A million tokens of the prompt.") with { IsRequired = true }, Rate("output", "A million tokens of the answer.") with { IsRequired = true },
        Rate("cached", "A million tokens read from a cache; as input where it is absent."), Rate("cache-write", "A million tokens written to a cache; as input where it is absent."),
        Rate("cache-write-1h", "A million tokens written to a cache for an hour; as cache-write where it is absent."), Rate("reasoning", "A million tokens of reasoning; as output where it is absent."),
    ];

    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("store", SettingType.Group, "Where what lasts is kept.")
        {
            Section = ConfigSections.Storage,
            Items =
            [
                new("postgres", SettingType.Text, "The URL or connection string of a PostgreSQL database that several nodes may share; absent for SQLite in the data folder.") { IsSecret = true },
                new("patience-seconds", SettingType.Integer, "How long a request that needs the store waits for it before it is refused with 503.") { Default = Seconds(new StoreOptions().Timeout), Min = 1, Max = 600 },
            ],
        },
        new("flows", SettingType.Group, "What is recorded of requests.")
        {
            Items =
            [
                new("mode", SettingType.Choice, "Nothing; who asked and what came of it; or the bodies too, without secrets.") { Choices = ["off", "metadata", "full"], Default = "metadata" },
                new("max-body-kb", SettingType.Integer, "The most that is kept of one body.") { Default = Of(Flows.MaxBodyBytes >> 10), Min = 1, Max = 65_536 },
                new("retention-days", SettingType.Integer, "How long flows are kept; 0 for ever.") { Default = Of(Flows.Retention.TotalDays), Min = 0, Max = 36_500 },
                new("bodies-retention-days", SettingType.Integer, "How long bodies are kept; 0 for ever.") { Default = Of(Flows.BodiesRetention.TotalDays), Min = 0, Max = 36_500 },
                new("max-size-mb", SettingType.Integer, "Above this the oldest bodies go, then the oldest flows; 0 for no limit.") { Default = Of(Flows.MaxBytes >> 20), Min = 0, Max = 100_000_000 },
            ],
        },
        new("request-log", SettingType.Flag, "Requests are recorded with their bodies, where flows.mode says nothing else.") { Default = "false" },
        new("budgets", SettingType.Group, "How the budgets of client keys are kept.")
        {
            Section = ConfigSections.Models,
            Items =
            [
                new("unknown-price", SettingType.Choice, "What happens when a key with a budget in money asks for a model whose price is unknown.") { Choices = ["allow", "refuse"], Default = "allow" },
                new("max-output", SettingType.Integer, "The tokens of answer that a budget reserves for a request that sets no limit itself.") { Default = Of(new BudgetOptions().MaxOutput), Min = 1, Max = 1_000_000 },
            ],
        },
        new("prices", SettingType.List, "What models cost, in US dollars for a million tokens, in place of or beside the built-in table.")
        {
            Section = ConfigSections.Models,
            Items =
            [
                new("model", SettingType.Text, "The upstream's name; * stands for any run of characters.") { IsRequired = true },
                new("provider", SettingType.Text, "The provider that the price holds at; absent for everywhere."),
                .. Rates,
                new("above", SettingType.List, "Other rates for the whole request when its prompt is longer.")
                {
                    Items = [new("tokens", SettingType.Integer, "The length of prompt above which they hold.") { IsRequired = true, Min = 1, Max = int.MaxValue }, .. Rates],
                },
            ],
        },
        new("debug", SettingType.Flag, "Logs at Debug level.") { Default = "false" },
        new("logging-to-file", SettingType.Flag, "Whether the surface of CLIProxyAPI serves its log routes. The gateway itself writes no log files.") { Default = "false" },
        new("logs-max-total-size-mb", SettingType.Integer, "Read, and without effect as yet.") { Default = "0", Min = int.MinValue, Max = 1_000_000 },
        new("redis-usage-queue-retention-seconds", SettingType.Integer, "How long records of usage wait for programs that collect them over CLIProxyAPI's surface; an hour at most.") { Default = "60", Min = int.MinValue, Max = int.MaxValue },
        new("error-logs-max-files", SettingType.Integer, "How many failed requests CLIProxyAPI's surface lists; 0 for all that are kept.") { Default = Of(new CliProxyOptions().ErrorLogsMaxFiles), Min = int.MinValue, Max = int.MaxValue },
    ];

    private static SettingField Rate(string name, string description) => new(name, SettingType.Number, description) { Min = 0, Max = 1_000_000 };
}
