using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// Stands between the gateway and a database that may stop answering. Few calls are under way at once, so that a server that hangs holds few connections
/// and threads; who is in a hurry waits for an answer only for a while (<see cref="DefaultTimeout"/>); and a database that was found hanging is asked once a
/// second by one call, while all others are refused at once. The first answer opens the way again.
/// </summary>
/// <remarks>
/// What was waited for in vain is not cancelled: PostgreSQL's driver cancels by a second connection, on which it waits without giving its thread back, and a
/// write to a disk cannot be cancelled. It ends when the database answers or the connection breaks, and undoes itself where it still can.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="name">What does not answer, for people.</param>
/// <param name="places">How many calls of those in a hurry may be under way, and as many of the others.</param>
/// <param name="failuresInARow">After how many failures without an answer it is taken for hanging; null where a failure that comes in time is an answer too.</param>
/// <param name="timeout">How long a call in a hurry waits for its answer, its turn included; null for <see cref="DefaultTimeout"/>.</param>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "Calls that nobody waits for give their places back at any time; semaphores without a wait handle hold nothing.")]
internal sealed class StoreGuard(TimeProvider time, string name, int places, int? failuresInARow, TimeSpan? timeout = null)
{
    /// <summary>How long a call in a hurry waits for its answer, its turn included.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long a call that is in no hurry waits for its turn.</summary>
    private static readonly TimeSpan LongestQueue = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _timeout = timeout ?? DefaultTimeout;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _urgentSlots = new(places, places);
    private readonly SemaphoreSlim _others = new(places, places);
    private int _failures;
    private bool _open;
    private long _opened;
    private long? _answeredAt;
    private bool _probing;
    private long _probed;

    /// <summary>Runs work that takes its time: searches, backups, what is written behind.</summary>
    /// <exception cref="StoreException">The database is known to hang, or the work failed.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        Acquired();
        try
        {
            if (!await TakeAsync(_others, LongestQueue, cancellationToken).ConfigureAwait(false)) throw Slow(LongestQueue);
        }
        catch
        {
            Released();
            throw;
        }

        return await HoldAsync(_others, work).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs work that somebody waits for.</summary>
    /// <param name="work">The work. It gets a question to ask before it begins or commits: whether nobody waits for it any more.</param>
    /// <param name="undo">What to do with a result that comes when nobody waits for it any more.</param>
    /// <param name="cancellationToken">Ends the wait, not the work.</param>
    /// <exception cref="StoreException">The database did not answer in time, is known to hang, or the work failed.</exception>
    public async Task<T> HurryAsync<T>(Func<Func<bool>, Task<T>> work, Func<T, Task>? undo, CancellationToken cancellationToken)
    {
        Acquired();
        var begun = time.GetTimestamp();
        try
        {
            if (!await TakeAsync(_urgentSlots, _timeout, cancellationToken).ConfigureAwait(false)) throw Trip();
        }
        catch
        {
            Released();
            throw;
        }

        var abandoned = false;
        var running = HoldAsync(_urgentSlots, () => work(() => Volatile.Read(ref abandoned)));
        var left = _timeout - time.GetElapsedTime(begun);
        try
        {
            return await running.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception ex) when (ex is TimeoutException or OperationCanceledException)
        {
            // It came at the last moment, or is what was thrown.
            if (running.IsCompleted) return await running.ConfigureAwait(false);
            Volatile.Write(ref abandoned, true);
            _ = AfterwardsAsync(running, undo);
            if (ex is TimeoutException) throw Trip();
            throw;
        }
    }

    /// <summary>Waits for a place; false when there was none in time.</summary>
    private async Task<bool> TakeAsync(SemaphoreSlim from, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await from.WaitAsync(0, cancellationToken).ConfigureAwait(false)) return true;
        using var over = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
        try
        {
            await from.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Refuses at once while the database is known to hang, except for one call a second. A call that looks and hangs itself keeps the next from looking no longer than others wait.</summary>
    private void Acquired()
    {
        lock (_gate)
        {
            if (!_open) return;
            var now = time.GetTimestamp();
            if (time.GetElapsedTime(_opened, now) < Pause || (_probing && time.GetElapsedTime(_probed, now) < _timeout))
                throw new StoreException(StoreFault.Unavailable, $"{name} does not answer; it is asked again every second.");
            (_probing, _probed) = (true, now);
        }
    }

    private void Released()
    {
        lock (_gate) _probing = false;
    }

    private async Task<T> HoldAsync<T>(SemaphoreSlim held, Func<Task<T>> work)
    {
        try
        {
            var result = await work().ConfigureAwait(false);
            Note(answered: true);
            return result;
        }
        catch (StoreException ex)
        {
            // A refusal is an answer too.
            Note(answered: ex.Fault != StoreFault.Unavailable || failuresInARow is null);
            throw;
        }
        catch
        {
            Released();
            throw;
        }
        finally
        {
            held.Release();
        }
    }

    private void Note(bool answered)
    {
        lock (_gate)
        {
            _probing = false;
            _failures = answered ? 0 : _failures + 1;
            if (answered) (_open, _answeredAt) = (false, time.GetTimestamp());
            else if (_failures >= failuresInARow || _open) (_open, _opened) = (true, time.GetTimestamp());
        }
    }

    /// <summary>Somebody waited in vain. Where others got their answers meanwhile there is much to do, and nothing hangs.</summary>
    private StoreException Trip()
    {
        lock (_gate)
        {
            _probing = false;
            if (_answeredAt is not { } last || time.GetElapsedTime(last) >= _timeout) (_open, _opened) = (true, time.GetTimestamp());
        }

        return Slow(_timeout);
    }

    private StoreException Slow(TimeSpan limit) => new(StoreFault.Unavailable, $"{name} did not answer within {limit.TotalSeconds:0} seconds.");

    private static async Task AfterwardsAsync<T>(Task<T> running, Func<T, Task>? undo)
    {
        try
        {
            var result = await running.ConfigureAwait(false);
            if (undo is not null) await undo(result).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It failed, as its caller knows already; what could not be undone goes with its term.
        }
    }
}
