using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;

namespace Dragoman.Gateway.Forwarding.Failover;

/// <summary>
/// One request asked of the accounts of one model: candidate after candidate, round after round, and the waits between. While it waits it
/// holds no place at an account, and a client that leaves ends the wait.
/// </summary>
internal sealed class FailoverLoop(
    ClientRequest request, RouteRequest route, ForwardingServices services, ClientStream? stream, IResponseChannel channel, RequestOutcome outcome, CancellationToken clientGone)
{
    /// <summary>How long the same account is waited for: always; and when it is the first limit of a run of failures.</summary>
    private static readonly TimeSpan AlwaysWorthWaiting = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan OnceWorthWaiting = TimeSpan.FromSeconds(10);
    /// <summary>So many faults in a row make a target one that is tried once for a request and not more.</summary>
    private const int FewFaults = 3;

    private static readonly TimeSpan MostJitter = TimeSpan.FromMilliseconds(500);

    private readonly ForwardingOptions _options = services.Options;
    private TimeSpan _waitedForSlots;
    private TimeSpan _waitedForCooldowns;

    /// <summary>
    /// Attempts that count against the most a request may make. A refusal for a limit costs nothing and teaches where not to ask: how many of
    /// them there are is bounded by accounts and rounds, and a request does not give up because others have used up twelve of twenty accounts.
    /// </summary>
    private int _spent;

    /// <summary>Runs until somebody has answered or nobody can; the result is then the most telling failure (<see cref="FailurePolicy.Specificity"/>).</summary>
    public async Task<AttemptResult> RunAsync()
    {
        AttemptResult? worst = null;
        for (var round = 0; ;)
        {
            var plan = services.Router.Plan(route);
            // Those that only cool down come after those that are only full: a place there is waited for first.
            if (plan.IsFull && await WaitForPlaceAsync()) continue;
            if (plan.Error is { } error)
            {
                if (!plan.IsFull && plan.BackAt - services.Time.GetUtcNow() is { } rest)
                {
                    var rounds = RoundsOf(plan);
                    if (rounds > 0 && await RestAsync(rest)) continue;
                    if (await WaitAsync(rest, round++, rounds)) continue;
                }

                return worst is null ? new AttemptResult { Failure = new Failure(ClassOf(error), error) } : WithLimits(worst, plan);
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
            var later = services.Router.Plan(route, dryRun: true);
            if (later.BackAt - services.Time.GetUtcNow() is { } first && !(wait <= first)) wait = first;
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
            var entry = services.Router.TryAcquire(candidate);
            if (entry != AcquireResult.Taken)
            {
                full |= entry == AcquireResult.Full;
                passedOver |= entry == AcquireResult.CoolingDown;
                if (entry == AcquireResult.CoolsDown) (later ??= []).Add(candidate with { Cooldown = CooldownState.None });
                continue;
            }

            tried++;
            if (candidate.Cooldown is not null) cooling++;
            var attempt = Begin(candidate);
            var result = Note(attempt, await AttemptRunner.RunAsync(attempt));
            if (result.Failure is not null) result = await RetryCandidateAsync(candidate, result);
            if (result.Failure is not { } failure) return (null, false, true, result);
            worst = MoreSpecific(worst, result);
            if (FailurePolicy.After(failure.Class) == NextStep.Surface || _spent >= _options.MaxAttempts) return (null, false, true, worst);
            if (FailurePolicy.WorthAnotherRound(failure.Class) && !IsKnownToFail(candidate)) wait = Min(wait, failure.Error.RetryAfter ?? PauseBefore(round + 1));
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
        => worst.Failure is { Class: FailureClass.Gone or FailureClass.Forbidden or FailureClass.AuthDead or FailureClass.AuthExpired } && RouteErrors.Limits(plan, services.Time.GetUtcNow()) is { } limits
            ? new AttemptResult { Failure = new Failure(ClassOf(limits), limits) } : worst;

    /// <summary>Asks a candidate that failed again, as long as that promises more than asking another.</summary>
    private async Task<AttemptResult> RetryCandidateAsync(Candidate candidate, AttemptResult result)
    {
        var waits = 0;
        for (var again = 0; result.Failure is { } failure;)
        {
            Failure? unreported = null;
            var mayGoOn = _spent < _options.MaxAttempts && route.AccountId is null && !IsKnownToFail(candidate);
            if (FailurePolicy.After(failure.Class) == NextStep.RetrySame && again < _options.TransientRetries && mayGoOn)
            {
                unreported = failure;
                await Task.Delay(TimeSpan.FromMilliseconds(100 << again), services.Time, clientGone);
                again++;
            }
            else
            {
                if (!FailurePolicy.CoolsDown(failure.Class)) return result;
                var state = services.Router.ReportFailure(candidate, failure);
                if (!mayGoOn || waits >= _options.TransientRetries || StickyRetryDelay(candidate, failure, state) is not { } pause) return result;
                waits++;
                await Task.Delay(AddJitter(pause), services.Time, clientGone);
            }

            if (services.Router.TryAcquire(candidate) != AcquireResult.Taken)
            {
                // Somebody else took the place between two tries: what the first met with still counts.
                if (unreported is not null) services.Router.ReportFailure(candidate, unreported);
                return result;
            }

            var attempt = Begin(candidate);
            result = Note(attempt, await AttemptRunner.RunAsync(attempt));
        }

        return result;
    }

    /// <summary>An attempt at a candidate whose place was taken; it gives the place back.</summary>
    private Attempt Begin(Candidate candidate) => new(request, candidate, services, stream, channel, outcome, clientGone);

    /// <summary>Records how an attempt ended.</summary>
    private AttemptResult Note(Attempt attempt, AttemptResult result)
    {
        clientGone.ThrowIfCancellationRequested();
        var candidate = attempt.Candidate;
        var duration = services.Time.GetElapsedTime(attempt.Started);
        if (outcome.Fallback is { } standIn) candidate = candidate with { Reason = $"'{standIn}' is the fallback for '{request.Model}'; {candidate.Reason}" };
        if (result.Failure is { } failure)
        {
            if (failure.Class is not (FailureClass.RateLimited or FailureClass.QuotaExhausted)) _spent++;
            if (result.Usage is { } usage && (usage.InputTokens ?? usage.OutputTokens) is not null) outcome.Wasted.Add((candidate, usage));
            outcome.Attempts.Add(new AttemptRecord(candidate, $"{failure.Class}: {failure.Error.EffectiveStatus} {failure.Error.Message}", duration));
            return result with { FailedBy = candidate };
        }

        outcome.Attempts.Add(new AttemptRecord(candidate, result.Interrupted is null ? "answered" : $"interrupted: {result.Interrupted.Message}", duration));
        outcome.ServedBy = candidate;
        outcome.Status = 200;
        outcome.Usage = result.Usage;
        outcome.Error = result.Interrupted;
        services.Router.ReportSuccess(route, candidate, result.Usage);
        return result;
    }

    /// <summary>
    /// How long to stay with an account whose upstream said when it may be asked again: a second always, ten at the first limit of a run of failures
    /// (a prompt cache is worth that); null when another had better be asked.
    /// </summary>
    private TimeSpan? StickyRetryDelay(Candidate candidate, Failure failure, CooldownState? state)
    {
        if (failure.Class != FailureClass.RateLimited || state is not { IsUpstreamHint: true } || RoundsOf(candidate.Account) == 0) return null;
        var reset = state.Until - services.Time.GetUtcNow();
        if (reset > _options.MaxRetryInterval || reset > (state.ConsecutiveFailures <= 1 ? OnceWorthWaiting : AlwaysWorthWaiting)) return null;
        return reset > TimeSpan.Zero ? reset : TimeSpan.Zero;
    }

    /// <summary>Waits for another round; false when there shall be none.</summary>
    private async Task<bool> WaitAsync(TimeSpan? wait, int round, int rounds)
    {
        if (round >= rounds || wait is not { } time || time > _options.MaxRetryInterval) return false;
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        await Task.Delay(time >= AlwaysWorthWaiting ? AddJitter(time) : time, services.Time, clientGone);
        return true;
    }

    /// <summary>
    /// Waits for a target to come back without having asked anybody: that takes no round, or who waits together with many would be refused while
    /// places come free one after the other. False when this request has waited long enough.
    /// </summary>
    private async Task<bool> RestAsync(TimeSpan wait)
    {
        if (wait > _options.MaxRetryInterval - _waitedForCooldowns) return false;
        var before = services.Time.GetUtcNow();
        await Task.Delay(AddJitter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero), services.Time, clientGone);
        _waitedForCooldowns += services.Time.GetUtcNow() - before + TimeSpan.FromMilliseconds(1);
        return true;
    }

    /// <summary>Waits until a place is free, or a target is back; false when this request has waited long enough.</summary>
    private async Task<bool> WaitForPlaceAsync()
    {
        var left = _options.MaxRetryInterval - _waitedForSlots;
        if (left <= TimeSpan.Zero || route.AccountId is not null) return false;
        // Asked for before looking once more: a place that is given back between the two must not go unnoticed.
        var freed = services.Router.SlotFreed;
        var plan = services.Router.Plan(route, dryRun: true);
        var now = services.Time.GetUtcNow();
        if (plan.BackAt - now is { } wait && wait < left) left = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        if (plan.IsFull)
        {
            try
            {
                await freed.WaitAsync(left, services.Time, clientGone);
            }
            catch (TimeoutException)
            {
                // The next plan tells whether that was all.
            }
        }

        _waitedForSlots += services.Time.GetUtcNow() - now + TimeSpan.FromMilliseconds(1);
        return true;
    }

    /// <summary>A wait a little longer than told, so that those who wait for the same moment do not come all at once.</summary>
    private TimeSpan AddJitter(TimeSpan wait) => wait + MostJitter * services.Jitter();

    /// <summary>How many further rounds an account takes part in.</summary>
    private int RoundsOf(Account account)
        => route.AccountId is not null ? 0 : (account.RequestRetry ?? _options.RequestRetry) + (request.Stream ? _options.BootstrapRetries : 0);

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
    private static FailureClass ClassOf(Dragoman.Protocols.WireError error)
        => error.Kind is Dragoman.Protocols.ErrorKind.NotFound or Dragoman.Protocols.ErrorKind.InvalidRequest or Dragoman.Protocols.ErrorKind.Permission ? FailureClass.InvalidRequest : FailureClass.Capacity;

    private AttemptResult AllAccountsBusy()
    {
        var error = services.Router.Plan(route, dryRun: true).Error
            ?? new Dragoman.Protocols.WireError(Dragoman.Protocols.ErrorKind.Unavailable, "Every account was busy just now. Try again.") { Status = 503, RetryAfter = TimeSpan.FromSeconds(1) };
        return new AttemptResult { Failure = new Failure(ClassOf(error), error) };
    }
}
