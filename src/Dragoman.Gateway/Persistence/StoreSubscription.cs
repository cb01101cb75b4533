using System.Threading.Channels;

namespace Dragoman.Gateway.Persistence;

/// <summary>
/// Keeps something in memory in step with the store: reads it again whenever the store tells of a change that concerns it. Changes that come while it
/// is read are gathered into one more reading. A store that does not answer is asked again after a pause, so that no change is lost.
/// </summary>
/// <param name="concerns">Whether a change makes another reading necessary; not asked for <see cref="StoreChangeKind.Everything"/>, which always does.</param>
/// <param name="read">Reads the store and takes over what it has. A <see cref="StoreException"/> means that it has to be done again.</param>
/// <param name="unavailable">Takes the message of a store that did not answer.</param>
/// <param name="pause">How long to wait before the store is asked again.</param>
/// <param name="time">The clock.</param>
public sealed class StoreSubscription(Func<StoreChange, bool> concerns, Func<CancellationToken, Task> read, Action<string> unavailable, TimeSpan pause, TimeProvider time)
{
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Asks for another reading, as a change would.</summary>
    public void Request() => _due.Writer.TryWrite(true);

    /// <summary>Reads once; false where the store did not answer.</summary>
    public async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await read(cancellationToken);
            return true;
        }
        catch (StoreException ex)
        {
            unavailable(ex.Message);
            return false;
        }
    }

    /// <summary>Follows the store's changes until <paramref name="stop"/>; ends quietly then.</summary>
    /// <param name="changes">The changes; listened to since before the first reading, so that none is missed between the two.</param>
    /// <param name="isStale">Whether the first reading failed: then it is made up for after a pause.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(IAsyncEnumerable<StoreChange> changes, bool isStale, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(changes);
        await Task.WhenAll(ListenAsync(changes, stop), FollowAsync(isStale, stop));
    }

    private async Task ListenAsync(IAsyncEnumerable<StoreChange> changes, CancellationToken stop)
    {
        try
        {
            await foreach (var change in changes.WithCancellation(stop))
                if (change.Kind == StoreChangeKind.Everything || concerns(change)) Request();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task FollowAsync(bool isStale, CancellationToken stop)
    {
        try
        {
            if (isStale) await RetryUntilReadAsync(afterPause: true, stop);
            while (await _due.Reader.WaitToReadAsync(stop))
            {
                _due.Reader.TryRead(out _);
                await RetryUntilReadAsync(afterPause: false, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task RetryUntilReadAsync(bool afterPause, CancellationToken stop)
    {
        if (afterPause) await Task.Delay(pause, time, stop);
        while (!await TryReadAsync(stop)) await Task.Delay(pause, time, stop);
    }
}
