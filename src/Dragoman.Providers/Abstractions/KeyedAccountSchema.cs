using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Abstractions;

/// <summary>Accounts with an API key, at the vendor's address or another that speaks the same protocol. A server of one's own may ask for no key.</summary>
/// <param name="provider">The provider's id.</param>
/// <param name="section">The key of <c>config.yaml</c> that lists them.</param>
/// <param name="protocol">The protocol that they speak.</param>
/// <param name="defaultBase">The vendor's address, as paths are appended to it.</param>
/// <param name="endings">What people copy with an address and is cut off.</param>
public sealed class KeyedAccountSchema(string provider, string section, Protocol protocol, string defaultBase, params string[] endings) : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    /// <inheritdoc/>
    public string Section => section;

    /// <inheritdoc/>
    public AccountForm Form { get; } = new(
        [new CredentialForm(ApiKeyCredential.KindName, "API key", ApiKeyCredential.Fields), new CredentialForm(NoCredential.KindName, "None: a server of your own that asks for no key", [])],
        [new SettingField("base-url", SettingType.Address, "Where the API is, without the path of an operation.") { Default = defaultBase }, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public string? BareKeySection { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var baseUrl = AddressSettings.Base(entry, "base-url", endings);
        var credential = baseUrl is not null ? ApiKeyCredential.ReadOptional(entry) : ApiKeyCredential.Read(entry);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        return credential is null ? [] : [shared.Apply(AccountWith(credential, baseUrl, shared.Name))];
    }

    /// <inheritdoc/>
    public Account FromBareKey(string key) => AccountWith(new ApiKeyCredential(key));

    private Account AccountWith(Credential credential, string? baseUrl = null, string? name = null)
        => new() { Id = "", Label = name ?? provider, Provider = provider, Protocol = protocol, BaseUrl = baseUrl ?? defaultBase, Credential = credential };
}
