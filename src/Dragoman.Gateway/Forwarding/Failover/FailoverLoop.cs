using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Forwarding.Failover;

/// <summary>
/// One request asked of the accounts of one model: candidate after candidate, round after round, and the waits between. While it waits it
/// holds no place at an account, and a client that leaves ends the wait.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="route">What is routed: the request's own model or a fallback.</param>
/// <param name="made">The plan that was made for it already, or null.</param>
internal sealed class FailoverLoop(RequestContext context, RouteRequest route, RoutePlan? made = null)
{
    /// <summary>How long the same account is waited for: always; and when it is the first limit of a run of failures.</summary>
    private static readonly TimeSpan AlwaysWorthWaiting = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan OnceWorthWaiting = TimeSpan.FromSeconds(10);

    /// <summary>So many faults in a row make a target one that is tried once for a request and not more.</summary>
    private const int FewFaults = 3;

    /// <summary>How often an account that answered without content is asked again; an odd answer comes and goes, so the pauses are longer than those of a fault.</summary>
    private const int EmptyAnswerRetries = 2;

    private static readonly TimeSpan MostJitter = TimeSpan.FromMilliseconds(500);

    private readonly ForwardingServices _services = context.Services;
    private readonly ForwardingOptions _options = context.Options;
    private readonly CancellationToken _clientGone = context.ClientGone;
    private RoutePlan? _made = made;
    private TimeSpan _waitedForSlots;
    private TimeSpan _waitedForCooldowns;
    private bool _hasWaitedForCache;

    /// <summary>
    /// Attempts that count against the most a request may make. A refusal for a limit costs nothing and teaches where not to ask: how many of
    /// them there are is bounded by accounts and rounds, and a request does not give up because others have used up twelve of twenty accounts.
    /// </summary>
    private int _spent;

    /// <summary>When the first of those that were left out for a stated limit is back, by the last plan; null when there are none.</summary>
    public DateTimeOffset? BackAt { get; private set; }

    /// <summary>Runs until somebody has answered or nobody can; the result is then the most telling failure (<see cref="FailurePolicy.Specificity"/>).</summary>
    public async Task<AttemptResult> RunAsync()
    {
        AttemptResult? worst = null;
        for (var round = 0; ;)
        {
            var plan = Planned(_made ?? _services.Router.Plan(route));
            _made = null;
            if (plan.CacheWait is { } cache && await WaitForCacheAsync(cache)) continue;
            // Those that only cool down come after those that are only full: a place there is waited for first.
            if (plan.IsFull && await WaitForPlaceAsync()) continue;
            if (plan.Error is { } error)
            {
                if (!plan.IsFull && plan.BackAt - _services.Time.GetUtcNow() is { } rest)
                {
                    var rounds = RoundsOf(plan);
                    if (rounds > 0 && await RestAsync(rest)) continue;
                    if (await WaitAsync(rest, round++, rounds)) continue;
                }

                return worst is null ? new AttemptResult { Failure = new Failure(ClassOf(error), error), RefusedFor = OnlyOneLimited(plan) } : WithLimits(worst, plan);
            }

            var (wait, full, ends, result) = await TryAllAsync(plan, round);
            if (result is { Failure: null }) return result;
            worst = MoreSpecific(worst, result);
            if (ends) return worst!;
            if (full && wait is null && result is null)
            {
                if (await WaitForPlaceAsync()) continue;
                return worst ?? AllAccountsBusy();
            }

            // Those who were not asked, because their upstream named a time, may be back before those who were.
            var later = Planned(_services.Router.Plan(route, dryRun: true));
            if (later.BackAt - _services.Time.GetUtcNow() is { } first && !(wait <= first)) wait = first;
            if (!await WaitAsync(wait, round++, RoundsOf(plan))) return worst is null ? AllAccountsBusy() : WithLimits(worst, later);
        }
    }

    /// <summary>
    /// Asks the candidates of a plan in turn. Who has come to cool down since the plan was made is asked after the others; of those that cool down,
    /// a further round asks only the first, because each of them has had this request once.
    /// </summary>
    /// <returns>How long to wait before another round may help, or null when it cannot; whether an account was passed over for being full; whether that was all; the last success or most telling failure.</returns>
    private async Task<(TimeSpan? Wait, bool Full, bool Ends, AttemptResult? Result)> TryAllAsync(RoutePlan plan, int round)
    {
        AttemptResult? worst = null;
        TimeSpan? wait = null;
        List<Candidate>? later = null;
        var (tried, cooling, full, passedOver) = (0, 0, false, false);
        for (var place = 0; place < plan.Candidates.Count + (later?.Count ?? 0); place++)
        {
            var candidate = place < plan.Candidates.Count ? plan.Candidates[place] : later![place - plan.Candidates.Count];
            if (round > RoundsOf(candidate.Account)) continue;
            if (tried >= Limit(_options.MaxCandidates)) break;
            if (candidate.Cooldown is not null && round > 0 && cooling > 0) continue;
            var entry = _services.Router.TryAcquire(candidate);
            if (entry != AcquireResult.Taken)
            {
                full |= entry == AcquireResult.Full;
                passedOver |= entry == AcquireResult.CoolingDown;
                if (entry == AcquireResult.CoolsDown) (later ??= []).Add(candidate with { Cooldown = CooldownState.None });
                continue;
            }

            tried++;
            if (candidate.Cooldown is not null) cooling++;
            var result = await AskAsync(candidate);
            if (result.Failure is not null) result = await RetryCandidateAsync(candidate, result);
            if (result.Failure is not { } failure) return (null, false, true, result);
            worst = MoreSpecific(worst, result);
            if (FailurePolicy.After(failure) == NextStep.Surface || _spent >= _options.MaxAttempts) return (null, false, true, worst);
            if (FailurePolicy.WorthAnotherRound(failure) && !IsKnownToFail(candidate)) wait = Min(wait, failure.Error.RetryAfter ?? PauseBefore(round + 1));
        }

        // All came to rest between the plan and its turn: the next plan knows how long.
        if (tried == 0 && passedOver && !full) wait = PauseBefore(round + 1);
        return (wait, full, false, worst);
    }

    /// <summary>Whether the candidate has failed so often in a row that trying it more than once for one request only adds to its load.</summary>
    private static bool IsKnownToFail(Candidate candidate) => candidate.Cooldown is { ConsecutiveFailures: >= FewFaults };

    /// <summary>Of two failures the one that tells the client more, and of two alike the later.</summary>
    private static AttemptResult? MoreSpecific(AttemptResult? one, AttemptResult? later)
        => later?.Failure is null ? one : one?.Failure is null || FailurePolicy.Specificity(later.Failure) >= FailurePolicy.Specificity(one.Failure) ? later : one;

    /// <summary>Where those that were asked cannot answer, the limit of those that can says more: the client does well to wait for it.</summary>
    private AttemptResult WithLimits(AttemptResult worst, RoutePlan plan)
        => worst.Failure is { Class: FailureClass.Gone or FailureClass.Forbidden or FailureClass.AuthDead or FailureClass.AuthExpired } && RouteErrors.Limits(plan, _services.Time.GetUtcNow()) is { } limits
            ? new AttemptResult { Failure = new Failure(ClassOf(limits), limits) } : worst;

    /// <summary>The one account whose limit is why nobody was asked; null where several could have been, or none.</summary>
    private static Candidate? OnlyOneLimited(RoutePlan plan)
    {
        Exclusion? only = null;
        foreach (var exclusion in plan.Excluded)
        {
            if (exclusion.Limit is null) continue;
            if (only is not null && only.Account.Id != exclusion.Account.Id) return null;
            only ??= exclusion;
        }

        return only is null ? null : new Candidate(only.Account, new UpstreamModel(only.Model));
    }

    /// <summary>Asks a candidate that failed again, as long as that promises more than asking another.</summary>
    private async Task<AttemptResult> RetryCandidateAsync(Candidate candidate, AttemptResult result)
    {
        var waits = 0;
        for (var again = 0; result.Failure is { } failure;)
        {
            Failure? unreported = null;
            var mayGoOn = _spent < _options.MaxAttempts && route.Pin is not { Force: true } && !IsKnownToFail(candidate);
            if (failure.IsForeignReasoning && !context.LeavesOutReasoning && mayGoOn)
            {
                // Whoever has made it would have been asked first, if it could be.
                context.LeavesOutReasoning = true;
            }
            else if (FailurePolicy.After(failure) == NextStep.RetrySame && again < (failure.IsEmptyAnswer ? EmptyAnswerRetries : _options.TransientRetries) && mayGoOn)
            {
                unreported = FailurePolicy.CoolsDown(failure) ? failure : null;
                await Task.Delay(TimeSpan.FromMilliseconds((failure.IsEmptyAnswer ? 500 : 100) << again), _services.Time, _clientGone);
                again++;
            }
            else
            {
                if (!FailurePolicy.CoolsDown(failure)) return result;
                var state = _services.Router.ReportFailure(candidate, failure);
                if (!mayGoOn || failure.Ruling != Ruling.None || waits >= _options.TransientRetries || StickyRetryDelay(candidate, failure, state) is not { } pause) return result;
                waits++;
                await Task.Delay(AddJitter(pause), _services.Time, _clientGone);
            }

            if (_services.Router.TryAcquire(candidate) != AcquireResult.Taken)
            {
                // Somebody else took the place between two tries: what the first met with still counts.
                if (unreported is not null) _services.Router.ReportFailure(candidate, unreported);
                return result;
            }

            result = await AskAsync(candidate);
        }

        return result;
    }

    /// <summary>Asks a candidate whose place was taken, at one address of its service after the other where it has several and the provider says that the host is at fault.</summary>
    private async Task<AttemptResult> AskAsync(Candidate candidate)
    {
        var account = candidate.Account;
        if (account.FallbackUrls.Count == 0 || _services.Providers[account.Provider].HostFallback is not { } fallback) return await AskOnceAsync(candidate, silence: null);
        var addresses = _services.Hosts.Of(account);
        AttemptResult? worst = null;
        for (var place = 0; ; place++)
        {
            var isLast = place == addresses.Count - 1;
            var asked = addresses[place] == account.BaseUrl ? candidate : candidate with { Account = account with { BaseUrl = addresses[place] } };
            var result = await AskOnceAsync(asked, isLast ? null : fallback.Silence);
            if (result.Failure is not { IsEmptyAnswer: false } failure || !fallback.MovesOn(failure))
            {
                _services.Hosts.Restore(addresses[place]);
                return result;
            }

            if (HostFallback.IsBroken(failure)) _services.Hosts.PassOver(addresses[place]);
            worst = MoreSpecific(worst, result)!;
            if (isLast || _spent >= _options.MaxAttempts) return worst;
            await Task.Delay(fallback.PauseAfter(failure), _services.Time, _clientGone);
            if (_services.Router.TryAcquire(candidate) != AcquireResult.Taken) return worst;
        }
    }

    /// <summary>Asks a candidate whose place was taken at its address, and records how that ended.</summary>
    private async Task<AttemptResult> AskOnceAsync(Candidate candidate, TimeSpan? silence)
    {
        var attempt = context.Begin(candidate, silence);
        var result = await AttemptRunner.RunAsync(attempt);
        if (!attempt.Progress.IsDelivered) _clientGone.ThrowIfCancellationRequested();
        result = context.Record(attempt, result);
        if (result.Failure is not { } failure) _services.Router.ReportSuccess(route, result.AskedOf!, result.Usage);
        else if (failure.Class is not (FailureClass.RateLimited or FailureClass.QuotaExhausted)) _spent++;
        return result;
    }

    private RoutePlan Planned(RoutePlan plan)
    {
        BackAt = plan.BackAt;
        return plan;
    }

    /// <summary>
    /// How long to stay with an account whose upstream said when it may be asked again: a second always, ten at the first limit of a run of failures
    /// (a prompt cache is worth that); null when another had better be asked.
    /// </summary>
    private TimeSpan? StickyRetryDelay(Candidate candidate, Failure failure, CooldownState? state)
    {
        if (failure.Class != FailureClass.RateLimited || state is not { IsUpstreamHint: true } || RoundsOf(candidate.Account) == 0) return null;
        var reset = state.Until - _services.Time.GetUtcNow();
        if (reset > _options.MaxRetryInterval || reset > (state.ConsecutiveFailures <= 1 ? OnceWorthWaiting : AlwaysWorthWaiting)) return null;
        return reset > TimeSpan.Zero ? reset : TimeSpan.Zero;
    }

    /// <summary>Waits for another round; false when there shall be none.</summary>
    private async Task<bool> WaitAsync(TimeSpan? wait, int round, int rounds)
    {
        if (round >= rounds || wait is not { } time || time > _options.MaxRetryInterval) return false;
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        await Task.Delay(time >= AlwaysWorthWaiting ? AddJitter(time) : time, _services.Time, _clientGone);
        return true;
    }

    /// <summary>
    /// Waits for a target to come back without having asked anybody: that takes no round, or who waits together with many would be refused while
    /// places come free one after the other. False when this request has waited long enough.
    /// </summary>
    private async Task<bool> RestAsync(TimeSpan wait)
    {
        if (wait > _options.MaxRetryInterval - _waitedForCooldowns) return false;
        var before = _services.Time.GetUtcNow();
        await Task.Delay(AddJitter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero), _services.Time, _clientGone);
        _waitedForCooldowns += _services.Time.GetUtcNow() - before + TimeSpan.FromMilliseconds(1);
        return true;
    }

    /// <summary>Waits until a place is free, or a target is back; false when this request has waited long enough.</summary>
    private async Task<bool> WaitForPlaceAsync()
    {
        var left = _options.MaxRetryInterval - _waitedForSlots;
        if (left <= TimeSpan.Zero || route.Pin is not null) return false;
        // Asked for before looking once more: a place that is given back between the two must not go unnoticed.
        var freed = _services.Router.SlotFreed;
        var plan = _services.Router.Plan(route, dryRun: true);
        var now = _services.Time.GetUtcNow();
        if (plan.BackAt - now is { } wait && wait < left) left = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        // The next plan tells whether that was all.
        if (plan.IsFull) await IsFreedAsync(freed, left);
        _waitedForSlots += _services.Time.GetUtcNow() - now + TimeSpan.FromMilliseconds(1);
        return true;
    }

    /// <summary>Waits, once for a request, for the account that has the conversation in its prompt cache; false when that was done before.</summary>
    private async Task<bool> WaitForCacheAsync(CacheWait wait)
    {
        if (_hasWaitedForCache || wait.Time > _options.MaxRetryInterval) return false;
        _hasWaitedForCache = true;
        if (wait.BackAt is not null)
        {
            // Jitter would only keep the others waiting who are bound to nobody.
            await Task.Delay(wait.Time, _services.Time, _clientGone);
            return true;
        }

        var freed = _services.Router.SlotFreed;
        var left = wait.Time;
        while (left > TimeSpan.Zero && _services.Router.Plan(route, dryRun: true).CacheWait is { BackAt: null })
        {
            var before = _services.Time.GetTimestamp();
            if (!await IsFreedAsync(freed, left)) break;
            left -= _services.Time.GetElapsedTime(before);
            freed = _services.Router.SlotFreed;
        }

        return true;
    }

    /// <summary>Waits for a place that is given back, at whichever account; false where the time is over before.</summary>
    private async Task<bool> IsFreedAsync(Task freed, TimeSpan most)
    {
        try
        {
            await freed.WaitAsync(most, _services.Time, _clientGone);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>A wait a little longer than told, so that those who wait for the same moment do not come all at once.</summary>
    private TimeSpan AddJitter(TimeSpan wait) => wait + MostJitter * _services.Jitter();

    /// <summary>How many further rounds an account takes part in.</summary>
    private int RoundsOf(Account account)
        => route.Pin is { Force: true } ? 0 : (account.RequestRetry ?? _options.RequestRetry) + (context.Request.Stream ? _options.BootstrapRetries : 0);

    /// <summary>How many further rounds there are at most: as many as the account that takes part in most of them.</summary>
    private int RoundsOf(RoutePlan plan)
    {
        var most = -1;
        foreach (var candidate in plan.Candidates) most = Math.Max(most, RoundsOf(candidate.Account));
        foreach (var exclusion in plan.Excluded)
        {
            if (exclusion.Until is not null) most = Math.Max(most, RoundsOf(exclusion.Account));
        }

        return most;
    }

    /// <summary>The pause where no upstream named one: short, and longer each time.</summary>
    private static TimeSpan PauseBefore(int round) => TimeSpan.FromMilliseconds(125 << Math.Min(round, 4));

    private static TimeSpan Min(TimeSpan? one, TimeSpan other) => one is { } time && time < other ? time : other;

    private static int Limit(int most) => most > 0 ? most : int.MaxValue;

    /// <summary>What a plan without candidates means for what follows: a name that is not served or not allowed is the request's fault, all else may be served by a fallback.</summary>
    private static FailureClass ClassOf(WireError error)
        => error.Kind is ErrorKind.NotFound or ErrorKind.InvalidRequest or ErrorKind.Permission ? FailureClass.InvalidRequest : FailureClass.Capacity;

    private AttemptResult AllAccountsBusy()
    {
        var error = _services.Router.Plan(route, dryRun: true).Error
            ?? new WireError(ErrorKind.Unavailable, "Every account was busy just now. Try again.") { Status = 503, RetryAfter = TimeSpan.FromSeconds(1) };
        return new AttemptResult { Failure = new Failure(ClassOf(error), error) };
    }
}
