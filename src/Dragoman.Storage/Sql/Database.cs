namespace Dragoman.Storage.Sql;

/// <summary>
/// One database, whichever engine. Work is given as a function of a session and runs in one transaction: acknowledged means durable.
/// The function may be run again (after a deadlock), so it must not change anything but the database.
/// </summary>
internal abstract class Database : IAsyncDisposable
{
    /// <summary>Writes that wait for their turn.</summary>
    public abstract int Waiting { get; }

    /// <summary>Runs work that changes something, as one transaction.</summary>
    public abstract Task<T> WriteAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs work that only reads, on one snapshot.</summary>
    public abstract Task<T> ReadAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs work that a request waits for: it fails soon where the database does not answer.</summary>
    /// <param name="work">The work.</param>
    /// <param name="undo">What to do with a result that comes too late for whoever asked; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public virtual Task<T> WriteSoonAsync<T>(Func<DbTransactionScope, Task<T>> work, Func<T, Task>? undo, CancellationToken cancellationToken) => WriteAsync(work, cancellationToken);

    /// <summary>Reads what a request waits for: it fails soon where the database does not answer.</summary>
    public virtual Task<T> ReadSoonAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken) => ReadAsync(work, cancellationToken);

    public Task WriteAsync(Func<DbTransactionScope, Task> work, CancellationToken cancellationToken)
        => WriteAsync(async session =>
        {
            await work(session).ConfigureAwait(false);
            return true;
        }, cancellationToken);

    public abstract ValueTask DisposeAsync();
}
