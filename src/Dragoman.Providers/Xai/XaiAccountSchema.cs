using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Xai;

/// <summary>The tokens of a login with a plan, and the words that its service wants to hear.</summary>
internal sealed class XaiAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <summary>What says that the token is one of a login.</summary>
    public static readonly SettingField TokenAuth = new("token-auth", SettingType.Text, "What X-XAI-Token-Auth says: that the token is one of a login.") { Default = XaiSettings.DefaultTokenAuth };

    /// <summary>The version that requests name.</summary>
    public static readonly SettingField ClientVersion = new("client-version", SettingType.Text, "What x-grok-client-version says; the service refuses versions that it takes for too old.") { Default = XaiSettings.DefaultVersion };

    /// <inheritdoc/>
    public string Section => "xai-subscription";

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
        [
            new SettingField("base-url", SettingType.Address, "Where the plan is served, with the version path.") { Default = XaiSettings.DefaultBase },
            new SettingField("wire-api", SettingType.Choice, "Which of OpenAI's protocols it is asked in.") { Choices = ["chat", "responses"], Default = "responses" },
            TokenAuth, ClientVersion, .. CommonAccountSettings.SettingsWith(Models),
        ]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/responses", "/chat/completions") ?? XaiSettings.DefaultBase;
        var protocol = entry.GetEnum("wire-api", Protocol.OpenAiResponses, ("chat", Protocol.OpenAiChat), ("responses", Protocol.OpenAiResponses));
        var credential = OAuthCredential.Read(entry);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in (ReadOnlySpan<SettingField>)[TokenAuth, ClientVersion]) options[field.Name] = HeaderSafe.Read(entry, field);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account { Id = "", Label = shared.Name ?? XaiModule.Id, Provider = XaiModule.Id, Protocol = protocol, BaseUrl = baseUrl, Credential = credential, Options = options }),
        ];
    }
}
