using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Forwarding.Transport;

/// <summary>In which order the addresses of a service are asked: one that was broken a moment ago comes last for some minutes, so that not every request waits for it.</summary>
internal sealed class HostOrder(TimeProvider time)
{
    private const int MostAddresses = 1024;

    private static readonly TimeSpan PassedOver = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _broken = new(StringComparer.Ordinal);

    /// <summary>The account's addresses, the first to be asked first.</summary>
    public IReadOnlyList<string> Of(Account account) => Order([account.BaseUrl, .. account.FallbackUrls.Where(address => address != account.BaseUrl)]);

    /// <summary>Addresses of a service, the first to be asked first.</summary>
    public IReadOnlyList<string> Order(IReadOnlyList<string> addresses)
    {
        if (_broken.IsEmpty) return addresses;
        var now = time.GetUtcNow();
        return [.. addresses.OrderBy(address => _broken.TryGetValue(address, out var until) && until > now)];
    }

    /// <summary>An address was broken.</summary>
    public void PassOver(string address)
    {
        if (_broken.Count >= MostAddresses) _broken.Clear();
        _broken[address] = time.GetUtcNow() + PassedOver;
    }

    /// <summary>An address has answered.</summary>
    public void Restore(string address)
    {
        if (!_broken.IsEmpty) _broken.TryRemove(address, out _);
    }
}
