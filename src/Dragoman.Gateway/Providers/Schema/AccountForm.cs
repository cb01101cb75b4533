using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Providers.Schema;

/// <summary>One way in which an account can authenticate, as a form offers it.</summary>
/// <param name="Kind">The kind of credential it makes (<c>api-key</c>, <c>aws</c>, <c>none</c>, …).</param>
/// <param name="Title">What people call it.</param>
/// <param name="Fields">What has to be entered; nothing for a credential that is found elsewhere or not needed.</param>
public sealed record CredentialForm(string Kind, string Title, IReadOnlyList<SettingField> Fields);

/// <summary>Everything that an account of a provider can be configured with: plain data, of which the API, the command line and the panel make an "add account" form.</summary>
/// <param name="Credentials">The ways to authenticate, the usual one first.</param>
/// <param name="Settings">Settings of the account, in a sensible order; what every account has besides (<see cref="CommonAccountSettings.AccountFields"/>) is not repeated.</param>
public sealed record AccountForm(IReadOnlyList<CredentialForm> Credentials, IReadOnlyList<SettingField> Settings)
{
    /// <summary>Keys that only an entry of <c>config.yaml</c> has, where one entry makes several accounts; a form does not offer them.</summary>
    public IReadOnlyList<SettingField> FileOnly { get; init; } = [];

    /// <summary>Every key that is part of a credential.</summary>
    public IEnumerable<string> CredentialKeys => Credentials.SelectMany(choice => choice.Fields).Concat(FileOnly).SelectMany(item => item.Keys).Distinct(StringComparer.Ordinal);

    /// <summary>Every key that an entry may have.</summary>
    public IEnumerable<string> Keys => CommonAccountSettings.AccountFields.Concat(Settings).SelectMany(item => item.Keys).Concat(CredentialKeys).Distinct(StringComparer.Ordinal);

    /// <summary>The settings that may hold a secret: they are encrypted together with the credential.</summary>
    public IEnumerable<string> SecretSettings => Settings.Where(item => item.IsSecret).SelectMany(item => item.Keys);
}
