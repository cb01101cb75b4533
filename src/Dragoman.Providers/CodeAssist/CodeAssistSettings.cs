using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.CodeAssist;

/// <summary>
/// Where people sign in at Google for Gemini Code Assist, and as which registered application (<c>providers.code-assist</c>). Google's token endpoint wants the application's secret; none is shipped, the owner sets
/// it. The defaults are those of 2026-11 (wire notes logins-2026-11, section 3, and codex-and-antigravity D.14).
/// </summary>
internal sealed record CodeAssistSettings : IProviderSettings<CodeAssistSettings>, IGoogleSettings
{
    /// <summary>Where the service is.</summary>
    public const string DefaultBase = "https://cloudcode-pa.googleapis.com";

    private static readonly SettingField AuthorizeField = new("authorize-url", SettingType.Address, "The page that a person signs in at.") { Default = "https://accounts.google.com/o/oauth2/v2/auth" };

    private static readonly SettingField TokenField = new("token-url", SettingType.Address, "Where codes and refresh tokens are exchanged.") { Default = "https://oauth2.googleapis.com/token" };

    private static readonly SettingField RevokeField = new("revoke-url", SettingType.Address, "Where a login is ended.") { Default = "https://oauth2.googleapis.com/revoke" };

    private static readonly SettingField UserField = new("userinfo-url", SettingType.Address, "What says whose login it is.") { Default = "https://www.googleapis.com/oauth2/v1/userinfo" };

    private static readonly SettingField CodePageField = new("code-page", SettingType.Address, "The vendor's page that shows the code, where the browser is on another machine.") { Default = "https://codeassist.google.com/authcode" };

    private static readonly SettingField BaseField = new("base-url", SettingType.Address, "Where the service is, which says project and tier, and that new accounts get.") { Default = DefaultBase };

    private static readonly SettingField ClientField = new("client-id", SettingType.Text, "The client id of the application that people sign in to.")
    { Default = "681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com" };

    private static readonly SettingField SecretField = new("client-secret", SettingType.Text, "The application's secret, which is in the Gemini CLI that you have installed; none is shipped.") { IsSecret = true };

    private static readonly SettingField ScopeField = new("scope", SettingType.Text, "The scopes that are asked for.")
    { Default = "https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile" };

    private static readonly SettingField ProjectField = new("project", SettingType.Text, "The Google Cloud project of the licence; found out at the login where it is absent.");

    private static readonly SettingField PortField = new("port", SettingType.Integer, "The loopback port that the browser is sent back to.") { Default = "8085", Min = 1, Max = 65_535 };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [AuthorizeField, TokenField, RevokeField, UserField, CodePageField, BaseField, ClientField, SecretField, ScopeField, ProjectField, PortField];

    /// <inheritdoc/>
    public static CodeAssistSettings Defaults { get; } = new();

    /// <inheritdoc/>
    public string Section => CodeAssistModule.Id;

    /// <summary>The page that a person signs in at.</summary>
    public string AuthorizeUrl { get; init; } = AuthorizeField.Default!;

    /// <summary>The token endpoint.</summary>
    public string TokenUrl { get; init; } = TokenField.Default!;

    /// <summary>Where a login is ended.</summary>
    public string RevokeUrl { get; init; } = RevokeField.Default!;

    /// <summary>The userinfo endpoint.</summary>
    public string UserUrl { get; init; } = UserField.Default!;

    /// <summary>The page that shows the code.</summary>
    public string CodePage { get; init; } = CodePageField.Default!;

    /// <summary>Where the service is, without a slash at the end.</summary>
    public string BaseUrl { get; init; } = DefaultBase;

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = ClientField.Default!;

    /// <summary>The application's secret; null where the owner has set none.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>The scopes.</summary>
    public string Scope { get; init; } = ScopeField.Default!;

    /// <summary>The project of the licence; null where it is found out.</summary>
    public string? Project { get; init; }

    /// <summary>The loopback port.</summary>
    public int Port { get; init; } = 8085;

    /// <inheritdoc/>
    public static CodeAssistSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new CodeAssistSettings
        {
            AuthorizeUrl = AddressSettings.Base(section, AuthorizeField.Name) ?? Defaults.AuthorizeUrl,
            TokenUrl = AddressSettings.Base(section, TokenField.Name) ?? Defaults.TokenUrl,
            RevokeUrl = AddressSettings.Base(section, RevokeField.Name) ?? Defaults.RevokeUrl,
            UserUrl = AddressSettings.Base(section, UserField.Name) ?? Defaults.UserUrl,
            CodePage = AddressSettings.Base(section, CodePageField.Name) ?? Defaults.CodePage,
            BaseUrl = AddressSettings.Base(section, BaseField.Name) ?? Defaults.BaseUrl,
            ClientId = Text(section, ClientField) ?? Defaults.ClientId,
            ClientSecret = Text(section, SecretField),
            Scope = Text(section, ScopeField) ?? Defaults.Scope,
            Project = Text(section, ProjectField),
            Port = section.Integer(PortField.Name, Defaults.Port, 1, 65_535),
        };
    }

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "settings of Code Assist";

    private static string? Text(SettingsReader section, SettingField field) => section.Text(field.Name) is { Length: > 0 } text ? text : null;
}
