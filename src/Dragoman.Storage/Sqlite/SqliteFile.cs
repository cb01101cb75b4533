using System.Threading.Channels;
using Dragoman.Gateway.State;
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
internal sealed class SqliteFile : Database
{
    private const int QueueRoom = 4_096;
    private const int GroupMost = 512;

    /// <summary>How many may wait for the writer: they cost a place in its queue and nothing else.</summary>
    private const int Places = 1_024;

    private static readonly TimeSpan GroupLongest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(10);

    /// <summary>How long closing waits for a write that hangs.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(20);

    private readonly Channel<Piece> queue = Channel.CreateBounded<Piece>(new BoundedChannelOptions(QueueRoom) { SingleReader = true });
    private readonly SqliteReaders readers;
    private readonly SqliteReaders hurriedReaders;
    private readonly StoreGuard writes;
    private readonly StoreGuard hurriedReads;
    private readonly TimeProvider time;
    private readonly SqliteDurability durability;
    private readonly Task writer;
    private SqliteStatements? statements;
    private volatile bool lost;
    private int closed;

    /// <param name="path">The file.</param>
    /// <param name="durability">What a commit waits for.</param>
    /// <param name="time">The gateway's clock.</param>
    /// <param name="patience">The clock that waits are measured by; the real one, where it is null: a clock that is turned on is no disk that hangs.</param>
    public SqliteFile(string path, SqliteDurability durability, TimeProvider time, TimeProvider? patience = null)
    {
        Path = path;
        this.durability = durability;
        this.time = time;
        readers = new SqliteReaders(path, time, Busy);
        hurriedReaders = new SqliteReaders(path, time, Busy);
        var name = System.IO.Path.GetFileName(path);
        writes = new StoreGuard(patience ?? TimeProvider.System, name, Places, failuresInARow: null);
        hurriedReads = new StoreGuard(patience ?? TimeProvider.System, name, SqliteReaders.Most, failuresInARow: null);
        writer = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string Path { get; }

    /// <summary>Whether the file is no longer where it was opened, as far as the last write knows.</summary>
    public bool IsLost => lost;

    public override int Waiting => queue.Reader.Count;

    public override Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => writes.RunAsync(() => QueueAsync(work, static () => false, cancel), cancel);

    public override Task<T> WriteSoonAsync<T>(Func<Session, Task<T>> work, Func<T, Task>? undo, CancellationToken cancel)
        => writes.HurryAsync(abandoned => QueueAsync(work, abandoned, cancel), undo, cancel);

    public override Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => readers.RunAsync(work, cancel);

    /// <summary>On connections of its own: behind long searches nobody in a hurry gets a turn.</summary>
    public override Task<T> ReadSoonAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => hurriedReads.HurryAsync(_ => hurriedReaders.RunAsync(work, cancel), undo: null, cancel);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0) return;
        queue.Writer.Complete();
        try
        {
            await writer.WaitAsync(Farewell).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The process ends without it: what was not acknowledged is not in the file, or all of it is.
        }

        readers.Dispose();
        hurriedReaders.Dispose();
    }

    private async Task<T> QueueAsync<T>(Func<Session, Task<T>> work, Func<bool> abandoned, CancellationToken cancel)
    {
        var piece = new Piece<T>(work, abandoned, cancel);
        try
        {
            await queue.Writer.WriteAsync(piece, cancel).ConfigureAwait(false);
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
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
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
            var begun = time.GetTimestamp();
            while (group.Count < GroupMost && queue.Reader.TryRead(out var piece))
            {
                if (piece.Cancelled) continue;
                group.Add(piece);
                RunPiece(opened, piece);
                if (time.GetElapsedTime(begun) > GroupLongest) break;
            }

            SqliteConnecting.Run(opened.Connection, "COMMIT");
            StayInPlace(opened);
        }
        catch (Exception fault)
        {
            // A file that was moved is still open: when it comes back, it is gone on with.
            Fail(group, fault, close: !IsLost || statements is null);
            return;
        }

        foreach (var piece in group) piece.Acknowledge();
    }

    private void RunPiece(SqliteStatements opened, Piece piece)
    {
        SqliteConnecting.Run(opened.Connection, "SAVEPOINT piece");
        var session = new SqliteSession(opened, time);
        try
        {
            piece.Run(session);
        }
        catch (Exception fault) when (!SqliteFaults.EndsAll(fault))
        {
            piece.Refuse(SqliteFaults.Translate(fault, Path));
            session.Abandon();
        }

        if (session.Abandoned) SqliteConnecting.Run(opened.Connection, "ROLLBACK TO piece");
        SqliteConnecting.Run(opened.Connection, "RELEASE piece");
    }

    /// <summary>Nothing of the group is in the file: everybody is told, and the next group starts on a fresh connection.</summary>
    private void Fail(List<Piece> group, Exception fault, bool close)
    {
        if (close) Close();
        // Whoever waited while the file could not even be opened is told as well, or they would wait for ever.
        if (group.Count == 0)
        {
            while (group.Count < GroupMost && queue.Reader.TryRead(out var piece)) group.Add(piece);
        }

        var told = SqliteFaults.Translate(fault, Path);
        foreach (var piece in group) piece.Fail(told);
    }

    private SqliteStatements Connect()
    {
        if (statements is not null) return statements;
        // A file that was taken away under us is not made anew: that would be an empty store nobody asked for.
        if (!File.Exists(Path))
        {
            lost = true;
            throw new StoreException(StoreFault.Unavailable, $"{Path} is gone.");
        }

        return statements = new SqliteStatements(SqliteConnecting.Open(Path, readOnly: false, durability, Busy));
    }

    /// <summary>What is written to a file that has no name any more is lost, so nothing is written and nothing acknowledged.</summary>
    private void StayInPlace(SqliteStatements opened)
    {
        lost = SqliteNative.HasMoved(opened.Connection.Handle!.DangerousGetHandle());
        if (lost) throw new StoreException(StoreFault.Unavailable, $"{Path} was deleted, moved or replaced while the gateway runs; nothing is written. Put the same file back, or restart the gateway to use what is there now.");
    }

    private void Close()
    {
        statements?.Dispose();
        statements = null;
    }

    private abstract class Piece(Func<bool> abandoned, CancellationToken cancel)
    {
        /// <summary>Whether it was called off before its turn, or nobody waits for it any more; says so to who waits.</summary>
        public bool Cancelled => (cancel.IsCancellationRequested || abandoned()) && CallOff(cancel);

        public abstract void Run(Session session);

        public abstract void Acknowledge();

        public abstract void Refuse(Exception fault);

        public abstract void Fail(Exception fault);

        protected abstract bool CallOff(CancellationToken token);
    }

    private sealed class Piece<T>(Func<Session, Task<T>> work, Func<bool> abandoned, CancellationToken cancel) : Piece(abandoned, cancel)
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;
        private Exception? refused;

        public Task<T> Task => done.Task;

        // SQLite's calls end before they return; nothing is waited for here.
        public override void Run(Session session) => result = work(session).GetAwaiter().GetResult();

        public override void Acknowledge()
        {
            if (refused is null) done.TrySetResult(result);
            else done.TrySetException(refused);
        }

        public override void Refuse(Exception fault) => refused = fault;

        public override void Fail(Exception fault) => done.TrySetException(fault);

        protected override bool CallOff(CancellationToken token) => done.TrySetCanceled(token);
    }
}
