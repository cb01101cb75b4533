using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Schema;
using Dragoman.Gateway.Settings;
using Dragoman.Protocols;

namespace Dragoman.Providers.Abstractions;

/// <summary>Accounts with a login and nothing else to sign in by: at an address with a default, in one protocol or a choice of two, and with words that requests carry to the service.</summary>
/// <param name="provider">The provider's id.</param>
/// <param name="protocol">The protocol that the service is asked in where nothing is chosen.</param>
/// <param name="baseUrl">The setting of the address; it has a default.</param>
/// <param name="endings">What people copy with an address and is cut off.</param>
internal sealed class PlanAccountSchema(string provider, Protocol protocol, SettingField baseUrl, params string[] endings) : IAccountSchema
{
    private static readonly ModelSettings Models = new();

    private readonly string? _section;

    /// <inheritdoc/>
    public string Section
    {
        get => _section ?? provider;
        init => _section = value;
    }

    /// <summary>The setting by which the protocol is chosen, and what its words stand for; null where there is one protocol.</summary>
    public (SettingField Field, (string Word, Protocol Value)[] Words)? WireApi { get; init; }

    /// <summary>Settings that become options of the account and are sent in headers; each has a default.</summary>
    public IReadOnlyList<SettingField> HeaderWords { get; init; } = [];

    /// <summary>What to write where such a setting cannot be sent.</summary>
    public string Remedy { get; init; } = "Write one word.";

    /// <inheritdoc/>
    public AccountForm Form => field ??= new(
        [new CredentialForm(OAuthCredential.KindName, "Login", OAuthCredential.Fields)],
        [baseUrl, .. WireApi is { } choice ? (SettingField[])[choice.Field] : [], .. HeaderWords, .. CommonAccountSettings.SettingsWith(Models)]);

    /// <inheritdoc/>
    public IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var address = AddressSettings.Base(entry, baseUrl.Name, endings) ?? baseUrl.Default!;
        var chosen = WireApi is { } choice ? entry.GetEnum(choice.Field.Name, protocol, choice.Words) : protocol;
        var credential = OAuthCredential.Read(entry);
        var options = HeaderWords.ToDictionary(word => word.Name, word => HeaderSafe.Read(entry, word, Remedy), StringComparer.Ordinal);
        var shared = new CommonAccountSettings(entry, Models);
        entry.Finish(UnsupportedSettings.Entry);
        if (credential is null) return [];
        return [shared.Apply(new Account { Id = "", Label = shared.Name ?? provider, Provider = provider, Protocol = chosen, BaseUrl = address, Credential = credential, Options = options })];
    }
}
