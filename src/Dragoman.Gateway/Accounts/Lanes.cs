using System.Collections.Concurrent;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// What the running gateway has learnt of its lanes (account × model). It outlives configurations: the states hang on account ids.
/// Reading takes no lock; writing locks one lane.
/// </summary>
public sealed class Lanes(TimeProvider time)
{
    private const int PruneAbove = 4_096;

    private readonly ConcurrentDictionary<(string Account, string? Model), Cell> cells = new();

    /// <summary>Whether anything ever failed. Asking the dictionary whether it is empty takes all of its locks, for every request.</summary>
    private volatile bool touched;

    /// <summary>The rest of a lane or of its whole account, whichever ends later; null when it may be used.</summary>
    public LaneState? Resting(Account account, string model)
    {
        if (!touched) return null;
        var now = time.GetUtcNow();
        var whole = Read(account.Id, null);
        var lane = Read(account.Id, model);
        if (whole is not null && whole.Rests(now) && !(lane is not null && lane.Until > whole.Until)) return whole;
        return lane is not null && lane.Rests(now) ? lane : null;
    }

    /// <summary>A request was answered: streaks end, and rests that were only guessed. A rest that the upstream asked for goes on, because the answer may have begun before it.</summary>
    public void Succeeded(Account account, string model)
    {
        if (!touched) return;
        foreach (var key in new (string, string?)[] { (account.Id, model), (account.Id, null) })
        {
            if (!cells.TryGetValue(key, out var cell)) continue;
            lock (cell)
            {
                var state = cell.State;
                cell.State = state.Told && state.Rests(time.GetUtcNow()) ? state with { Streak = 0 } : LaneState.Fresh;
            }
        }
    }

    /// <summary>A request failed: the lane or the account rests as the failure's class demands.</summary>
    public void Failed(Account account, string model, Failure failure, CoolingOptions options)
    {
        if (CooldownRules.IsRequestFault(failure.Class) || (account.DisableCooling ?? options.Disabled)) return;
        if (cells.Count > PruneAbove) Prune();
        touched = true;
        var cell = cells.GetOrAdd((account.Id, CooldownRules.IsOfAccount(failure) ? null : model), static _ => new Cell());
        lock (cell) cell.State = Next(cell.State, failure, options);
    }

    /// <summary>Everything known, for people: the lanes that rest or have a streak.</summary>
    public IReadOnlyList<LaneReport> Report()
        => [.. cells.Where(pair => pair.Value.State != LaneState.Fresh).Select(pair => new LaneReport(pair.Key.Account, pair.Key.Model, pair.Value.State))
            .OrderBy(report => report.AccountId, StringComparer.Ordinal).ThenBy(report => report.Model, StringComparer.Ordinal)];

    /// <summary>Forgets accounts that are no longer configured.</summary>
    public void Keep(IReadOnlySet<string> accountIds)
    {
        foreach (var key in cells.Keys)
            if (!accountIds.Contains(key.Account)) cells.TryRemove(key, out _);
    }

    /// <summary>Ends every rest of an account: its owner has mended it.</summary>
    public void Clear(string accountId)
    {
        foreach (var key in cells.Keys)
            if (key.Account == accountId) cells.TryRemove(key, out _);
    }

    private LaneState Next(LaneState state, Failure failure, CoolingOptions options)
    {
        var now = time.GetUtcNow();
        // Parallel requests fail together: they are one fault, not a ladder climbed in a second. The same while the lane already rests.
        var same = state.Streak > 0 && state.Cause == failure.Class && (now - state.CountedAt < CooldownRules.SameFault || state.Rests(now));
        var goesOn = state.Streak > 0 && state.Cause == failure.Class && now - Later(state.Until, state.CountedAt) < CooldownRules.Forgotten;
        var streak = same ? state.Streak : goesOn ? state.Streak + 1 : 1;
        var counted = same ? state.CountedAt : now;
        if (failure.Until is { } told && told > now)
        {
            var cap = now + CooldownRules.HintCap(failure.Class);
            return new LaneState { Until = told < cap ? told : cap, Cause = failure.Class, Told = true, Streak = streak, CountedAt = counted };
        }

        var until = (same ? state.CountedAt : now) + CooldownRules.Guess(failure.Class, streak, options.TransientCap);
        // A vaguer, shorter guess does not shorten a rest that is known.
        return state.Until >= until && state.Rests(now)
            ? state.Cause == failure.Class ? state with { Streak = streak, CountedAt = counted } : state
            : new LaneState { Until = until, Cause = failure.Class, Streak = streak, CountedAt = counted };
    }

    private LaneState? Read(string account, string? model) => cells.TryGetValue((account, model), out var cell) ? cell.State : null;

    private void Prune()
    {
        var now = time.GetUtcNow();
        foreach (var (key, cell) in cells)
            if (!cell.State.Rests(now)) cells.TryRemove(key, out _);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private sealed class Cell
    {
        private LaneState state = LaneState.Fresh;

        public LaneState State
        {
            get => Volatile.Read(ref state);
            set => Volatile.Write(ref state, value);
        }
    }
}
