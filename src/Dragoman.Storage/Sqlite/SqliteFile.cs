using System.Threading.Channels;
using Dragoman.Gateway.State;
using Dragoman.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Dragoman.Storage.Sqlite;

/// <summary>
/// One SQLite file. All writes go through one task: what waits is taken together into one transaction (each piece in a savepoint of its own)
/// and acknowledged after the one commit, so that durability costs one sync for many. Reads have connections of their own and never wait for writers.
/// </summary>
internal sealed class SqliteFile : Database
{
    private const int QueueRoom = 4_096;
    private const int GroupMost = 512;
    private static readonly TimeSpan GroupLongest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(10);

    private readonly Channel<Piece> queue = Channel.CreateBounded<Piece>(new BoundedChannelOptions(QueueRoom) { SingleReader = true });
    private readonly SqliteReaders readers;
    private readonly TimeProvider time;
    private readonly SqliteDurability durability;
    private readonly Task writer;
    private SqliteStatements? statements;
    private volatile bool lost;
    private int closed;

    public SqliteFile(string path, SqliteDurability durability, TimeProvider time)
    {
        Path = path;
        this.durability = durability;
        this.time = time;
        readers = new SqliteReaders(path, time, Busy);
        writer = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string Path { get; }

    /// <summary>Whether the file is no longer where it was opened, as far as the last write knows.</summary>
    public bool IsLost => lost;

    public override int Waiting => queue.Reader.Count;

    public override async Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel)
    {
        var piece = new Piece<T>(work, cancel);
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

    public override Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancel) => readers.RunAsync(work, cancel);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0) return;
        queue.Writer.Complete();
        await writer.ConfigureAwait(false);
        readers.Dispose();
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

    private abstract class Piece(CancellationToken cancel)
    {
        /// <summary>Whether it was called off before its turn; says so to who waits.</summary>
        public bool Cancelled => cancel.IsCancellationRequested && CallOff(cancel);

        public abstract void Run(Session session);

        public abstract void Acknowledge();

        public abstract void Refuse(Exception fault);

        public abstract void Fail(Exception fault);

        protected abstract bool CallOff(CancellationToken token);
    }

    private sealed class Piece<T>(Func<Session, Task<T>> work, CancellationToken cancel) : Piece(cancel)
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
