using System.Data;
using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;
using Npgsql;

namespace Dragoman.Storage.Postgres;

/// <summary>A PostgreSQL database: a transaction a piece of work, on pooled connections. The server groups commits by itself.</summary>
internal sealed class PostgresDatabase(NpgsqlDataSource source) : Database
{
    private const int Tries = 5;
    private int waiting;

    public override int Waiting => Volatile.Read(ref waiting);

    public override async Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        Interlocked.Increment(ref waiting);
        try
        {
            for (var number = 1; ; number++)
            {
                try
                {
                    return await RunAsync(work, IsolationLevel.ReadCommitted, cancel).ConfigureAwait(false);
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

    public override async Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            return await RunAsync(work, IsolationLevel.RepeatableRead, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (PostgresFaults.IsOurs(fault))
        {
            throw PostgresFaults.Translate(fault);
        }
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task<T> RunAsync<T>(Func<Session, Task<T>> work, IsolationLevel isolation, CancellationToken cancel)
    {
        try
        {
            var connection = await source.OpenConnectionAsync(cancel).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(isolation, cancel).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var session = new PostgresSession(connection);
                    var result = await work(session).ConfigureAwait(false);
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
