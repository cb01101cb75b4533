using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Kimi;

/// <summary>
/// Where people sign in with a Kimi plan, and as which registered application and platform (<c>providers.kimi-code</c>). The client is a public one without a secret; the service serves one platform only. The
/// defaults are those of 2026-11 (wire notes logins-2026-11, section 6, and cliproxyapi 6.9).
/// </summary>
internal sealed record KimiSettings : IProviderSettings<KimiSettings>
{
    /// <summary>Where plans are served.</summary>
    public const string DefaultBase = "https://api.kimi.com/coding/v1";

    /// <summary>The platform that is served.</summary>
    public const string DefaultPlatform = "kimi_cli";

    /// <summary>The version that requests name where nothing is configured.</summary>
    public const string DefaultVersion = "1.41.0";

    private static readonly SettingField AuthField = new("auth-url", SettingType.Address, "Where codes and tokens are had.") { Default = "https://auth.kimi.com" };

    private static readonly SettingField BaseField = new("base-url", SettingType.Address, "Where plans are served, which says what is left of them, and that new accounts get.") { Default = DefaultBase };

    private static readonly SettingField ClientField = new("client-id", SettingType.Text, "The client id of the application that people sign in to.") { Default = "17e5f671-d194-4dfb-9706-5516cb48c098" };

    private static readonly SettingField PlatformField = new("platform", SettingType.Text, "What X-Msh-Platform says at the login; the service refuses platforms that it does not know.") { Default = DefaultPlatform };

    private static readonly SettingField VersionField = new("platform-version", SettingType.Text, "What X-Msh-Version says at the login.") { Default = DefaultVersion };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [AuthField, BaseField, ClientField, PlatformField, VersionField];

    /// <inheritdoc/>
    public static KimiSettings Defaults { get; } = new();

    /// <summary>Where codes and tokens are had, without a slash at the end.</summary>
    public string AuthUrl { get; init; } = AuthField.Default!;

    /// <summary>Where plans are served, without a slash at the end.</summary>
    public string BaseUrl { get; init; } = DefaultBase;

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = ClientField.Default!;

    /// <summary>The platform.</summary>
    public string Platform { get; init; } = DefaultPlatform;

    /// <summary>The platform's version.</summary>
    public string PlatformVersion { get; init; } = DefaultVersion;

    /// <inheritdoc/>
    public static KimiSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new KimiSettings
        {
            AuthUrl = AddressSettings.Base(section, AuthField.Name) ?? Defaults.AuthUrl,
            BaseUrl = AddressSettings.Base(section, BaseField.Name) ?? Defaults.BaseUrl,
            ClientId = Text(section, ClientField, Defaults.ClientId),
            Platform = Text(section, PlatformField, Defaults.Platform),
            PlatformVersion = Text(section, VersionField, Defaults.PlatformVersion),
        };
    }

    private static string Text(SettingsReader section, SettingField field, string standard) => section.Text(field.Name) is { Length: > 0 } text ? text : standard;
}
