using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>The tokens of a login with a Kimi plan, the protocol that it is asked in, and the platform that is served.</summary>
internal static class KimiAccountSchema
{
    /// <summary>The platform.</summary>
    public static readonly SettingField Platform = new("platform", SettingType.Text, "What X-Msh-Platform says; the service refuses platforms that it does not know.") { Default = KimiSettings.DefaultPlatform };

    /// <summary>The platform's version.</summary>
    public static readonly SettingField Version = new("platform-version", SettingType.Text, "What X-Msh-Version says.") { Default = KimiSettings.DefaultVersion };

    private static readonly SettingField BaseUrl = new("base-url", SettingType.Address, "Where the plan is served, with the version path.") { Default = KimiSettings.DefaultBase };

    private static readonly SettingField WireApi = new("wire-api", SettingType.Choice, "Which protocol it is asked in: Chat Completions, or Anthropic's Messages.") { Choices = ["chat", "messages"], Default = "chat" };

    /// <summary>Makes it.</summary>
    public static PlanAccountSchema Create() => new(KimiModule.Id, Protocol.OpenAiChat, BaseUrl, "/chat/completions", "/messages")
    {
        WireApi = (WireApi, [("chat", Protocol.OpenAiChat), ("messages", Protocol.AnthropicMessages)]), HeaderWords = [Platform, Version],
    };
}
