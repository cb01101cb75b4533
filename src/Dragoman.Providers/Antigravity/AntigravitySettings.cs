using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>
/// Where people sign in at Google for Antigravity, and as which registered application (<c>providers.antigravity</c>). The defaults are those of 2026-11 (wire notes logins-2026-11, section 4, and
/// codex-and-antigravity D.14).
/// </summary>
internal sealed record AntigravitySettings : IProviderSettings<AntigravitySettings>, IGoogleSettings, IServiceAddresses
{
    /// <summary>Where the service is.</summary>
    public const string DefaultBase = "https://daily-cloudcode-pa.googleapis.com";

    /// <summary>Where it is besides.</summary>
    public static readonly IReadOnlyList<string> DefaultFallbacks = [CodeAssistSettings.DefaultBase];

    private static readonly GoogleApplicationFields Google = new(
        AntigravityModule.Id, "Antigravity", DefaultBase, "1071006060591-tmhssin2h21lcre235vtolojh4g403ep.apps.googleusercontent.com",
        "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile "
        + "https://www.googleapis.com/auth/cclog https://www.googleapis.com/auth/experimentsandconfigs");

    private static readonly SettingField FallbackField = new("fallback-urls", SettingType.TextList, "Further addresses of the service, asked in this order where the first fails while an account is set up; for the usual address there is one.");

    private static readonly SettingField PortField = new("port", SettingType.Integer, "The first of the loopback ports that the browser is sent back to.") { Default = "51121", Min = 1, Max = 65_530 };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [.. Google.All, FallbackField, PortField];

    /// <inheritdoc/>
    public static AntigravitySettings Defaults { get; } = new();

    /// <inheritdoc/>
    public GoogleApplication Application { get; init; } = Google.Default;

    /// <inheritdoc/>
    public string BaseUrl => Application.BaseUrl;

    /// <inheritdoc/>
    public IReadOnlyList<string> FallbackUrls { get; init; } = DefaultFallbacks;

    /// <summary>The first loopback port.</summary>
    public int Port { get; init; } = 51_121;

    /// <inheritdoc/>
    public static AntigravitySettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var application = Google.Read(section);
        return new AntigravitySettings
        {
            Application = application, FallbackUrls = FallbacksOf(section, FallbackField.Name, application.BaseUrl), Port = section.Integer(PortField.Name, Defaults.Port, 1, 65_530),
        };
    }

    /// <summary>The further addresses of a section or an entry: those that it names, else those of the usual address.</summary>
    public static IReadOnlyList<string> FallbacksOf(SettingsReader section, string name, string baseUrl)
        => section.Has(name) ? AddressSettings.Bases(section, name, "/v1internal") : baseUrl == DefaultBase ? DefaultFallbacks : [];

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "settings of Antigravity";
}
