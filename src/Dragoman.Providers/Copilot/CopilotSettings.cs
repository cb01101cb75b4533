using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// Where GitHub Copilot is, and as which registered application people sign in (<c>providers.github-copilot</c>). GitHub gives Copilot's tokens to few applications
/// only, so one of the public client ids is needed; the default is that of GitHub's own command line, as of 2026-11.
/// </summary>
internal sealed record CopilotSettings : IProviderSettings<CopilotSettings>
{
    /// <summary>Where its API is for individual plans.</summary>
    public const string DefaultBase = "https://api.githubcopilot.com";

    private static readonly SettingField LoginField = new("login-url", SettingType.Address, "Where people sign in: github.com, or the address of an enterprise's own GitHub.") { Default = "https://github.com" };

    private static readonly SettingField ApiField = new("api-url", SettingType.Address, "Where GitHub's own API is.") { Default = "https://api.github.com" };

    private static readonly SettingField ClientField = new("client-id", SettingType.Text, "The client id of the application that people sign in to.") { Default = "Ov23ctDVkRmgkPke0Mmm" };

    private static readonly SettingField ScopeField = new("scope", SettingType.Text, "The scopes that are asked for.") { Default = "read:user" };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [LoginField, ApiField, ClientField, ScopeField];

    /// <inheritdoc/>
    public static CopilotSettings Defaults { get; } = new();

    /// <summary>Where people sign in, without a slash at the end.</summary>
    public string LoginUrl { get; init; } = LoginField.Default!;

    /// <summary>Where GitHub's own API is, without a slash at the end.</summary>
    public string ApiUrl { get; init; } = ApiField.Default!;

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = ClientField.Default!;

    /// <summary>The scopes.</summary>
    public string Scope { get; init; } = ScopeField.Default!;

    /// <inheritdoc/>
    public static CopilotSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new CopilotSettings
        {
            LoginUrl = AddressSettings.Base(section, LoginField.Name) ?? Defaults.LoginUrl,
            ApiUrl = AddressSettings.Base(section, ApiField.Name) ?? Defaults.ApiUrl,
            ClientId = section.Text(ClientField.Name) is { Length: > 0 } client ? client : Defaults.ClientId,
            Scope = section.Text(ScopeField.Name) is { Length: > 0 } scope ? scope : Defaults.Scope,
        };
    }
}
