using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Text;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Routing;

/// <summary>
/// Chooses who answers. The name is resolved by the table of the running configuration; the priorities come one after the other, within
/// each the strategy decides, targets whose upstream stated a limit and accounts that are full are left out, targets that cool down by a guess of
/// ours come after all others, and a conversation's own account comes before all. A new configuration is swapped in whole; what is known of
/// targets, loads and conversations stays.
/// </summary>
public sealed class Router : IRouter
{
    private volatile ModelCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly HalfOpenProbes _probes;
    private readonly SelectionStrategies _strategies;
    private readonly Lock _applying = new();
    private volatile Cell _current;

    /// <summary>A router for a configuration.</summary>
    public Router(RoutingSnapshot config, TimeProvider time, ModelCatalog? catalog = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        _time = time;
        _catalog = catalog ?? ModelCatalog.BuiltIn;
        Cooldowns = new CooldownTracker(time);
        Load = new AccountLoadTracker(time);
        Sessions = new SessionAffinityTable(time);
        _probes = new HalfOpenProbes(time);
        _strategies = new SelectionStrategies(Load, Cooldowns, () => _current!.Config.Routing.Hybrid);
        _current = CellOf(config);
    }

    /// <summary>What has been learnt of accounts and their models.</summary>
    public CooldownTracker Cooldowns { get; }

    /// <summary>What accounts have to do.</summary>
    public AccountLoadTracker Load { get; }

    /// <summary>Which upstreams have answered for models that nobody said they serve.</summary>
    public ServedModels Served { get; } = new();

    /// <summary>Which conversations are bound to which account.</summary>
    public SessionAffinityTable Sessions { get; }

    /// <inheritdoc/>
    public Task SlotFreed => Load.SlotFreed;

    /// <summary>The ids of the accounts of the running configuration, disabled ones included.</summary>
    public IReadOnlySet<string> AccountIds => _current.Accounts.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>The models that clients may see, in the order of the configuration.</summary>
    public IReadOnlyList<VisibleModel> VisibleModels() => _current.Table.Visible;

    /// <summary>Whether somebody said that an account serves a name, be it disabled or cooling down: a question to the route table, which plans nothing.</summary>
    /// <param name="model">The name as a client has it.</param>
    public bool Serves(string model)
    {
        var resolution = _current.Table.Resolve(model);
        return resolution.Excluded.Count > 0 || resolution.Tiers.Any(static tier => tier.Offers.Any(static offer => !offer.IsAssumed));
    }

    /// <summary>
    /// Takes up a new configuration. Requests under way go on with what they have; what is known of accounts that are gone is forgotten, and
    /// their conversations move with the next request.
    /// </summary>
    public void Apply(RoutingSnapshot config)
    {
        ArgumentNullException.ThrowIfNull(config);
        lock (_applying) _current = CellOf(config);
        Cooldowns.Keep(AccountIds);
        Load.Keep(AccountIds);
    }

    /// <summary>Takes up another catalog: what is known of models, and which are shown for accounts without a list of their own.</summary>
    public void Apply(ModelCatalog known)
    {
        ArgumentNullException.ThrowIfNull(known);
        lock (_applying)
        {
            _catalog = known;
            _current = CellOf(_current.Config);
        }
    }

    /// <inheritdoc/>
    public RoutePlan Plan(RouteRequest request, bool dryRun = false)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (config, table, _) = _current;
        var resolution = table.Resolve(request.Model);
        var steps = dryRun ? new List<CodedText>(resolution.Trace) : null;
        var draft = new RoutePlanBuilder(request, resolution, config.Routing, Cooldowns, Load, Served, steps, _time);
        var strategy = _strategies[resolution.Policy.Strategy];
        var (bound, cacheWait) = request.Pin is null ? AffinityTarget(config.Routing, resolution, request, draft, steps) : default;
        // A conversation that is at home takes nobody's turn.
        var still = dryRun || bound is not null || request.Pin is not null;
        foreach (var tier in resolution.Tiers) draft.Add(tier, strategy, still);
        var order = draft.Order;
        if (bound is not null && order.Remove(bound)) order.Insert(0, bound);
        else if (request.Pin is null) PutProvenFirst(order, dryRun, steps);
        var candidates = Candidates(draft, resolution, bound, strategy, request.Pin);
        return new RoutePlan
        {
            RequestedModel = request.Model,
            Candidates = candidates,
            Excluded = draft.Exclusions(),
            Trace = steps ?? resolution.Trace,
            Error = candidates.Length > 0 ? null : RouteErrors.For(request, resolution, draft, _time.GetUtcNow()),
            BackAt = request.Pin is null ? RouteErrors.BackAt(draft.CoolingDown) : null,
            CacheWait = candidates.Length > 0 ? cacheWait : null,
            IsFull = request.Pin is null && order.Count == 0 && draft.Full is not null && (draft.IsBestFull || candidates.Length == 0),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FallbacksOf(RouteRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _current.Table.Resolve(request.Model).Policy.Fallback;
    }

    /// <inheritdoc/>
    public AcquireResult TryAcquire(Candidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var (config, _, accounts) = _current;
        var account = candidate.Account;
        if (!accounts.TryGetValue(account.Id, out var now) || !now.Enabled) return AcquireResult.Gone;
        if (!candidate.IsForced && Cooldowns.Find(account, candidate.Model.Id) is { } state)
        {
            if (state.IsUpstreamHint) return AcquireResult.CoolingDown;
            if (candidate.Cooldown is null) return AcquireResult.CoolsDown;
        }

        return Load.TryAcquire(now, config.Routing.LimitsOf(now), config.Routing.Hybrid, obeysRates: !candidate.IsForced) switch
        {
            LoadAnswer.Taken => AcquireResult.Taken,
            LoadAnswer.RateLimited => AcquireResult.CoolingDown,
            _ => AcquireResult.Full,
        };
    }

    /// <inheritdoc/>
    public void Release(Candidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Load.Release(candidate.Account);
    }

    /// <inheritdoc/>
    public void ReportSuccess(RouteRequest request, Candidate candidate, TokenUsage? usage = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(candidate);
        var (config, table, accounts) = _current;
        // An account that was removed meanwhile leaves nothing behind.
        if (!accounts.ContainsKey(candidate.Account.Id)) return;
        Cooldowns.RecordSuccess(candidate.Account, candidate.Model.Id);
        if (candidate.IsAssumed) Served.RecordServed(candidate.Account, candidate.Model.Id);
        Load.Get(candidate.Account).RecordSuccess((usage?.InputTokens ?? 0) + (usage?.OutputTokens ?? 0), config.Routing.Hybrid);
        if (request.SessionKey is not { } session || request.Pin is not null) return;
        var resolution = table.Resolve(request.Model);
        if (resolution.Policy.Binds) Sessions.Bind(session, KeyOf(resolution), candidate.Account.Id, candidate.Model.Id, (usage?.InputTokens ?? 0) + (usage?.OutputTokens ?? 0));
    }

    /// <inheritdoc/>
    public CooldownState? ReportFailure(Candidate candidate, Failure failure)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(failure);
        var (config, _, accounts) = _current;
        if (!accounts.ContainsKey(candidate.Account.Id)) return null;
        Load.Get(candidate.Account).Failed(candidate.Account, failure, config.Routing.Hybrid);
        if (candidate.IsAssumed && failure.Class == FailureClass.Gone) Served.Denied(candidate.Account, candidate.Model.Id);
        return Cooldowns.RecordFailure(candidate.Account, candidate.Model.Id, failure, config.Cooling);
    }

    /// <inheritdoc/>
    public void ReportQuotas(Candidate candidate, QuotaReading quotas)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(quotas);
        if (!_current.Accounts.ContainsKey(candidate.Account.Id)) return;
        if (quotas.Target.Count > 0) Cooldowns.Observe(candidate.Account, candidate.Model.Id, quotas.Target);
        if (quotas.Account.Count > 0) Cooldowns.Observe(candidate.Account, null, quotas.Account);
    }

    /// <summary>The offer a conversation is bound to, if it can be used now; or how long it is worth waiting for.</summary>
    private (ModelTarget? Offer, CacheWait? Wait) AffinityTarget(RoutingOptions routing, ModelResolution resolution, RouteRequest request, RoutePlanBuilder draft, List<CodedText>? steps)
    {
        if (!resolution.Policy.Binds || request.SessionKey is not { } session) return default;
        if (Sessions.Find(session, KeyOf(resolution), routing.SessionAffinityTtl) is not { } binding)
        {
            steps?.Add(RouteSteps.Unbound());
            return default;
        }

        foreach (var tier in resolution.Tiers)
        {
            foreach (var offer in tier.Offers)
            {
                if (offer.Account.Id != binding.AccountId || offer.Model.Id != binding.Model) continue;
                if (draft.IsUsable(offer))
                {
                    steps?.Add(RouteSteps.Stays(offer.Account.Label));
                    return (offer, null);
                }

                var now = _time.GetUtcNow();
                if (WarmCache.WaitFor(offer, WarmCache.Worth(binding, routing.WarmCacheWait, now), draft, now) is not { } wait) continue;
                steps?.Add(RouteSteps.Waits(offer.Account.Label, binding.Tokens, wait.BackAt is null, wait.Time));
                return (null, wait);
            }
        }

        steps?.Add(RouteSteps.Moves());
        return default;
    }

    /// <summary>
    /// Keeps the lead from targets whose guessed cooldown has ended and that have not answered since, unless it is this request's turn to find out
    /// how they are: a dead upstream is not to get all requests each time its cooldown ends.
    /// </summary>
    private void PutProvenFirst(List<ModelTarget> order, bool dryRun, List<CodedText>? steps)
    {
        var first = 0;
        while (first < order.Count && order.Count > 1 && Cooldowns.IsUnproven(order[first].Account, order[first].Model.Id) && !_probes.TryBegin(order[first].Account.Id, order[first].Model.Id, dryRun)) first++;
        if (first == 0 || first == order.Count) return;
        steps?.Add(RouteSteps.Unproven(order.Take(first).Select(offer => offer.Account.Label)));
        var unproven = order.GetRange(0, first);
        order.RemoveRange(0, first);
        order.AddRange(unproven);
    }

    private static Candidate[] Candidates(RoutePlanBuilder draft, ModelResolution resolution, ModelTarget? bound, ISelection strategy, AccountPin? pin)
    {
        var candidates = new Candidate[draft.Order.Count + (draft.Cooling?.Count ?? 0)];
        var place = 0;
        foreach (var offer in draft.Order)
        {
            var (why, code) = pin is not null ? ("asked for by name", RouteReasons.Pinned) : ReferenceEquals(offer, bound) ? ("this conversation's account", RouteReasons.Conversation) : (strategy.Explanation, strategy.Name);
            candidates[place++] = CandidateOf(offer, resolution, why, code, null, forced: pin is { Force: true });
        }

        foreach (var (offer, state) in draft.CoolingInOrder())
            candidates[place++] = CandidateOf(offer, resolution, pin is not null ? "asked for by name" : $"cools down ({RouteErrors.Reason(state)}), so it is asked after the others", pin is not null ? RouteReasons.Pinned : RouteReasons.CoolingDown, state, forced: false);
        return candidates;
    }

    private static Candidate CandidateOf(ModelTarget offer, ModelResolution resolution, string why, string code, CooldownState? cooldown, bool forced)
    {
        var suffix = resolution.Suffix is { } asked ? RequestedName.Reasoning(asked) : null;
        suffix ??= offer.Suffix is { } configured ? RequestedName.Reasoning(configured) : null;
        return new Candidate(offer.Account, offer.Model)
        {
            SuffixReasoning = suffix, Reason = why, ReasonCode = code, Cooldown = cooldown, IsForced = forced, IsAssumed = offer.IsAssumed, ForcesName = offer.ForcesName,
            DefaultReasoning = offer.RequestsReasoning ? new ReasoningOptions { Mode = ReasoningMode.On } : null,
        };
    }

    private static string KeyOf(ModelResolution resolution) => resolution.BaseName.ToLowerInvariant();

    private Cell CellOf(RoutingSnapshot config) => new(config, new RouteTable(config, _catalog), config.Accounts.ToDictionary(account => account.Id, StringComparer.Ordinal));

    private sealed record Cell(RoutingSnapshot Config, RouteTable Table, IReadOnlyDictionary<string, Account> Accounts);
}
