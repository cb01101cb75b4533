using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// Where people sign in with ChatGPT and where its Codex backend is (<c>providers.chatgpt</c>). OpenAI registers no clients of other makers for it, so the public client id of the Codex programs
/// is needed (wire notes logins-2026-11 §2 and codex-and-antigravity §B.8; as of 2026-11).
/// </summary>
internal sealed record ChatGptSettings : IProviderSettings<ChatGptSettings>
{
    /// <summary>Where the backend is.</summary>
    public const string DefaultBase = "https://chatgpt.com/backend-api/codex";

    /// <summary>The version of the Codex programs whose requests these are: the backend keeps newer models from older versions.</summary>
    public const string DefaultClientVersion = "0.171.0";

    /// <summary>How the gateway names itself in <c>originator</c>, which is free text.</summary>
    public const string DefaultOriginator = "dragoman";

    /// <summary>What a WebSocket's handshake says in <c>OpenAI-Beta</c>.</summary>
    public const string DefaultSocketBeta = "responses_websockets=2026-02-06";

    private static readonly SettingField AuthField = new("auth-url", SettingType.Address, "Where people sign in and tokens are renewed and revoked.") { Default = "https://auth.openai.com" };

    private static readonly SettingField BaseField = new("base-url", SettingType.Address, "Where the backend is; new accounts get it.") { Default = DefaultBase };

    private static readonly SettingField ClientField = new("client-id", SettingType.Text, "The client id of the application that people sign in to.") { Default = "app_EMoamEEZ73f0CkXaXp7hrann" };

    private static readonly SettingField ScopeField = new("scope", SettingType.Text, "The scopes that are asked for.") { Default = "openid profile email offline_access" };

    private static readonly SettingField OriginatorField = new("originator", SettingType.Text, "How the gateway names itself while a person signs in.") { Default = DefaultOriginator };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [AuthField, BaseField, ClientField, ScopeField, OriginatorField];

    /// <inheritdoc/>
    public static ChatGptSettings Defaults { get; } = new();

    /// <summary>Where people sign in, without a slash at the end.</summary>
    public string AuthUrl { get; init; } = AuthField.Default!;

    /// <summary>Where the backend is, without a slash at the end.</summary>
    public string BaseUrl { get; init; } = DefaultBase;

    /// <summary>The client id.</summary>
    public string ClientId { get; init; } = ClientField.Default!;

    /// <summary>The scopes.</summary>
    public string Scope { get; init; } = ScopeField.Default!;

    /// <summary>How the gateway names itself while a person signs in.</summary>
    public string Originator { get; init; } = DefaultOriginator;

    /// <inheritdoc/>
    public static ChatGptSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new ChatGptSettings
        {
            AuthUrl = AddressSettings.Base(section, AuthField.Name) ?? Defaults.AuthUrl,
            BaseUrl = AddressSettings.Base(section, BaseField.Name, "/responses") ?? Defaults.BaseUrl,
            ClientId = section.Text(ClientField.Name) is { Length: > 0 } client ? client : Defaults.ClientId,
            Scope = section.Text(ScopeField.Name) is { Length: > 0 } scope ? scope : Defaults.Scope,
            Originator = section.Text(OriginatorField.Name) is { Length: > 0 } originator ? originator : Defaults.Originator,
        };
    }
}
