using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>The tokens of a login with a Claude plan; an account made of a setup token has no refresh token.</summary>
internal static class ClaudeSubscriptionAccountSchema
{
    /// <summary>The beta that every request carries.</summary>
    public static readonly SettingField Beta = new("oauth-beta", SettingType.Text, "The beta without which the API takes no access token; it is added to those of the client.") { Default = ClaudeSubscriptionSettings.DefaultBeta };

    private static readonly SettingField BaseUrl = new("base-url", SettingType.Address, "Where the API is, without the path of an operation.") { Default = ClaudeSubscriptionSettings.DefaultBase };

    /// <summary>Makes it.</summary>
    public static PlanAccountSchema Create() => new(ClaudeSubscriptionModule.Id, Protocol.AnthropicMessages, BaseUrl, "/v1/messages", "/v1") { HeaderWords = [Beta], Remedy = "Write the betas with commas between." };
}
