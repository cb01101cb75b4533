using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>What is done for Amp's command line.</summary>
internal static class AmpFields
{
    private static readonly SettingField Url = new("upstream-url", SettingType.Address, "Where Amp itself is, for what is not about models.");
    private static readonly SettingField Key = new("upstream-api-key", SettingType.Text, "The key that Amp is shown.") { IsSecret = true };
    private static readonly SettingField Local = new("restrict-management-to-localhost", SettingType.Flag, "What goes on to Amp is taken from programs of this machine only.") { Default = "false" };

    private static readonly SettingField Mappings = new("model-mappings", SettingType.List, "Models that stand for those which no account here serves.")
    {
        Items =
        [
            new("from", SettingType.Text, "The name that is asked for, or a regular expression."), new("to", SettingType.Text, "The name that is served."),
            new("regex", SettingType.Flag, "Whether from is a regular expression, in RE2's syntax.") { Default = "false" },
        ],
    };

    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("ampcode", SettingType.Group, "What is done for Amp's command line.")
        {
            Items =
            [
                Url, Key,
                new("upstream-api-keys", SettingType.List, "Other keys that Amp is shown for clients of certain keys.")
                {
                    Items = [Key, new("api-keys", SettingType.TextList, "The client keys.") { IsSecret = true }],
                },
                Local, Mappings, new("force-model-mappings", SettingType.Flag, "Mappings come before the models that are served under their own names.") { Default = "false" },
            ],
        },
        .. new[] { Url, Key, Local, Mappings }.Select(static field => field with { Name = field.Name == Mappings.Name ? "amp-model-mappings" : $"amp-{field.Name}", Deprecated = $"Write ampcode.{field.Name}." }),
    ];
}
