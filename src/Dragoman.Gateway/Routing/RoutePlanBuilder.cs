using System.Collections.Immutable;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Text;

namespace Dragoman.Gateway.Routing;

/// <summary>A plan in the making: who can be asked, in order, and who cannot and why.</summary>
internal sealed class RoutePlanBuilder(RouteRequest request, ModelResolution resolution, RoutingOptions routing, CooldownTracker cooldowns, AccountLoadTracker gauges, ServedModels served, List<CodedText>? steps, TimeProvider time)
{
    /// <summary>Who can be asked, best first.</summary>
    public List<ModelTarget> Order { get; } = [];

    /// <summary>Who cools down by a guess of ours: asked after all others.</summary>
    public List<CoolingDownTarget>? Cooling { get; private set; }

    /// <summary>Whose upstream has stated a limit that is not over, and who had as many requests of late as it may.</summary>
    public List<CoolingDownTarget>? CoolingDown { get; private set; }

    /// <summary>Who serves as many requests as it may.</summary>
    public List<ModelTarget>? Full { get; private set; }

    /// <summary>Whether one of the full accounts would come before those that cool down.</summary>
    public bool IsBestFull { get; private set; }

    /// <summary>Who belongs to a provider that the caller's key may not use.</summary>
    public List<ModelTarget>? NotPermitted { get; private set; }

    /// <summary>Whose rest of a quota is kept for other keys, with when it is new.</summary>
    public List<(ModelTarget Offer, double Left, DateTimeOffset? ResetsAt)>? Reserved { get; private set; }

    /// <summary>Whether an offer may be used now, before those that cool down; who may not is noted.</summary>
    public bool CanUse(ModelTarget offer)
    {
        if (request.Pin is { } pin && !pin.Matches(offer.Account)) return false;
        if (!IsAllowed(offer))
        {
            (NotPermitted ??= []).Add(offer);
            return false;
        }

        if (request.Pin is not { Force: true } && ReservedQuota(offer) is var (left, resetsAt))
        {
            (Reserved ??= []).Add((offer, left, resetsAt));
            return false;
        }

        var cooling = request.Pin is { Force: true } ? null : CooldownOf(offer);
        if (cooling is { State.IsUpstreamHint: true })
        {
            (CoolingDown ??= []).Add(cooling);
        }
        else if (gauges.IsFull(offer.Account))
        {
            (Full ??= []).Add(offer);
            IsBestFull |= cooling is null;
        }
        else if (cooling is not null)
        {
            (Cooling ??= []).Add(cooling);
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>Whether an offer may be used now and does not cool down; nothing is noted.</summary>
    public bool IsUsable(ModelTarget offer) => IsAllowed(offer) && ReservedQuota(offer) is null && CooldownOf(offer) is null && !gauges.IsFull(offer.Account);

    /// <summary>Whether an offer that cannot be used now may be soon.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="backAt">When the limit ends that its upstream or its owner stated; null where it is full.</param>
    public bool IsBackSoon(ModelTarget offer, out DateTimeOffset? backAt)
    {
        backAt = null;
        if (!IsAllowed(offer) || ReservedQuota(offer) is not null) return false;
        if (CooldownOf(offer) is not { } cooling) return gauges.IsFull(offer.Account);
        if (!cooling.State.IsUpstreamHint || cooling.HasFailed) return false;
        backAt = cooling.State.Until;
        return true;
    }

    /// <summary>Adds a tier's offers that can be used, in the strategy's order.</summary>
    public void Add(Tier tier, ISelection strategy, bool dryRun)
    {
        var available = new List<int>(tier.Offers.Count);
        for (var place = 0; place < tier.Offers.Count; place++)
            if (CanUse(tier.Offers[place])) available.Add(place);
        steps?.Add(RouteSteps.Priority(tier, available.Count, strategy));
        if (available.Count == 0) return;
        // The turn passes on only where it decides who is asked first: in the tier that leads.
        var still = dryRun || Order.Count > 0;
        if (tier.HasAssumed && available.Count > 1) OrderAssumed(tier, available, strategy, still);
        else strategy.Order(tier, available, request, still);
        foreach (var place in available) Order.Add(tier.Offers[place]);
    }

    /// <summary>
    /// Puts accounts that are known to serve the model before those that are only assumed to, and of these the keys of the first upstream before the next:
    /// going round between them would answer the same request once and refuse it the next time.
    /// </summary>
    private void OrderAssumed(Tier tier, List<int> available, ISelection strategy, bool still)
    {
        var known = available.FindAll(place => !tier.Offers[place].IsAssumed || served.Has(tier.Offers[place].Account, tier.Offers[place].Model.Id));
        var others = available.Except(known).GroupBy(place => ServedModels.UpstreamOf(tier.Offers[place].Account)).Select(group => group.ToList()).ToList();
        if (known.Count > 0) steps?.Add(RouteSteps.KnownFirst(known.Count));
        available.Clear();
        foreach (var group in (List<int>[])[known, .. others])
        {
            if (group.Count > 0) strategy.Order(tier, group, request, still || available.Count > 0);
            available.AddRange(group);
        }
    }

    /// <summary>Those that cool down, the one that is back first at the beginning.</summary>
    public IEnumerable<CoolingDownTarget> CoolingInOrder()
    {
        if (Cooling is null) return [];
        steps?.Add(RouteSteps.CoolingLast(Cooling.Count));
        return Cooling.OrderBy(item => item.State.Until);
    }

    /// <summary>Who was left out, with the reasons.</summary>
    public IReadOnlyList<Exclusion> Exclusions()
    {
        if (CoolingDown is null && Full is null && NotPermitted is null && Reserved is null) return resolution.Excluded;
        var all = new List<Exclusion>(resolution.Excluded);
        foreach (var target in CoolingDown ?? []) all.Add(new Exclusion(target.Offer.Account, target.Offer.Model.Id, target.Reason, target.State.Until)
        {
            Limit = target.State.Cause, Code = target.Why is null ? RouteReasons.CoolingDown : RouteReasons.RateReached, Values = Values("cause", RouteReasons.CauseOf(target.State.Cause)),
        });
        foreach (var offer in Full ?? []) all.Add(new Exclusion(offer.Account, offer.Model.Id, $"It serves as many requests at once as it may ({offer.Account.Concurrency}).", null) { Code = RouteReasons.Full, Values = Values("concurrency", $"{offer.Account.Concurrency}") });
        foreach (var offer in NotPermitted ?? []) all.Add(new Exclusion(offer.Account, offer.Model.Id, $"The caller's key may not use the provider '{offer.Account.Provider}'.", null) { Code = RouteReasons.ProviderNotPermitted, Values = Values("provider", offer.Account.Provider) });
        foreach (var (offer, left, resetsAt) in Reserved ?? [])
        {
            var keys = offer.Account.Reserve?.Keys ?? [];
            var (kept, whom) = (ReserveOf(offer) ?? 0, keys.Count == 0 ? "is not to be used" : $"is kept for {string.Join(", ", keys.Take(3))}{(keys.Count > 3 ? ", …" : "")}");
            all.Add(new Exclusion(offer.Account, offer.Model.Id, $"{left * 100:0} % of its quota is left, and {kept * 100:0} % {whom}.", resetsAt)
            {
                Code = RouteReasons.QuotaReserved, Values = Values("left", $"{left * 100:0}").Add("kept", $"{kept * 100:0}").Add("keys", string.Join(", ", keys.Take(3))),
            });
        }

        return all;
    }

    private static ImmutableDictionary<string, string> Values(string name, string value) => ImmutableDictionary<string, string>.Empty.Add(name, value);

    /// <summary>Why an offer is not asked now: a limit that its upstream stated, a rate that its owner did, else a guess of ours; null where nothing is in the way.</summary>
    private CoolingDownTarget? CooldownOf(ModelTarget offer)
    {
        var state = cooldowns.Find(offer.Account, offer.Model.Id);
        if (state is not { IsUpstreamHint: true } && gauges.RateWait(offer.Account, routing.LimitsOf(offer.Account)) is var wait && wait > TimeSpan.Zero)
        {
            return new CoolingDownTarget(offer, new CooldownState { Until = time.GetUtcNow() + wait, Cause = FailureClass.RateLimited, IsUpstreamHint = true })
            {
                Why = "it had as many requests in the last minute as its limits allow", HasFailed = state is not null,
            };
        }

        return state is null ? null : new CoolingDownTarget(offer, state);
    }

    /// <summary>What is left of an account's quota, where that is kept for other keys than the caller's; null where it is not.</summary>
    private (double Left, DateTimeOffset? ResetsAt)? ReservedQuota(ModelTarget offer)
        => ReserveOf(offer) is > 0 and var share && offer.Account.Reserve?.IsFor(request.KeyName, request.KeyId) != true && cooldowns.TightestQuota(offer.Account, offer.Model.Id) is { } tightest && tightest.Left <= share ? tightest : null;

    /// <summary>The share of its quota that a target keeps: the model's own, else the account's, else its provider's.</summary>
    private double? ReserveOf(ModelTarget offer) => offer.Account.Reserve?.ShareOf(offer.Model.Id) ?? routing.LimitsOf(offer.Account).Reserve;

    private bool IsAllowed(ModelTarget offer)
    {
        if (request.Providers.Count == 0) return true;
        foreach (var pattern in request.Providers)
            if (Wildcard.Matches(pattern, offer.Account.Provider)) return true;
        return false;
    }
}

/// <summary>An offer whose target cools down: for a stated limit, or by a guess.</summary>
/// <param name="Offer">The offer.</param>
/// <param name="State">Since when, and until when.</param>
internal sealed record CoolingDownTarget(ModelTarget Offer, CooldownState State)
{
    /// <summary>Why, where it is not the upstream that said so.</summary>
    public string? Why { get; init; }

    /// <summary>Whether it cools down by a guess as well, and is asked after the others when the limit ends.</summary>
    public bool HasFailed { get; init; }

    /// <summary>Why, for people.</summary>
    public string Reason => Why ?? RouteErrors.Reason(State);
}
