using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Quotas;

/// <summary>
/// Keeps how quota windows stood over time: a reading when something changed, at most one in five minutes for each window, and the last of a period. Windows of minutes are left out: they are
/// over before anybody looks. Written behind; a store that is away costs readings and nothing else.
/// </summary>
public sealed class QuotaRecorder : IAsyncDisposable
{
    private const int MostWindows = 20_000;

    /// <summary>What is no change.</summary>
    private const double Least = 0.0005;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    private static readonly WriteBehindOptions Policy = new()
    {
        Name = "The history of quotas",
        Capacity = 10_000,
        Gather = TimeSpan.FromSeconds(1),
        // The cooldowns' own writes report a store that is away.
        FailureLevel = LogLevel.Debug,
    };

    private readonly ConcurrentDictionary<(string Account, string? Model, string Name), Window> _windows = new();
    private readonly CooldownTracker _cooldowns;
    private readonly WriteBehindQueue<StoredQuotaReading> _writes;
    private readonly TimeProvider _time;

    /// <summary>Begins to listen.</summary>
    /// <param name="cooldowns">Who learns how quotas stand.</param>
    /// <param name="store">Where readings are kept.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where faults of the store are reported.</param>
    public QuotaRecorder(CooldownTracker cooldowns, IQuotaHistoryStore store, TimeProvider time, ILogger<QuotaRecorder> logger)
    {
        ArgumentNullException.ThrowIfNull(cooldowns);
        ArgumentNullException.ThrowIfNull(store);
        (_cooldowns, _time) = (cooldowns, time);
        _writes = new WriteBehindQueue<StoredQuotaReading>(Policy, store.AppendAsync, time, logger);
        cooldowns.Observed = Take;
    }

    /// <summary>Writes what waits, now; gives up where the store is away.</summary>
    public Task FlushAsync() => _writes.FlushAsync(evenAfterFailure: false);

    /// <summary>Stops listening, and writes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _cooldowns.Observed = null;
        await _writes.DisposeAsync();
    }

    /// <summary>On the request's own thread: it only compares.</summary>
    private void Take(string accountId, string? model, IReadOnlyList<QuotaWindow> windows)
    {
        var now = _time.GetUtcNow();
        foreach (var window in windows)
        {
            var length = QuotaWindowLength.Of(window);
            if (!IsLong(window, length, now) || QuotaWindows.LeftOf(window, now) is not { } left) continue;
            if (_windows.Count > MostWindows) _windows.Clear();
            var known = _windows.GetOrAdd((accountId, model, window.Name), static _ => new Window());
            var reading = new StoredQuotaReading(accountId, model, window.Name, now, 1 - left, window.ResetsAt, length);
            lock (known)
            {
                if (known.HasEnded(now) && known.Waiting is { } last) _writes.TryAdd(last);
                if (known.IsWorth(reading)) _writes.TryAdd(reading);
            }
        }
    }

    private static bool IsLong(QuotaWindow window, TimeSpan? length, DateTimeOffset now) => (length ?? window.ResetsAt - now) >= Shortest;

    /// <summary>What is known of a window.</summary>
    private sealed class Window
    {
        private StoredQuotaReading? _written;

        /// <summary>A change that came too soon after the reading before.</summary>
        public StoredQuotaReading? Waiting { get; private set; }

        public bool HasEnded(DateTimeOffset now) => _written?.ResetsAt <= now;

        /// <summary>Whether a reading is to be written; it is then taken to be.</summary>
        public bool IsWorth(StoredQuotaReading reading)
        {
            if (_written is { } before && !HasEnded(reading.At))
            {
                var isChanged = Math.Abs(reading.Used - before.Used) >= Least;
                if (!isChanged || reading.At - before.At < Pause)
                {
                    Waiting = isChanged ? reading : null;
                    return false;
                }
            }

            (_written, Waiting) = (reading, null);
            return true;
        }
    }
}
