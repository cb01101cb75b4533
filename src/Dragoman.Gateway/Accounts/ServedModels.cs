using System.Collections.Concurrent;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// Which upstreams have answered a model that nobody said they serve: they come before those that have not. Known by address, so that all keys
/// of one upstream share it. Bounded, in memory only: it is learnt again by the first answer.
/// </summary>
public sealed class ServedModels
{
    private const int Most = 4_096;

    private readonly ConcurrentDictionary<(string Upstream, string Model), bool> _served = new();

    /// <summary>What names an account's upstream.</summary>
    public static string UpstreamOf(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.Region is { } region ? $"{account.Provider} {account.BaseUrl} {region}" : $"{account.Provider} {account.BaseUrl}";
    }

    /// <summary>Whether the account's upstream has answered for the model.</summary>
    public bool Has(Account account, string model) => !_served.IsEmpty && _served.ContainsKey((UpstreamOf(account), model));

    /// <summary>It has answered.</summary>
    public void RecordServed(Account account, string model)
    {
        if (_served.Count >= Most) _served.Clear();
        _served.TryAdd((UpstreamOf(account), model), true);
    }

    /// <summary>It says that it does not have the model.</summary>
    public void Denied(Account account, string model) => _served.TryRemove((UpstreamOf(account), model), out _);
}
