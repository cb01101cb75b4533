using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>Who may use and who may manage the gateway.</summary>
internal static class AccessFields
{
    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("api-keys", SettingType.TextList, "Keys that clients may show, without limits of their own; keys with limits are made with 'dragoman keys'.") { IsSecret = true },
        new("remote-management", SettingType.Group, "Who may use the management routes.")
        {
            Foreign = UnsupportedSettings.Management,
            Items =
            [
                new("allow-remote", SettingType.Flag, "Other machines may manage the gateway, with the secret.") { Default = "false" },
                new("secret-key", SettingType.Text, "The management secret: plain, ${NAME}, or a bcrypt hash; better kept by 'dragoman settings secret'.") { IsSecret = true },
                new("require-secret-on-loopback", SettingType.Flag, "Programs on this machine must show the secret, too.") { Default = "false" },
                new("disable-control-panel", SettingType.Flag, "The gateway serves no panel, and no page for managing on the surface of CLIProxyAPI.") { Default = "false" },
                new("session-idle", SettingType.Duration, "How long a session of the panel lasts that nobody uses.") { Default = "12h" },
                new("session-lifetime", SettingType.Duration, "How long a session of the panel lasts at the most.") { Default = "336h" },
                new("hosts", SettingType.TextList, "Names that the gateway goes by when it is managed from elsewhere."),
                new("origins", SettingType.TextList, "Web pages of other sites (https://panel.example) that may manage the gateway with the secret."),
            ],
        },
        new("surfaces", SettingType.Group, "What surfaces of other systems may do.")
        {
            Items = [new("write-user-files", SettingType.Flag, "Whether the routes that show and change Claude Code's settings work, for programs on the gateway's own machine.") { Default = "false" }],
        },
    ];
}
