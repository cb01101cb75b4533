using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;

namespace Dragoman.Providers.OpenRouter;

/// <summary>Where OpenRouter is (<c>providers.openrouter</c>). The defaults are those of its documentation of 2026-11.</summary>
internal sealed record OpenRouterSettings : IProviderSettings<OpenRouterSettings>
{
    /// <summary>Where its API is.</summary>
    public const string DefaultBase = "https://openrouter.ai/api/v1";

    private static readonly SettingField AuthorizeField = new("authorize-url", SettingType.Address, "The page that a person signs in at.") { Default = "https://openrouter.ai/auth" };

    private static readonly SettingField BaseField = new("base-url", SettingType.Address, "Where the API is that codes are redeemed at, and that new accounts get.") { Default = DefaultBase };

    /// <inheritdoc/>
    public static IReadOnlyList<SettingField> Fields { get; } = [AuthorizeField, BaseField];

    /// <inheritdoc/>
    public static OpenRouterSettings Defaults { get; } = new();

    /// <summary>The page that a person signs in at.</summary>
    public string AuthorizeUrl { get; init; } = AuthorizeField.Default!;

    /// <summary>Where the API is, without a slash at the end.</summary>
    public string BaseUrl { get; init; } = DefaultBase;

    /// <inheritdoc/>
    public static OpenRouterSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new OpenRouterSettings
        {
            AuthorizeUrl = AddressSettings.Base(section, AuthorizeField.Name) ?? Defaults.AuthorizeUrl,
            BaseUrl = AddressSettings.Base(section, BaseField.Name) ?? Defaults.BaseUrl,
        };
    }
}
