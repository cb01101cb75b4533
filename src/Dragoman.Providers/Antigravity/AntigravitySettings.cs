using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.CodeAssist;

namespace Dragoman.Providers.Antigravity;

/// <summary>
/// Where people sign in at Google for Antigravity, and as which registered application (<c>providers.antigravity</c>). Google's token endpoint wants the application's secret; none is shipped, the owner sets it. The
/// defaults are those of 2026-11 (wire notes logins-2026-11, section 4, and codex-and-antigravity D.14).
/// </summary>
internal sealed record AntigravitySettings : IProviderSettings<AntigravitySettings>, IGoogleSettings
{
    /// <summary>Where the service is.</summary>
    public const string DefaultBase = "https://daily-cloudcode-pa.googleapis.com";

    private static readonly SettingField AuthorizeField = new("authorize-url", SettingType.Address, "The page that a person signs in at.") { Default = "https://accounts.google.com/o/oauth2/v2/auth" };

    private static readonly SettingField TokenField = new("token-url", SettingType.Address, "Where codes and refresh tokens are exchanged.") { Default = "https://oauth2.googleapis.com/token" };

    private static readonly SettingField RevokeField = new("revoke-url", SettingType.Address, "Where a login is ended.") { Default = "https://oauth2.googleapis.com/revoke" };

    private static readonly SettingField UserField = new("userinfo-url", SettingType.Address, "What says whose login it is.") { Default = "https://www.googleapis.com/oauth2/v1/userinfo" };

    private static readonly SettingField BaseField = new("base-url", SettingType.Address, "Where the service is, which says project and tier, and that new accounts get.") { Default = DefaultBase };

    private static readonly SettingField ClientField = new("client-id", SettingType.Text, "The client id of the application that people sign in to.")
    { Default = "1071006060591-tmhssin2h21lcre235vtolojh4g403ep.apps.googleusercontent.com" };

    private static readonly SettingField SecretField = new("client-secret", SettingType.Text, "The application's secret, which is in the Antigravity that you have installed; none is shipped.") { IsSecret = true };

    private static readonly SettingField ScopeField = new("scope", SettingType.Text, "The scopes that are asked for.")
    {
        Default = "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile "
            + "https://www.googleapis.com/auth/cclog https://www.googleapis.com/auth/experimentsandconfigs",
    };

    private static readonly SettingField PortField = new("port", SettingType.Integer, "The first of the loopback ports that the browser is sent back to.") { Default = "51121", Min = 1, Max = 65_530 };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [AuthorizeField, TokenField, RevokeField, UserField, BaseField, ClientField, SecretField, ScopeField, PortField];

    /// <inheritdoc/>
    public static AntigravitySettings Defaults { get; } = new();

    /// <inheritdoc/>
    public string Section => AntigravityModule.Id;

    /// <summary>The page that a person signs in at.</summary>
    public string AuthorizeUrl { get; init; } = AuthorizeField.Default!;

    /// <inheritdoc/>
    public string TokenUrl { get; init; } = TokenField.Default!;

    /// <inheritdoc/>
    public string RevokeUrl { get; init; } = RevokeField.Default!;

    /// <inheritdoc/>
    public string UserUrl { get; init; } = UserField.Default!;

    /// <summary>Where the service is, without a slash at the end.</summary>
    public string BaseUrl { get; init; } = DefaultBase;

    /// <inheritdoc/>
    public string ClientId { get; init; } = ClientField.Default!;

    /// <inheritdoc/>
    public string? ClientSecret { get; init; }

    /// <summary>The scopes.</summary>
    public string Scope { get; init; } = ScopeField.Default!;

    /// <summary>The first loopback port.</summary>
    public int Port { get; init; } = 51_121;

    /// <inheritdoc/>
    public static AntigravitySettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new AntigravitySettings
        {
            AuthorizeUrl = AddressSettings.Base(section, AuthorizeField.Name) ?? Defaults.AuthorizeUrl,
            TokenUrl = AddressSettings.Base(section, TokenField.Name) ?? Defaults.TokenUrl,
            RevokeUrl = AddressSettings.Base(section, RevokeField.Name) ?? Defaults.RevokeUrl,
            UserUrl = AddressSettings.Base(section, UserField.Name) ?? Defaults.UserUrl,
            BaseUrl = AddressSettings.Base(section, BaseField.Name) ?? Defaults.BaseUrl,
            ClientId = Text(section, ClientField) ?? Defaults.ClientId,
            ClientSecret = Text(section, SecretField),
            Scope = Text(section, ScopeField) ?? Defaults.Scope,
            Port = section.Integer(PortField.Name, Defaults.Port, 1, 65_530),
        };
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "settings of Antigravity";

    private static string? Text(SettingsReader section, SettingField field) => section.Text(field.Name) is { Length: > 0 } text ? text : null;
}
