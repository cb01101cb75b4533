using System.Collections.Concurrent;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// What the running gateway has learnt of its targets (account × model). It outlives configurations: the states hang on account ids.
/// Reading takes no lock; writing locks one target.
/// </summary>
public sealed class CooldownTracker(TimeProvider time)
{
    private const int PruneAbove = 4_096;
    private const int MostTrends = 64;
    private static readonly TimeSpan QuotasKept = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Account, string? Model), Cell> _cells = new();

    /// <summary>Whether anything was ever learnt. Asking the dictionary whether it is empty takes all of its locks, for every request.</summary>
    private volatile bool _known;

    /// <summary>
    /// The cooldown of a target or of its whole account: one that the upstream stated before a guess of ours, and of two alike the one that ends later;
    /// null when neither cools down.
    /// </summary>
    public CooldownState? Find(Account account, string model)
    {
        if (!_known) return null;
        var now = time.GetUtcNow();
        var whole = Read(account.Id, null) is { } all && all.IsCoolingDown(now) ? all : null;
        var state = Read(account.Id, model) is { } own && own.IsCoolingDown(now) ? own : null;
        if (whole is null || state is null) return whole ?? state;
        if (whole.IsUpstreamHint != state.IsUpstreamHint) return whole.IsUpstreamHint ? whole : state;
        return state.Until > whole.Until ? state : whole;
    }

    /// <summary>Whether a guessed cooldown of the target or its account has ended and nothing has been answered since.</summary>
    public bool IsUnproven(Account account, string model)
    {
        if (!_known) return false;
        var now = time.GetUtcNow();
        return Read(account.Id, null)?.IsUnproven(now, CooldownRules.Forgotten) == true || Read(account.Id, model)?.IsUnproven(now, CooldownRules.Forgotten) == true;
    }

    /// <summary>Whether the account or any of its models cools down.</summary>
    public bool IsCoolingDown(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var now = time.GetUtcNow();
        foreach (var (key, cell) in _cells)
            if (key.Account == account.Id && cell.State.IsCoolingDown(now)) return true;
        return false;
    }

    /// <summary>A request was answered: runs of failures end, and cooldowns that were only guessed. A cooldown that the upstream asked for goes on, because the answer may have begun before it.</summary>
    public void RecordSuccess(Account account, string model)
    {
        if (!_known) return;
        RecordSuccess((account.Id, model));
        RecordSuccess((account.Id, null));
    }

    /// <summary>A request failed: the target or the account cools down as the failure's class demands.</summary>
    /// <returns>How the target or account stands now; null when nothing came of it.</returns>
    public CooldownState? RecordFailure(Account account, string model, Failure failure, CooldownOptions options)
    {
        if (CooldownRules.IsRequestFault(failure.Class) || ((account.DisableCooling ?? options.Disabled) && failure.Ruling is not (Ruling.CoolDown or Ruling.StopAndCoolDown))) return null;
        if (_cells.Count > PruneAbove) Prune();
        var cell = _cells.GetOrAdd((account.Id, CooldownRules.IsOfAccount(failure) ? null : model), static _ => new Cell());
        _known = true;
        CooldownState state;
        lock (cell)
        {
            state = Next(cell.State, failure, options);
            cell.Record(state, time.GetUtcNow());
        }

        Changed?.Invoke();
        return state;
    }

    /// <summary>The upstream said how its quotas stand.</summary>
    /// <param name="account">The account.</param>
    /// <param name="model">The model whose quotas they are; null for the whole account's.</param>
    /// <param name="quotas">The quotas.</param>
    public void Observe(Account account, string? model, IReadOnlyList<QuotaWindow> quotas)
    {
        if (_cells.Count > PruneAbove) Prune();
        var cell = _cells.GetOrAdd((account.Id, model), static _ => new Cell());
        _known = true;
        var now = time.GetUtcNow();
        bool worthSaving;
        lock (cell)
        {
            cell.Observe(QuotaWindows.Merge(cell.Quotas, quotas, now), now);
            // They change with every answer; a restart may miss the last half minute of them.
            worthSaving = now - cell.QuotasSavedAt >= QuotasKept;
            if (worthSaving) (cell.QuotasSavedAt, cell.ObservedAt, cell.IsDirty) = (now, now, true);
        }

        Observed?.Invoke(account.Id, model, quotas);
        if (worthSaving) Changed?.Invoke();
    }

    /// <summary>What is left of the tightest quota that holds for a target, 0 to 1; null when its upstream never said. What was said more than five minutes ago counts a tenth less.</summary>
    public double? QuotaLeft(Account account, string model) => TightestQuota(account, model)?.Left;

    /// <summary>The same with the time at which the tightest quota resets; null where the upstream did not say.</summary>
    public (double Left, DateTimeOffset? ResetsAt)? TightestQuota(Account account, string model)
    {
        if (!_known) return null;
        var now = time.GetUtcNow();
        (double Left, DateTimeOffset? ResetsAt)? least = null;
        foreach (var key in new (string, string?)[] { (account.Id, model), (account.Id, null) })
        {
            if (!_cells.TryGetValue(key, out var cell)) continue;
            lock (cell)
            {
                foreach (var window in cell.Quotas)
                    if (QuotaWindows.LeftOf(window, now) is { } left && !(left >= least?.Left)) least = (now - cell.QuotasAt > Stale ? left * 0.9 : left, window.ResetsAt);
            }
        }

        return least;
    }

    /// <summary>Everything known, for people: the targets that cool down, have failed in a row, or whose upstream stated its quotas.</summary>
    public IReadOnlyList<CooldownReport> Report()
        => [.. _cells.Where(pair => pair.Value.State != CooldownState.None || pair.Value.Quotas.Count > 0)
            .Select(pair => ReportOf(pair.Key, pair.Value, time.GetUtcNow()))
            .OrderBy(report => report.AccountId, StringComparer.Ordinal).ThenBy(report => report.Model, StringComparer.Ordinal)];

    /// <summary>Forgets accounts that are no longer configured.</summary>
    public void Keep(IReadOnlySet<string> accountIds)
    {
        foreach (var key in _cells.Keys)
            if (!accountIds.Contains(key.Account)) _cells.TryRemove(key, out _);
    }

    /// <summary>Ends every cooldown of an account: its owner has repaired it.</summary>
    public void Clear(string accountId)
    {
        foreach (var (key, cell) in _cells)
        {
            if (key.Account != accountId) continue;
            lock (cell) cell.Record(CooldownState.None, time.GetUtcNow());
        }

        Changed?.Invoke();
    }

    /// <summary>
    /// The vendor's own usage page shows room: cooldowns for used-up quotas end, if they began before it was asked and every window that it states for them has something left.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="askedAt">When the vendor was asked.</param>
    /// <returns>Whether a cooldown ended.</returns>
    public bool EndExhausted(Account account, DateTimeOffset askedAt)
    {
        ArgumentNullException.ThrowIfNull(account);
        var now = time.GetUtcNow();
        var ended = false;
        foreach (var (key, cell) in _cells)
        {
            if (key.Account != account.Id) continue;
            lock (cell)
            {
                if (cell.State is not { Cause: FailureClass.QuotaExhausted } state || !state.IsCoolingDown(now) || state.CountedAt >= askedAt) continue;
                var own = cell.Quotas.Where(window => window.SeenAt >= askedAt).ToList();
                var whole = key.Model is null || !_cells.TryGetValue((account.Id, null), out var all) ? [] : all.Quotas.Where(window => window.SeenAt >= askedAt).ToList();
                // A model that the page does not speak of may have a window of its own that is used up.
                if (own.Count == 0 || own.Concat(whole).Any(window => !(QuotaWindows.LeftOf(window, now) > 0))) continue;
                cell.Record(CooldownState.None, now);
                ended = true;
            }
        }

        if (ended) Changed?.Invoke();
        return ended;
    }

    /// <summary>Called when something was learnt that is worth keeping, on the request's own thread: it must be quick.</summary>
    internal Action? Changed { get; set; }

    /// <summary>Called with what an upstream said of its quotas, on the request's own thread: it must be quick.</summary>
    internal Action<string, string?, IReadOnlyList<QuotaWindow>>? Observed { get; set; }

    /// <summary>What was learnt since the last call, for the store.</summary>
    internal IReadOnlyList<StoredCooldown> TakeChanges()
    {
        var changed = new List<StoredCooldown>();
        foreach (var (key, cell) in _cells)
        {
            if (!cell.IsDirty) continue;
            lock (cell)
            {
                cell.IsDirty = false;
                changed.Add(new StoredCooldown(key.Account, key.Model, cell.State, cell.ObservedAt) { Quotas = cell.Quotas });
            }
        }

        return changed;
    }

    /// <summary>What could not be stored is to be stored yet.</summary>
    internal void Requeue(IEnumerable<StoredCooldown> unsaved)
    {
        foreach (var cooldown in unsaved)
            if (_cells.TryGetValue((cooldown.AccountId, cooldown.Model), out var cell)) cell.IsDirty = true;
    }

    /// <summary>Takes up what was stored, by this process before or by another, where it is newer than what is known. Runs of failures that are forgotten and quotas that are over are left out; cooldowns are capped as ever.</summary>
    internal void Merge(IEnumerable<StoredCooldown> stored, IReadOnlySet<string> accountIds)
    {
        var now = time.GetUtcNow();
        foreach (var cooldown in stored)
        {
            if (!accountIds.Contains(cooldown.AccountId)) continue;
            var state = Capped(cooldown.State, now);
            if (!state.IsCoolingDown(now) && now - Later(state.Until, state.CountedAt) >= CooldownRules.Forgotten) state = CooldownState.None;
            var quotas = cooldown.Quotas.Select(window => window.SeenAt is null ? window with { SeenAt = cooldown.ObservedAt } : window).Where(window => !QuotaWindows.IsOver(window, now)).ToList();
            var key = (cooldown.AccountId, cooldown.Model);
            if (state == CooldownState.None && quotas.Count == 0 && !_cells.ContainsKey(key)) continue;
            var cell = _cells.GetOrAdd(key, static _ => new Cell());
            _known = true;
            lock (cell)
            {
                if (cooldown.ObservedAt <= cell.ObservedAt) continue;
                (cell.State, cell.ObservedAt) = (state, cooldown.ObservedAt);
                if (cooldown.ObservedAt <= cell.QuotasAt) continue;
                cell.Observe(quotas, cooldown.ObservedAt);
                cell.QuotasSavedAt = cooldown.ObservedAt;
            }
        }
    }

    private void RecordSuccess((string, string?) key)
    {
        if (!_cells.TryGetValue(key, out var cell) || cell.State == CooldownState.None) return;
        var now = time.GetUtcNow();
        lock (cell)
        {
            var state = cell.State;
            var next = state.IsUpstreamHint && state.IsCoolingDown(now) ? state with { ConsecutiveFailures = 0 } : CooldownState.None;
            if (next == state) return;
            cell.Record(next, now);
        }

        Changed?.Invoke();
    }

    private static CooldownReport ReportOf((string Account, string? Model) key, Cell cell, DateTimeOffset now)
    {
        lock (cell) return new CooldownReport(key.Account, key.Model, cell.State) { Quotas = cell.Quotas, ExhaustedAt = cell.ExhaustedAt(now) };
    }

    private static CooldownState Capped(CooldownState state, DateTimeOffset now)
    {
        var cap = now + (state.IsUpstreamHint ? CooldownRules.HintCap(state.Cause) : CooldownRules.LongestGuess);
        return state.Until > cap ? state with { Until = cap } : state;
    }

    private CooldownState Next(CooldownState state, Failure failure, CooldownOptions options)
    {
        var now = time.GetUtcNow();
        // Parallel requests fail together: they are one fault, not a ladder climbed in a second. The same while the target already cools down.
        var same = state.ConsecutiveFailures > 0 && state.Cause == failure.Class && (now - state.CountedAt < CooldownRules.SameFault || state.IsCoolingDown(now));
        var goesOn = state.ConsecutiveFailures > 0 && state.Cause == failure.Class && now - Later(state.Until, state.CountedAt) < CooldownRules.Forgotten;
        var failures = same ? state.ConsecutiveFailures : goesOn ? state.ConsecutiveFailures + 1 : 1;
        var counted = same ? state.CountedAt : now;
        if (failure.Until is { } hinted && hinted > now && CooldownRules.IsLimit(failure.Class))
        {
            var cap = now + CooldownRules.HintCap(failure.Class);
            return new CooldownState { Until = hinted < cap ? hinted : cap, Cause = failure.Class, IsUpstreamHint = true, ConsecutiveFailures = failures, CountedAt = counted };
        }

        var until = (same ? state.CountedAt : now) + CooldownRules.Guess(failure.Class, failures, options.TransientCap);
        // A vaguer, shorter guess does not shorten a cooldown that is known.
        return state.Until >= until && state.IsCoolingDown(now)
            ? state.Cause == failure.Class ? state with { ConsecutiveFailures = failures, CountedAt = counted } : state
            : new CooldownState { Until = until, Cause = failure.Class, ConsecutiveFailures = failures, CountedAt = counted };
    }

    private CooldownState? Read(string account, string? model) => _cells.TryGetValue((account, model), out var cell) ? cell.State : null;

    private void Prune()
    {
        var now = time.GetUtcNow();
        foreach (var (key, cell) in _cells)
            if (!cell.State.IsCoolingDown(now)) _cells.TryRemove(key, out _);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private sealed class Cell
    {
        private CooldownState _state = CooldownState.None;
        private readonly Dictionary<string, QuotaTrend> _trends = new(StringComparer.Ordinal);
        private IReadOnlyList<QuotaWindow> _quotas = [];

        public DateTimeOffset ObservedAt { get; set; }

        public DateTimeOffset QuotasAt { get; set; }

        public DateTimeOffset QuotasSavedAt { get; set; }

        public volatile bool IsDirty;

        public IReadOnlyList<QuotaWindow> Quotas
        {
            get => Volatile.Read(ref _quotas);
            set => Volatile.Write(ref _quotas, value);
        }

        public void Observe(IReadOnlyList<QuotaWindow> quotas, DateTimeOffset now)
        {
            (Quotas, QuotasAt) = (quotas, now);
            if (_trends.Count > MostTrends) _trends.Clear();
            foreach (var window in quotas)
            {
                if (window.SeenAt != now || QuotaWindows.LeftOf(window, now) is not { } left) continue;
                if (!_trends.TryGetValue(window.Name, out var trend)) _trends[window.Name] = trend = new QuotaTrend();
                trend.Add(1 - left, window.ResetsAt, now);
            }
        }

        public Dictionary<string, DateTimeOffset> ExhaustedAt(DateTimeOffset now)
        {
            var ends = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            foreach (var window in _quotas)
                if (_trends.TryGetValue(window.Name, out var trend) && trend.ExhaustedAt(now) is { } end) ends[window.Name] = end;
            return ends;
        }

        public void Record(CooldownState next, DateTimeOffset now)
        {
            State = next;
            ObservedAt = now;
            IsDirty = true;
        }

        public CooldownState State
        {
            get => Volatile.Read(ref _state);
            set => Volatile.Write(ref _state, value);
        }
    }
}
