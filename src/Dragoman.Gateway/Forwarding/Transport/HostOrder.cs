using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>In which order the addresses of an account are asked: one that was broken a moment ago comes last for some minutes, so that not every request waits for it.</summary>
internal sealed class HostOrder(TimeProvider time)
{
    private const int MostAddresses = 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _resting = new(StringComparer.Ordinal);

    /// <summary>The account's addresses, the first to be asked first.</summary>
    public IReadOnlyList<string> Of(Account account)
    {
        List<string> addresses = [account.BaseUrl, .. account.FallbackUrls.Where(address => address != account.BaseUrl)];
        if (_resting.IsEmpty) return addresses;
        var now = time.GetUtcNow();
        return [.. addresses.OrderBy(address => _resting.TryGetValue(address, out var until) && until > now)];
    }

    /// <summary>An address was broken.</summary>
    public void PassOver(string address)
    {
        if (_resting.Count >= MostAddresses) _resting.Clear();
        _resting[address] = time.GetUtcNow() + Rest;
    }

    /// <summary>An address has answered.</summary>
    public void Restore(string address)
    {
        if (!_resting.IsEmpty) _resting.TryRemove(address, out _);
    }
}
