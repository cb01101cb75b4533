using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Providers.Schema;

/// <summary>How accounts of a provider are configured. The same schema reads entries of <c>config.yaml</c> and accounts of the store, and describes itself.</summary>
public interface IAccountSchema
{
    /// <summary>The key of <c>config.yaml</c> under which the provider's entries are listed.</summary>
    string Section { get; }

    /// <summary>What an account can be configured with.</summary>
    AccountForm Form { get; }

    /// <summary>
    /// Reads an entry. Every fault is reported with its key and a remedy, and the reading goes on, so that all of them come out at once. Of an entry with a fault nothing
    /// or a part is returned.
    /// </summary>
    /// <param name="entry">The entry: of the file, or of the store, where the account's own fields (name, priority, …), its settings and its opened secret are one document.</param>
    /// <param name="environment">The environment, for what vendors' own programs take from it (<c>AWS_REGION</c>).</param>
    /// <returns>The accounts; their ids are given by the caller. An entry of the store makes one.</returns>
    IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment);

    /// <summary>Reads an entry of a provider whose accounts refer to its settings as a whole (<c>providers.ID</c>); for all others the settings say nothing.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="settings">The provider's settings as they are configured; null where it has none.</param>
    IReadOnlyList<Account> Read(SettingsReader entry, Func<string, string?> environment, object? settings) => Read(entry, environment);

    /// <summary>A key of <c>config.yaml</c> that lists bare API keys, each an account without further settings; null where there is none.</summary>
    string? BareKeySection => null;

    /// <summary>The account of a bare API key.</summary>
    Account FromBareKey(string key) => throw new NotSupportedException("The provider has no list of bare keys.");
}
