using Dragoman.Gateway.Settings;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>The tokens of a login with a plan, and the words that its service wants to hear.</summary>
internal static class XaiAccountSchema
{
    /// <summary>What says that the token is one of a login.</summary>
    public static readonly SettingField TokenAuth = new("token-auth", SettingType.Text, "What X-XAI-Token-Auth says: that the token is one of a login.") { Default = XaiSettings.DefaultTokenAuth };

    /// <summary>The version that requests name.</summary>
    public static readonly SettingField ClientVersion = new("client-version", SettingType.Text, "What x-grok-client-version says; the service refuses versions that it takes for too old.") { Default = XaiSettings.DefaultVersion };

    private static readonly SettingField BaseUrl = new("base-url", SettingType.Address, "Where the plan is served, with the version path.") { Default = XaiSettings.DefaultBase };

    private static readonly SettingField WireApi = new("wire-api", SettingType.Choice, "Which of OpenAI's protocols it is asked in.") { Choices = ["chat", "responses"], Default = "responses" };

    /// <summary>Makes it.</summary>
    public static PlanAccountSchema Create() => new(XaiModule.Id, Protocol.OpenAiResponses, BaseUrl, "/responses", "/chat/completions")
    {
        Section = "xai-subscription", WireApi = (WireApi, [("chat", Protocol.OpenAiChat), ("responses", Protocol.OpenAiResponses)]), HeaderWords = [TokenAuth, ClientVersion],
    };
}
