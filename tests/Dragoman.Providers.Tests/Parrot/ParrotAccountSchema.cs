using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Tests.Parrot;

/// <summary>An API key or the tokens of a login, and a cage that every request names.</summary>
internal sealed class ParrotAccountSchema : IAccountSchema
{
    private static readonly SettingField Cage = new("cage", SettingType.Text, "The cage that answers.") { IsRequired = true };

    private static readonly ModelSettings Models = new();

    public string Section => "parrots";

    public AccountForm Form { get; } = new(
        [
            new CredentialForm(ApiKeyCredential.KindName, "API key", ApiKeyCredential.Fields),
            new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields),
        ],
        [new SettingField("base-url", SettingType.Address, "Where the parrot is.") { Default = ParrotModule.DefaultBase }, Cage, .. CommonAccountSettings.SettingsWith(Models)]);

    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        var baseUrl = AddressSettings.Base(entry, "base-url") ?? ParrotModule.DefaultBase;
        Credential? credential = entry.Has("access-token") ? OAuthCredential.Read(entry) : ApiKeyCredential.Read(entry);
        var cage = entry.Text(Cage.Name);
        if (string.IsNullOrEmpty(cage)) entry.ErrorAt(Cage.Name, "Every request has to name a cage.", "Add cage: <its name>.");
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null || string.IsNullOrEmpty(cage)) return [];
        return
        [
            shared.Apply(new Account
            {
                Id = "", Label = shared.Name ?? ParrotModule.Id, Provider = ParrotModule.Id, Protocol = Protocol.OpenAiChat, BaseUrl = baseUrl, Credential = credential,
                Options = new Dictionary<string, string> { [Cage.Name] = cage },
            }),
        ];
    }
}
