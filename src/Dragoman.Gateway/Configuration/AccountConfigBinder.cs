using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads the lists of upstream accounts: each entry by the schema of the provider whose list it is in.</summary>
internal sealed class AccountConfigBinder(SettingsReader root, ProviderRegistry providers, Func<ProviderModule, object?> settingsOf, Func<string, string?> environment)
{
    private readonly List<Account> _accounts = [];
    private readonly HashSet<string> _labels = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All accounts of the file, in the order of the providers and their lists.</summary>
    public IReadOnlyList<Account> Read()
    {
        foreach (var provider in providers.All)
        {
            foreach (var entry in root.Sections(provider.Accounts.Section))
            {
                foreach (var account in provider.Accounts.Read(entry, environment, settingsOf(provider))) Add(provider, entry, account);
            }

            ReadBareKeys(provider);
        }

        return _accounts;
    }

    private void ReadBareKeys(ProviderModule provider)
    {
        if (provider.Accounts.BareKeySection is not { } section) return;
        foreach (var (key, _, _) in root.GetStrings(section))
        {
            var account = provider.Accounts.FromBareKey(key);
            if (!_accounts.Exists(other => other.Provider == account.Provider && other.Credential.Equals(account.Credential))) Add(provider, root, account);
        }
    }

    private void Add(ProviderModule provider, SettingsReader entry, Account account)
    {
        var id = AccountIds.StableId(account);
        if (_accounts.Find(other => other.Id == id) is { } twin)
        {
            if (account.Credential is not NoCredential)
            {
                entry.Problems.Warn(entry.Path, entry.Map.Line, entry.Map.Column, $"The same key, address and prefix were given before (as '{twin.Label}').", "Merge the two entries; a second one shares the first one's limits upstream.");
            }

            for (var number = 2; _accounts.Exists(other => other.Id == id); number++) id = $"{twin.Id}-{number}";
        }

        var label = account.Label;
        for (var number = 2; !_labels.Add(label); number++) label = $"{account.Label} #{number}";
        _accounts.Add(account with { Id = id, Label = label, Scope = provider.ScopeOf(account) });
    }
}
