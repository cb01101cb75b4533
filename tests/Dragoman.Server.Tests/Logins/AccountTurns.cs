namespace Dragoman.Server.Tests.Logins;

/// <summary>Which account is used next: the one that has waited longest, of those that no killed node has the right to renew.</summary>
internal sealed class AccountTurns
{
    private readonly PriorityQueue<int, DateTime> _accounts = new();

    public AccountTurns(int accounts)
    {
        for (var account = 0; account < accounts; account++) _accounts.Enqueue(account, DateTime.UtcNow);
    }

    public void Return(int account, TimeSpan rest)
    {
        lock (_accounts) _accounts.Enqueue(account, DateTime.UtcNow + rest);
    }

    public async Task<int> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_accounts)
                if (_accounts.TryPeek(out var account, out var ready) && ready <= DateTime.UtcNow) return _accounts.Dequeue();
            await Task.Delay(50, cancellationToken);
        }
    }
}
