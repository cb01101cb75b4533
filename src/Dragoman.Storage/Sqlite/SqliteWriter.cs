using System.Threading.Channels;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// One SQLite file. All writes go through one task: what waits is taken together into one transaction (each piece in a savepoint of its own)
/// and acknowledged after the one commit, so that durability costs one sync for many. Reads have connections of their own and never wait for writers.
/// </summary>
/// <remarks>
/// A write on a disk that hangs, or behind another process that holds the file, cannot be called off. Who is in a hurry stops waiting for the writer
/// instead, and what nobody waits for any more is left out when its turn comes.
/// </remarks>
internal sealed class SqliteWriter : Database
{
    private const int QueueRoom = 4_096;
    private const int GroupMost = 512;

    /// <summary>How many may wait for the writer: they cost a place in its queue and nothing else.</summary>
    private const int Places = 1_024;

    private static readonly TimeSpan GroupLongest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(10);

    /// <summary>How long closing waits for a write that hangs.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(20);

    private readonly Channel<Piece> _queue = Channel.CreateBounded<Piece>(new BoundedChannelOptions(QueueRoom) { SingleReader = true });
    private readonly SqliteReaders _readers;
    private readonly SqliteReaders _hurriedReaders;
    private readonly StoreGuard _writes;
    private readonly StoreGuard _hurriedReads;
    private readonly TimeProvider _time;
    private readonly SqliteDurability _durability;
    private readonly Task _writer;
    private SqliteStatements? _statements;
    private volatile bool _lost;
    private int _closed;

    /// <param name="path">The file.</param>
    /// <param name="durability">What a commit waits for.</param>
    /// <param name="time">The gateway's clock.</param>
    /// <param name="patience">The clock that waits are measured by; the real one, where it is null: a clock that is turned on is no disk that hangs.</param>
    /// <param name="timeout">How long somebody who waits for an answer waits; null for <see cref="StoreGuard.DefaultTimeout"/>.</param>
    public SqliteWriter(string path, SqliteDurability durability, TimeProvider time, TimeProvider? patience = null, TimeSpan? timeout = null)
    {
        Path = path;
        _durability = durability;
        _time = time;
        _readers = new SqliteReaders(path, time, Busy);
        _hurriedReaders = new SqliteReaders(path, time, Busy);
        var name = System.IO.Path.GetFileName(path);
        _writes = new StoreGuard(patience ?? TimeProvider.System, name, Places, failuresInARow: null, timeout);
        _hurriedReads = new StoreGuard(patience ?? TimeProvider.System, name, SqliteReaders.Most, failuresInARow: null, timeout);
        _writer = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string Path { get; }

    /// <summary>Whether the file is no longer where it was opened, as far as the last write knows.</summary>
    public bool IsLost => _lost;

    public override int Waiting => _queue.Reader.Count;

    public override Task<T> WriteAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken) => _writes.RunAsync(() => QueueAsync(work, static () => false, cancellationToken), cancellationToken);

    public override Task<T> WriteSoonAsync<T>(Func<DbTransactionScope, Task<T>> work, Func<T, Task>? undo, CancellationToken cancellationToken)
        => _writes.HurryAsync(abandoned => QueueAsync(work, abandoned, cancellationToken), undo, cancellationToken);

    public override Task<T> ReadAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken) => _readers.RunAsync(work, cancellationToken);

    /// <summary>On connections of its own: behind long searches nobody in a hurry gets a turn.</summary>
    public override Task<T> ReadSoonAsync<T>(Func<DbTransactionScope, Task<T>> work, CancellationToken cancellationToken) => _hurriedReads.HurryAsync(_ => _hurriedReaders.RunAsync(work, cancellationToken), undo: null, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        _queue.Writer.Complete();
        try
        {
            await _writer.WaitAsync(Farewell).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The process ends without it: what was not acknowledged is not in the file, or all of it is.
        }

        _readers.Dispose();
        _hurriedReaders.Dispose();
    }

    private async Task<T> QueueAsync<T>(Func<DbTransactionScope, Task<T>> work, Func<bool> abandoned, CancellationToken cancellationToken)
    {
        var piece = new Piece<T>(work, abandoned, cancellationToken);
        try
        {
            await _queue.Writer.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new StoreException(StoreFault.Unavailable, "The store is closed.");
        }

        return await piece.Task.ConfigureAwait(false);
    }

    private void WriteAll()
    {
        var group = new List<Piece>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            WriteGroup(group);
        }

        Close();
    }

    private void WriteGroup(List<Piece> group)
    {
        try
        {
            var opened = Connect();
            StayInPlace(opened);
            SqliteConnecting.Run(opened.Connection, "BEGIN IMMEDIATE");
            var begun = _time.GetTimestamp();
            while (group.Count < GroupMost && _queue.Reader.TryRead(out var piece))
            {
                if (piece.Cancelled) continue;
                group.Add(piece);
                RunPiece(opened, piece);
                if (_time.GetElapsedTime(begun) > GroupLongest) break;
            }

            SqliteConnecting.Run(opened.Connection, "COMMIT");
            StayInPlace(opened);
        }
        catch (Exception ex)
        {
            // A file that was moved is still open: when it comes back, it is gone on with.
            Fail(group, ex, close: !IsLost || _statements is null);
            return;
        }

        foreach (var piece in group) piece.Acknowledge();
    }

    private void RunPiece(SqliteStatements opened, Piece piece)
    {
        SqliteConnecting.Run(opened.Connection, "SAVEPOINT piece");
        var session = new SqliteSession(opened, _time);
        try
        {
            piece.Run(session);
        }
        catch (Exception ex) when (!SqliteFaults.EndsAll(ex))
        {
            piece.Refuse(SqliteFaults.Translate(ex, Path));
            session.Discard();
        }

        if (session.IsDiscarded) SqliteConnecting.Run(opened.Connection, "ROLLBACK TO piece");
        SqliteConnecting.Run(opened.Connection, "RELEASE piece");
    }

    /// <summary>Nothing of the group is in the file: everybody is notified, and the next group starts on a fresh connection.</summary>
    private void Fail(List<Piece> group, Exception fault, bool close)
    {
        if (close) Close();
        // Whoever waited while the file could not even be opened is notified as well, or they would wait for ever.
        if (group.Count == 0)
        {
            while (group.Count < GroupMost && _queue.Reader.TryRead(out var piece)) group.Add(piece);
        }

        var reported = SqliteFaults.Translate(fault, Path);
        foreach (var piece in group) piece.Fail(reported);
    }

    private SqliteStatements Connect()
    {
        if (_statements is not null) return _statements;
        // A file that was taken away under us is not made anew: that would be an empty store nobody asked for.
        if (!File.Exists(Path))
        {
            _lost = true;
            throw new StoreException(StoreFault.Unavailable, $"{Path} is gone.");
        }

        return _statements = new SqliteStatements(SqliteConnecting.Open(Path, readOnly: false, _durability, Busy));
    }

    /// <summary>What is written to a file that has no name any more is lost, so nothing is written and nothing acknowledged.</summary>
    private void StayInPlace(SqliteStatements opened)
    {
        _lost = SqliteNative.HasMoved(opened.Connection.Handle!.DangerousGetHandle());
        if (_lost) throw new StoreException(StoreFault.Unavailable, $"{Path} was deleted, moved or replaced while the gateway runs; nothing is written. Put the same file back, or restart the gateway to use what is there now.");
    }

    private void Close()
    {
        _statements?.Dispose();
        _statements = null;
    }

    private abstract class Piece(Func<bool> abandoned, CancellationToken cancellationToken)
    {
        /// <summary>Whether it was called off before its turn, or nobody waits for it any more; says so to who waits.</summary>
        public bool Cancelled => (cancellationToken.IsCancellationRequested || abandoned()) && CallOff(cancellationToken);

        public abstract void Run(DbTransactionScope session);

        public abstract void Acknowledge();

        public abstract void Refuse(Exception fault);

        public abstract void Fail(Exception fault);

        protected abstract bool CallOff(CancellationToken token);
    }

    private sealed class Piece<T>(Func<DbTransactionScope, Task<T>> work, Func<bool> abandoned, CancellationToken cancellationToken) : Piece(abandoned, cancellationToken)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _refused;

        public Task<T> Task => _done.Task;

        // SQLite's calls end before they return; nothing is waited for here.
        public override void Run(DbTransactionScope session) => _result = work(session).GetAwaiter().GetResult();

        public override void Acknowledge()
        {
            if (_refused is null) _done.TrySetResult(_result);
            else _done.TrySetException(_refused);
        }

        public override void Refuse(Exception fault) => _refused = fault;

        public override void Fail(Exception fault) => _done.TrySetException(fault);

        protected override bool CallOff(CancellationToken token) => _done.TrySetCanceled(token);
    }
}
