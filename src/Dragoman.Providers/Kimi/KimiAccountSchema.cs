using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Kimi;

/// <summary>The tokens of a login with a Kimi plan, the protocol that it is asked in, and the platform that is served.</summary>
internal sealed class KimiAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <summary>The platform.</summary>
    public static readonly SettingField Platform = new("platform", SettingType.Text, "What X-Msh-Platform says; the service refuses platforms that it does not know.") { Default = KimiSettings.DefaultPlatform };

    /// <summary>The platform's version.</summary>
    public static readonly SettingField Version = new("platform-version", SettingType.Text, "What X-Msh-Version says.") { Default = KimiSettings.DefaultVersion };

    /// <inheritdoc/>
    public string Section => KimiModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
        [
            new SettingField("base-url", SettingType.Address, "Where the plan is served, with the version path.") { Default = KimiSettings.DefaultBase },
            new SettingField("wire-api", SettingType.Choice, "Which protocol it is asked in: Chat Completions, or Anthropic's Messages.") { Choices = ["chat", "messages"], Default = "chat" },
            Platform, Version, .. CommonAccountSettings.SettingsWith(Models),
        ]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/chat/completions", "/messages") ?? KimiSettings.DefaultBase;
        var protocol = entry.GetEnum("wire-api", Protocol.OpenAiChat, ("chat", Protocol.OpenAiChat), ("messages", Protocol.AnthropicMessages));
        var credential = OAuthCredential.Read(entry);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in (ReadOnlySpan<SettingField>)[Platform, Version]) options[field.Name] = HeaderSafe.Read(entry, field);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account { Id = "", Label = shared.Name ?? KimiModule.Id, Provider = KimiModule.Id, Protocol = protocol, BaseUrl = baseUrl, Credential = credential, Options = options }),
        ];
    }
}
