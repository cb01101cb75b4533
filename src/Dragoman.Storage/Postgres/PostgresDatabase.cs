using System.Data;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>A PostgreSQL database: a transaction a piece of work, on pooled connections. The server groups commits by itself.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source, TimeProvider time, TimeSpan? timeout = null) : Database
{
    /// <summary>How many calls that somebody waits for may be under way, and as many of the others.</summary>
    public const int MaxConnections = 8;

    private const int Tries = 5;
    private readonly StoreGuard _guard = new(time, "PostgreSQL", MaxConnections, failuresInARow: 3, timeout);
    private int _waiting;

    public override int Waiting => Volatile.Read(ref _waiting);

    public override Task<T> WriteAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken) => _guard.RunAsync(() => WriteAsync(work, static () => false), cancellationToken);

    public override Task<T> WriteSoonAsync<T>(Func<DbTransactionScope, Task<T>> work, Func<T, Task>? undo, CancellationToken cancellationToken)
        => _guard.HurryAsync(abandoned => WriteAsync(work, abandoned), undo, cancellationToken);

    public override Task<T> ReadAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken) => _guard.RunAsync(() => ReadAsync(work), cancellationToken);

    public override Task<T> ReadSoonAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken) => _guard.HurryAsync(_ => ReadAsync(work), undo: null, cancellationToken);

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<T> WriteAsync<T>(Func<DbTransactionScope, Task<T>> work, Func<bool> abandoned)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            for (var number = 1; ; number++)
            {
                try
                {
                    return await RunAsync(work, IsolationLevel.ReadCommitted, abandoned).ConfigureAwait(false);
                }
                catch (PostgresException ex) when (PostgresFaults.IsClash(ex) && number < Tries)
                {
                    // The server ended one of two that waited for each other; the other is done now.
                }
            }
        }
        catch (Exception ex) when (PostgresFaults.IsOurs(ex))
        {
            throw PostgresFaults.Translate(ex);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<T> ReadAsync<T>(Func<DbTransactionScope, Task<T>> work)
    {
        try
        {
            return await RunAsync(work, IsolationLevel.RepeatableRead, static () => false).ConfigureAwait(false);
        }
        catch (Exception ex) when (PostgresFaults.IsOurs(ex))
        {
            throw PostgresFaults.Translate(ex);
        }
    }

    /// <summary>Without a token: the driver would cancel by a second connection, and wait on it without giving its thread back.</summary>
    private async Task<T> RunAsync<T>(Func<DbTransactionScope, Task<T>> work, IsolationLevel isolation, Func<bool> abandoned)
    {
        try
        {
            var connection = await source.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(isolation, CancellationToken.None).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var session = new PostgresSession(connection);
                    var result = await work(session).ConfigureAwait(false);
                    if (abandoned())
                    {
                        await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
                        throw new StoreException(StoreFault.Unavailable, "PostgreSQL answered too late; nothing was changed.");
                    }

                    if (session.IsDiscarded) await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
                    else await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    return result;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            throw new StoreException(StoreFault.Unavailable, "The store is closed.");
        }
    }
}
