using System.Collections.Concurrent;
using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>The reading connections of a file: a few, kept open. Each piece of work sees one snapshot.</summary>
internal sealed class SqliteReaders(string path, TimeProvider time, TimeSpan busy) : IDisposable
{
    /// <summary>How many connections there are at most.</summary>
    public const int Most = 4;

    private readonly SemaphoreSlim places = new(Most);
    private readonly ConcurrentBag<SqliteStatements> idle = [];
    private volatile bool closed;

    public async Task<T> RunAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        if (closed) throw new StoreException(StoreFault.Unavailable, "The store is closed.");
        await places.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            // On a thread of its own: a disk that hangs keeps it, and the pool's are for everybody.
            return await Task.Factory.StartNew(() => RunOnOne(work), cancel, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose()
    {
        closed = true;
        while (idle.TryTake(out var reader)) reader.Dispose();
    }

    private T RunOnOne<T>(Func<Session, Task<T>> work)
    {
        SqliteStatements? reader = null;
        try
        {
            if (!idle.TryTake(out reader)) reader = new SqliteStatements(SqliteConnecting.Open(path, readOnly: true, SqliteDurability.Normal, busy));
            SqliteConnecting.Run(reader.Connection, "BEGIN");
            var result = work(new SqliteSession(reader, time)).GetAwaiter().GetResult();
            SqliteConnecting.Run(reader.Connection, "COMMIT");
            if (closed) reader.Dispose();
            else idle.Add(reader);
            return result;
        }
        catch (Exception fault)
        {
            reader?.Dispose();
            if (fault is SqliteException) throw SqliteFaults.Translate(fault, path);
            throw;
        }
    }
}
