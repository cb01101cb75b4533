using System.Collections.Concurrent;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>The reading connections of a file: a few, kept open. Each piece of work sees one snapshot.</summary>
internal sealed class SqliteReaders(string path, TimeProvider time, TimeSpan busy) : IDisposable
{
    /// <summary>How many connections there are at most.</summary>
    public const int Most = 4;

    private readonly SemaphoreSlim _places = new(Most);
    private readonly ConcurrentBag<SqliteStatements> _idle = [];
    private volatile bool _closed;

    public async Task<T> RunAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken)
    {
        if (_closed) throw new StoreException(StoreFault.Unavailable, "The store is closed.");
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // On a thread of its own: a disk that hangs keeps it, and the pool's are for everybody.
            return await Task.Factory.StartNew(() => RunOnOne(work), cancellationToken, TaskCreationOptions.LongRunning | TaskCreationOptions.RunContinuationsAsynchronously, TaskScheduler.Default).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }

    private T RunOnOne<T>(Func<DbTransactionScope, Task<T>> work)
    {
        SqliteStatements? reader = null;
        try
        {
            if (!_idle.TryTake(out reader)) reader = new SqliteStatements(SqliteConnecting.Open(path, readOnly: true, SqliteDurability.Normal, busy));
            SqliteConnecting.Run(reader.Connection, "BEGIN");
            var result = work(new SqliteSession(reader, time)).GetAwaiter().GetResult();
            SqliteConnecting.Run(reader.Connection, "COMMIT");
            if (_closed) reader.Dispose();
            else _idle.Add(reader);
            return result;
        }
        catch (Exception ex)
        {
            reader?.Dispose();
            if (ex is SqliteException) throw SqliteFaults.Translate(ex, path);
            throw;
        }
    }
}
