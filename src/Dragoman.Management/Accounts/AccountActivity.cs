using System.Collections.Concurrent;
using Dragoman.Gateway.Requests;

namespace Dragoman.Management.Accounts;

/// <summary>How many requests each account answered, and how many failed at it: since the start, and in each ten minutes of the last two hundred. In memory: a restart begins anew.</summary>
/// <param name="time">The clock.</param>
public sealed class AccountActivity(TimeProvider time) : IRequestObserver
{
    /// <summary>How many spans of time are kept.</summary>
    public const int Spans = 20;

    /// <summary>How long one is.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromMinutes(10);

    private const int MostAccounts = 10_000;

    private readonly ConcurrentDictionary<string, Counts> _counts = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Ended(CompletedRequest ended, bool booked)
    {
        ArgumentNullException.ThrowIfNull(ended);
        var served = ended.Outcome.ServedBy?.Account;
        if (served is not null) CountsOf(served.Id)?.Add(NumberOf(time.GetUtcNow()), failed: ended.Used.Failed && !ended.Outcome.ClientLeft);
        // Every attempt that came to nothing is one of its account's own.
        for (var index = 0; index < ended.Outcome.Attempts.Count; index++)
        {
            if (index == ended.Outcome.Attempts.Count - 1 && served is not null) continue;
            CountsOf(ended.Outcome.Attempts[index].Candidate.Account.Id)?.Add(NumberOf(time.GetUtcNow()), failed: true);
        }
    }

    /// <summary>What is known of an account, the oldest span of time first.</summary>
    /// <param name="accountId">The account.</param>
    public AccountActivityView Describe(string accountId)
    {
        var now = NumberOf(time.GetUtcNow());
        var (succeeded, failed, spans) = _counts.TryGetValue(accountId, out var counts) ? counts.Read(now) : (0, 0, new (long, long)[Spans]);
        return new AccountActivityView(succeeded, failed, [.. spans.Select((span, index) => new ActivitySpanView(StartOf(now - Spans + 1 + index), span.Item1, span.Item2))]);
    }

    private static long NumberOf(DateTimeOffset at) => at.UtcTicks / Span.Ticks;

    private static DateTimeOffset StartOf(long number) => new(Math.Max(0, number) * Span.Ticks, TimeSpan.Zero);

    private Counts? CountsOf(string accountId) => _counts.TryGetValue(accountId, out var known) ? known : _counts.Count < MostAccounts ? _counts.GetOrAdd(accountId, static _ => new Counts()) : null;

    private sealed class Counts
    {
        private readonly Lock _gate = new();
        private readonly (long Number, long Succeeded, long Failed)[] _spans = new (long, long, long)[Spans];
        private long _succeeded;
        private long _failed;

        public void Add(long number, bool failed)
        {
            lock (_gate)
            {
                ref var span = ref _spans[number % Spans];
                if (span.Number != number) span = (number, 0, 0);
                if (failed) (_failed, span.Failed) = (_failed + 1, span.Failed + 1);
                else (_succeeded, span.Succeeded) = (_succeeded + 1, span.Succeeded + 1);
            }
        }

        public (long Succeeded, long Failed, (long, long)[] Spans) Read(long now)
        {
            var spans = new (long, long)[Spans];
            lock (_gate)
            {
                foreach (var (number, succeeded, failed) in _spans)
                    if (number > now - Spans && number <= now) spans[number - now + Spans - 1] = (succeeded, failed);
                return (_succeeded, _failed, spans);
            }
        }
    }
}

/// <summary>How many requests an account answered, and how many failed at it.</summary>
/// <param name="Succeeded">Answered, since the start.</param>
/// <param name="Failed">Failed, since the start.</param>
/// <param name="Recent">In each ten minutes, the oldest first.</param>
public sealed record AccountActivityView(long Succeeded, long Failed, IReadOnlyList<ActivitySpanView> Recent);

/// <summary>What happened in ten minutes.</summary>
/// <param name="From">When they began.</param>
/// <param name="Succeeded">Answered.</param>
/// <param name="Failed">Failed.</param>
public sealed record ActivitySpanView(DateTimeOffset From, long Succeeded, long Failed);
