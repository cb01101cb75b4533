using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>The tokens of a login with a Claude plan; an account made of a setup token has no refresh token.</summary>
internal sealed class ClaudeSubscriptionAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <summary>The beta that every request carries.</summary>
    public static readonly SettingField Beta = new("oauth-beta", SettingType.Text, "The beta without which the API takes no access token; it is added to those of the client.") { Default = ClaudeSubscriptionSettings.DefaultBeta };

    /// <inheritdoc/>
    public string Section => ClaudeSubscriptionModule.Id;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
        [new SettingField("base-url", SettingType.Address, "Where the API is, without the path of an operation.") { Default = ClaudeSubscriptionSettings.DefaultBase }, Beta, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/v1/messages", "/v1") ?? ClaudeSubscriptionSettings.DefaultBase;
        var credential = OAuthCredential.Read(entry);
        var beta = HeaderSafe.Read(entry, Beta, "Write the betas with commas between.");
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? ClaudeSubscriptionModule.Id, Provider = ClaudeSubscriptionModule.Id, Protocol = Protocol.AnthropicMessages, BaseUrl = baseUrl, Credential = credential,
                Options = new Dictionary<string, string> { [Beta.Name] = beta },
            }),
        ];
    }
}
