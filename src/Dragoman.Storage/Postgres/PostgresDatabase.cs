using System.Data;
using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>A PostgreSQL database: a transaction a piece of work, on pooled connections. The server groups commits by itself.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source, TimeProvider time) : Database
{
    /// <summary>How many calls that somebody waits for may be under way, and as many of the others.</summary>
    public const int Places = 8;

    private const int Tries = 5;
    private readonly StoreGuard guard = new(time, "PostgreSQL", Places, failuresInARow: 3);
    private int waiting;

    public override int Waiting => Volatile.Read(ref waiting);

    public override Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => guard.RunAsync(() => WriteAsync(work, static () => false), cancel);

    public override Task<T> WriteSoonAsync<T>(Func<Session, Task<T>> work, Func<T, Task>? undo, CancellationToken cancel)
        => guard.HurryAsync(abandoned => WriteAsync(work, abandoned), undo, cancel);

    public override Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => guard.RunAsync(() => ReadAsync(work), cancel);

    public override Task<T> ReadSoonAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => guard.HurryAsync(_ => ReadAsync(work), undo: null, cancel);

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<T> WriteAsync<T>(Func<Session, Task<T>> work, Func<bool> abandoned)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            for (var number = 1; ; number++)
            {
                try
                {
                    return await RunAsync(work, IsolationLevel.ReadCommitted, abandoned).ConfigureAwait(false);
                }
                catch (PostgresException fault) when (PostgresFaults.IsClash(fault) && number < Tries)
                {
                    // The server ended one of two that waited for each other; the other is done now.
                }
            }
        }
        catch (Exception fault) when (PostgresFaults.IsOurs(fault))
        {
            throw PostgresFaults.Translate(fault);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    private async Task<T> ReadAsync<T>(Func<Session, Task<T>> work)
    {
        try
        {
            return await RunAsync(work, IsolationLevel.RepeatableRead, static () => false).ConfigureAwait(false);
        }
        catch (Exception fault) when (PostgresFaults.IsOurs(fault))
        {
            throw PostgresFaults.Translate(fault);
        }
    }

    /// <summary>Without a token: the driver would cancel by a second connection, and wait on it without giving its thread back.</summary>
    private async Task<T> RunAsync<T>(Func<Session, Task<T>> work, IsolationLevel isolation, Func<bool> abandoned)
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

                    if (session.Abandoned) await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
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
