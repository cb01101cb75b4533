using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Xai;

/// <summary>
/// Where people sign in at xAI, and as which registered application (<c>providers.xai</c>). The client is a public one without a secret; the defaults are those of 2026-11 (wire notes logins-2026-11, section 7,
/// and cliproxyapi 6.10).
/// </summary>
internal sealed record XaiSettings : IProviderSettings<XaiSettings>
{
    /// <summary>Where plans are served.</summary>
    public const string DefaultBase = "https://cli-chat-proxy.grok.com/v1";

    /// <summary>The version that requests name where nothing is configured.</summary>
    public const string DefaultVersion = "1.0.12";

    /// <summary>How requests say that their token is one of a login.</summary>
    public const string DefaultTokenAuth = "xai-grok-cli";

    private static readonly SettingField DiscoveryField = new("discovery-url", SettingType.Address, "The document that names the token endpoint, which has to be at the same host or below x.ai.") { Default = "https://auth.x.ai/.well-known/openid-configuration" };

    private static readonly SettingField DeviceField = new("device-url", SettingType.Address, "Where codes for devices are had.") { Default = "https://auth.x.ai/oauth2/device/code" };

    private static readonly SettingField AuthorizeField = new("authorize-url", SettingType.Address, "The page that a person signs in at.") { Default = "https://auth.x.ai/oauth2/authorize" };

    private static readonly SettingField UserField = new("userinfo-url", SettingType.Address, "What says whose login it is.") { Default = "https://auth.x.ai/oauth2/userinfo" };

    private static readonly SettingField BaseField = new("base-url", SettingType.Address, "Where plans are served, which says what is left of them, and that new accounts get.") { Default = DefaultBase };

    private static readonly SettingField ClientField = new("client-id", SettingType.Text, "The client id of the application that people sign in to.") { Default = "b1a00492-073a-47ea-816f-4c329264a828" };

    private static readonly SettingField ScopeField = new("scope", SettingType.Text, "The scopes that are asked for.") { Default = "openid profile email offline_access grok-cli:access api:access" };

    private static readonly SettingField VersionField = new("client-version", SettingType.Text, "The version that questions about the plan name.") { Default = DefaultVersion };

    private static readonly SettingField PortField = new("port", SettingType.Integer, "The loopback port that the browser is sent back to; the vendor has registered one.") { Default = "56121", Min = 1, Max = 65_535 };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [DiscoveryField, DeviceField, AuthorizeField, UserField, BaseField, ClientField, ScopeField, VersionField, PortField];

    /// <inheritdoc/>
    public static XaiSettings Defaults { get; } = new();

    /// <summary>The discovery document.</summary>
    public string DiscoveryUrl { get; init; } = DiscoveryField.Default!;

    /// <summary>The device authorization endpoint.</summary>
    public string DeviceUrl { get; init; } = DeviceField.Default!;

    /// <summary>The authorization endpoint.</summary>
    public string AuthorizeUrl { get; init; } = AuthorizeField.Default!;

    /// <summary>The userinfo endpoint.</summary>
    public string UserUrl { get; init; } = UserField.Default!;

    /// <summary>Where plans are served, without a slash at the end.</summary>
    public string BaseUrl { get; init; } = DefaultBase;

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = ClientField.Default!;

    /// <summary>The scopes.</summary>
    public string Scope { get; init; } = ScopeField.Default!;

    /// <summary>The version of questions about the plan.</summary>
    public string ClientVersion { get; init; } = DefaultVersion;

    /// <summary>The loopback port.</summary>
    public int Port { get; init; } = 56_121;

    /// <inheritdoc/>
    public static XaiSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new XaiSettings
        {
            DiscoveryUrl = AddressSettings.Base(section, DiscoveryField.Name) ?? Defaults.DiscoveryUrl,
            DeviceUrl = AddressSettings.Base(section, DeviceField.Name) ?? Defaults.DeviceUrl,
            AuthorizeUrl = AddressSettings.Base(section, AuthorizeField.Name) ?? Defaults.AuthorizeUrl,
            UserUrl = AddressSettings.Base(section, UserField.Name) ?? Defaults.UserUrl,
            BaseUrl = AddressSettings.Base(section, BaseField.Name) ?? Defaults.BaseUrl,
            ClientId = Text(section, ClientField, Defaults.ClientId),
            Scope = Text(section, ScopeField, Defaults.Scope),
            ClientVersion = Text(section, VersionField, Defaults.ClientVersion),
            Port = section.Integer(PortField.Name, Defaults.Port, 1, 65_535),
        };
    }

    private static string Text(SettingsReader section, SettingField field, string standard) => section.Text(field.Name) is { Length: > 0 } text ? text : standard;
}
