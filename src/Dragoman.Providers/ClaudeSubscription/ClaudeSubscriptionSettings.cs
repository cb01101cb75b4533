using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// Where people sign in with a Claude plan, and as which registered application (<c>providers.claude-subscription</c>). The client is a public one without a secret; the defaults are those of 2026-11
/// (wire notes logins-2026-11, section 1).
/// </summary>
internal sealed record ClaudeSubscriptionSettings : IProviderSettings<ClaudeSubscriptionSettings>
{
    /// <summary>Where the API is.</summary>
    public const string DefaultBase = "https://api.anthropic.com";

    /// <summary>The beta without which no access token of a login is taken.</summary>
    public const string DefaultBeta = "oauth-2025-04-20";

    private static readonly SettingField AuthorizeField = new("authorize-url", SettingType.Address, "The page that a person signs in at; https://claude.ai/oauth/authorize is the former one.") { Default = "https://claude.com/cai/oauth/authorize" };

    private static readonly SettingField TokenField = new("token-url", SettingType.Address, "Where codes and refresh tokens are exchanged.") { Default = "https://platform.claude.com/v1/oauth/token" };

    private static readonly SettingField CodePageField = new("code-page", SettingType.Address, "The vendor's page that shows the code, where the browser is on another machine.") { Default = "https://platform.claude.com/oauth/code/callback" };

    private static readonly SettingField ApiField = new("api-url", SettingType.Address, "Where the API is that says plan and usage, and that new accounts get.") { Default = DefaultBase };

    private static readonly SettingField ClientField = new("client-id", SettingType.Text, "The client id of the application that people sign in to.") { Default = "9d1c250a-e61b-44d9-88ed-5944d1962f5e" };

    private static readonly SettingField ScopeField = new("scope", SettingType.Text, "The scopes that are asked for.") { Default = "user:profile user:inference user:sessions:claude_code user:mcp_servers user:file_upload" };

    private static readonly SettingField PortField = new("port", SettingType.Integer, "The loopback port that the browser is sent back to.") { Default = "54545", Min = 1, Max = 65_535 };

    private static readonly SettingField BetaField = new("oauth-beta", SettingType.Text, "The beta that questions about profile and usage carry.") { Default = DefaultBeta };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [AuthorizeField, TokenField, CodePageField, ApiField, ClientField, ScopeField, PortField, BetaField];

    /// <inheritdoc/>
    public static ClaudeSubscriptionSettings Defaults { get; } = new();

    /// <summary>The page that a person signs in at.</summary>
    public string AuthorizeUrl { get; init; } = AuthorizeField.Default!;

    /// <summary>The token endpoint.</summary>
    public string TokenUrl { get; init; } = TokenField.Default!;

    /// <summary>The page that shows the code.</summary>
    public string CodePage { get; init; } = CodePageField.Default!;

    /// <summary>Where the API is, without a slash at the end.</summary>
    public string ApiUrl { get; init; } = DefaultBase;

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = ClientField.Default!;

    /// <summary>The scopes.</summary>
    public string Scope { get; init; } = ScopeField.Default!;

    /// <summary>The loopback port.</summary>
    public int Port { get; init; } = 54_545;

    /// <summary>The beta of access tokens.</summary>
    public string Beta { get; init; } = DefaultBeta;

    /// <inheritdoc/>
    public static ClaudeSubscriptionSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new ClaudeSubscriptionSettings
        {
            AuthorizeUrl = AddressSettings.Base(section, AuthorizeField.Name) ?? Defaults.AuthorizeUrl,
            TokenUrl = AddressSettings.Base(section, TokenField.Name) ?? Defaults.TokenUrl,
            CodePage = AddressSettings.Base(section, CodePageField.Name) ?? Defaults.CodePage,
            ApiUrl = AddressSettings.Base(section, ApiField.Name) ?? Defaults.ApiUrl,
            ClientId = section.Text(ClientField.Name) is { Length: > 0 } client ? client : Defaults.ClientId,
            Scope = section.Text(ScopeField.Name) is { Length: > 0 } scope ? scope : Defaults.Scope,
            Port = section.Integer(PortField.Name, Defaults.Port, 1, 65_535),
            Beta = section.Text(BetaField.Name) is { Length: > 0 } beta ? beta : Defaults.Beta,
        };
    }
}
