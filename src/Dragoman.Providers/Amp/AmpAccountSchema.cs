using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Amp;

/// <summary>The key of Amp's product, and where Amp is.</summary>
internal sealed class AmpAccountSchema : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <inheritdoc/>
    public string Section => "amp-api-key";

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(ApiKeyCredential.KindName, "Key of the product", ApiKeyCredential.Fields)],
        [new SettingField("base-url", SettingType.Address, "Where Amp is, without the path of a route.") { Default = AmpModule.DefaultBase }, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", "/api") ?? AmpModule.DefaultBase;
        var credential = ApiKeyCredential.Read(entry);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        return credential is null
            ? []
            : [shared.Apply(new Account { Id = "", Label = shared.Name ?? AmpModule.Id, Provider = AmpModule.Id, Protocol = Protocol.AnthropicMessages, BaseUrl = baseUrl, Credential = credential })];
    }
}
