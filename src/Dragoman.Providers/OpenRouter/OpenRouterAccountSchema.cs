using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.OpenRouter;

/// <summary>An API key, and whose account it was made for where a login made it.</summary>
internal sealed class OpenRouterAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    private static readonly SettingField AccountId = new(VendorIdentity.AccountIdSetting, SettingType.Text, "OpenRouter's id of the user that the key was made for; a login writes it, so that the next one renews the account.");

    /// <inheritdoc/>
    public string Section => "openrouter-api-key";

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(ApiKeyCredential.KindName, "API key", ApiKeyCredential.Fields)],
        [new SettingField("base-url", SettingType.Address, "Where the API is, with the version path.") { Default = OpenRouterSettings.DefaultBase }, AccountId, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/chat/completions") ?? OpenRouterSettings.DefaultBase;
        var credential = ApiKeyCredential.Read(entry);
        var owner = entry.Text(AccountId.Name);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? OpenRouterModule.Id, Provider = OpenRouterModule.Id, Protocol = Protocol.OpenAiChat, BaseUrl = baseUrl, Credential = credential,
                Options = owner is { Length: > 0 } ? new Dictionary<string, string> { [AccountId.Name] = owner } : new Dictionary<string, string>(),
            }),
        ];
    }
}
