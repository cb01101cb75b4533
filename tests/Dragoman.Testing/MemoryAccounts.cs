using System.Threading.Channels;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Testing;

/// <summary>A store of accounts in memory, with its notices, as far as the book of accounts uses them.</summary>
public sealed class MemoryAccounts : IAccountStore, IChangeFeed
{
    private readonly Channel<StoreChange> _changes = Channel.CreateUnbounded<StoreChange>();

    public List<StoredAccount> Items { get; } = [];

    /// <summary>Set to make every call fail.</summary>
    public bool IsDown { get; set; }

    public Task<IReadOnlyList<StoredAccount>> ListAsync(CancellationToken cancellationToken = default)
        => IsDown ? throw new StoreException(StoreFault.Unavailable, "The store is down.") : Task.FromResult<IReadOnlyList<StoredAccount>>([.. Items]);

    public Task<StoredAccount?> GetAsync(string id, CancellationToken cancellationToken = default) => Task.FromResult(Items.Find(item => item.Id == id));

    public Task<SaveResult> AddAsync(StoredAccount account, CancellationToken cancellationToken = default)
    {
        if (Items.Exists(item => item.Id == account.Id || item.Label.Equals(account.Label, StringComparison.OrdinalIgnoreCase))) return Task.FromResult(new SaveResult(SaveOutcome.Taken, 0));
        Items.Add(account with { Version = 1 });
        Tell(account.Id);
        return Task.FromResult(new SaveResult(SaveOutcome.Saved, 1));
    }

    public Task<SaveResult> UpdateAsync(StoredAccount account, Fence? fence = null, CancellationToken cancellationToken = default)
    {
        var at = Items.FindIndex(item => item.Id == account.Id);
        if (at < 0) return Task.FromResult(new SaveResult(SaveOutcome.Missing, 0));
        if (Items[at].Version != account.Version) return Task.FromResult(new SaveResult(SaveOutcome.Conflict, 0));
        Items[at] = account with { Version = account.Version + 1 };
        Tell(account.Id);
        return Task.FromResult(new SaveResult(SaveOutcome.Saved, account.Version + 1));
    }

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken = default)
    {
        var there = Items.RemoveAll(item => item.Id == id) > 0;
        Tell(id);
        return Task.FromResult(there);
    }

    public Task<SaveResult> RemoveAsync(string id, long version, CancellationToken cancellationToken = default)
    {
        if (Items.Find(item => item.Id == id) is not { } item) return Task.FromResult(new SaveResult(SaveOutcome.Missing, 0));
        if (item.Version != version) return Task.FromResult(new SaveResult(SaveOutcome.Conflict, 0));
        Items.Remove(item);
        Tell(id);
        return Task.FromResult(new SaveResult(SaveOutcome.Saved, version));
    }

    public IAsyncEnumerable<StoreChange> ListenAsync(CancellationToken cancellationToken = default) => _changes.Reader.ReadAllAsync(cancellationToken);

    private void Tell(string id) => _changes.Writer.TryWrite(new StoreChange(StoreChangeKind.Account, id));
}

/// <summary>Wraps secrets so that a test can open and spoil them.</summary>
public sealed class PlainSecrets : ISecretProtector
{
    public byte[] Protect(ReadOnlySpan<byte> secret, string purpose) => [.. System.Text.Encoding.UTF8.GetBytes(purpose + "|"), .. secret];

    public byte[] Unprotect(ReadOnlySpan<byte> envelope, string purpose)
    {
        var mark = System.Text.Encoding.UTF8.GetBytes(purpose + "|");
        return envelope.StartsWith(mark) ? envelope[mark.Length..].ToArray() : throw new SecretUnreadableException("The envelope was made for something else.");
    }

    public bool IsCurrent(ReadOnlySpan<byte> envelope) => true;
}
