using Dragoman.Gateway.Settings;
using static Dragoman.Gateway.Configuration.Schema.FieldText;

namespace Dragoman.Gateway.Configuration.Schema;

/// <summary>Where the gateway listens.</summary>
internal static class ListenerFields
{
    public static IReadOnlyList<SettingField> All { get; } =
    [
        new("host", SettingType.Text, "The address to bind; empty for every interface. Wider than loopback needs a client key, of api-keys or of the store.") { Default = ListenerOptions.Default.Host },
        new("port", SettingType.Integer, "The port; 0 lets the system choose.") { Default = Of(GatewayConfig.DefaultPort), Min = 0, Max = 65_535 },
        new("listeners", SettingType.List, "More addresses to listen on, each with a surface.")
        {
            Items =
            [
                new("host", SettingType.Text, "The address to bind, with or without the port.") { Default = ListenerOptions.Default.Host, Aliases = ["address"] },
                new("port", SettingType.Integer, "The port; the surface's usual one where it is absent.") { Min = 0, Max = 65_535 },
                new("surface", SettingType.Choice, "Which routes are served beside the clients' API: our own, or those of another system.")
                {
                    Choices = [.. ListenerConfigBinder.Surfaces.Select(static surface => surface.Word)], Default = "dragoman",
                },
            ],
        },
        new("trusted-proxies", SettingType.TextList, "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."),
        new("tls", SettingType.Group, "HTTPS on every listener.")
        {
            Items =
            [
                new("enable", SettingType.Flag, "Whether listeners speak HTTPS.") { Default = "false" },
                new("cert", SettingType.Text, "The PEM file of the certificate."),
                new("key", SettingType.Text, "The PEM file of its private key."),
            ],
        },
        new("drain-timeout-seconds", SettingType.Integer, "How long open streams may go on after a request to stop.") { Default = Seconds(GatewayConfig.Default.DrainTimeout), Min = -86_400, Max = 604_800 },
    ];
}
