using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Accounts.Selection;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Providers;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Models;

/// <summary>
/// Chooses who answers. The name is resolved by the table of the running configuration; the priorities come one after the other, within
/// each the strategy decides, lanes that rest are left out, and a conversation's own account comes before all. A new configuration is
/// swapped in whole; what is known of lanes and conversations stays.
/// </summary>
public sealed class Router : IRouter
{
    private readonly ModelCatalogue catalogue;
    private readonly TimeProvider time;
    private readonly Probes probes;
    private readonly ISelection roundRobin = new RoundRobinSelection();
    private readonly ISelection fillFirst = new FillFirstSelection();
    private readonly ISelection sticky = new StickySelection();
    private volatile Cell current;

    /// <summary>A router for a configuration.</summary>
    public Router(GatewayConfig config, TimeProvider time, ModelCatalogue? catalogue = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.time = time;
        this.catalogue = catalogue ?? ModelCatalogue.BuiltIn;
        Lanes = new Lanes(time);
        Sessions = new Sessions(time);
        probes = new Probes(time);
        current = new Cell(config, new RouteTable(config, this.catalogue));
    }

    /// <summary>What has been learnt of accounts and their models.</summary>
    public Lanes Lanes { get; }

    /// <summary>Which conversations are bound to which account.</summary>
    public Sessions Sessions { get; }

    /// <summary>The models that clients may see, in the order of the configuration.</summary>
    public IReadOnlyList<VisibleModel> VisibleModels() => current.Table.Visible;

    /// <summary>Takes up a new configuration. Requests under way go on with what they have.</summary>
    public void Apply(GatewayConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        current = new Cell(config, new RouteTable(config, catalogue));
        Lanes.Keep(config.Accounts.Select(account => account.Id).ToHashSet());
    }

    /// <inheritdoc/>
    public RoutePlan Plan(RouteRequest request, bool dryRun = false)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (config, table) = current;
        var resolution = table.Resolve(request.Model);
        var steps = dryRun ? new List<string>(resolution.Steps) : null;
        var order = new List<Offer>();
        List<Resting>? resting = null;
        var strategy = StrategyOf(config.Routing.Strategy);
        var bound = BoundOffer(config.Routing, resolution, request, steps);
        // A conversation that is at home takes nobody's turn.
        foreach (var tier in resolution.Tiers) Add(tier, strategy, request, dryRun || bound is not null, order, ref resting, steps);
        if (bound is not null && order.Remove(bound)) order.Insert(0, bound);
        if (order.Count == 0 && resting is not null && Probe(resolution, resting, dryRun, steps) is { } probe) order.Add(probe);
        var excluded = Exclusions(resolution, resting);
        return new RoutePlan
        {
            RequestedModel = request.Model,
            Candidates = order.Count == 0 ? [] : Candidates(order, resolution, bound, strategy),
            Excluded = excluded,
            Steps = steps ?? resolution.Steps,
            Error = order.Count > 0 ? null : RouteErrors.For(request.Model, resolution, resting, time.GetUtcNow()),
        };
    }

    /// <inheritdoc/>
    public void ReportSuccess(RouteRequest request, Candidate candidate)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(candidate);
        Lanes.Succeeded(candidate.Account, candidate.Model.Id);
        var (config, table) = current;
        if (Binds(config.Routing) && request.SessionKey is { } session)
            Sessions.Bind(session, KeyOf(table.Resolve(request.Model)), candidate.Account.Id, candidate.Model.Id);
    }

    /// <inheritdoc/>
    public void ReportFailure(Candidate candidate, Failure failure)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        ArgumentNullException.ThrowIfNull(failure);
        Lanes.Failed(candidate.Account, candidate.Model.Id, failure, current.Config.Cooling);
    }

    private void Add(Tier tier, ISelection strategy, RouteRequest request, bool dryRun, List<Offer> order, ref List<Resting>? resting, List<string>? steps)
    {
        var available = new List<int>(tier.Offers.Count);
        for (var place = 0; place < tier.Offers.Count; place++)
        {
            var offer = tier.Offers[place];
            if (Lanes.Resting(offer.Account, offer.Model.Id) is { } state) (resting ??= []).Add(new Resting(offer, state));
            else available.Add(place);
        }

        steps?.Add($"Priority {tier.Priority}: {tier.Offers.Count} serve the name, {available.Count} can be used now; {strategy.Name}: {strategy.Explanation}.");
        if (available.Count == 0) return;
        // The turn passes on only where it decides who is asked first: in the tier that leads.
        strategy.Order(tier, available, request, dryRun || order.Count > 0);
        foreach (var place in available) order.Add(tier.Offers[place]);
    }

    /// <summary>The offer a conversation is bound to, if it can be used now.</summary>
    private Offer? BoundOffer(RoutingOptions routing, Resolution resolution, RouteRequest request, List<string>? steps)
    {
        if (!Binds(routing) || request.SessionKey is not { } session) return null;
        if (Sessions.Find(session, KeyOf(resolution), routing.SessionAffinityTtl) is not { } binding)
        {
            steps?.Add("The conversation is not bound to an account yet.");
            return null;
        }

        foreach (var tier in resolution.Tiers)
        {
            foreach (var offer in tier.Offers)
            {
                if (offer.Account.Id != binding.AccountId || offer.Model.Id != binding.Model || Lanes.Resting(offer.Account, offer.Model.Id) is not null) continue;
                steps?.Add($"The conversation stays with {offer.Account.Label}.");
                return offer;
            }
        }

        steps?.Add("The conversation's account cannot be used now; it will be bound to the one that answers.");
        return null;
    }

    /// <summary>
    /// When all rest, the lane that would be back first is tried for real where its rest is only a guess of ours: after passing faults at
    /// once (there is nobody better to spare it for), after guessed limits now and then.
    /// </summary>
    private Offer? Probe(Resolution resolution, List<Resting> resting, bool dryRun, List<string>? steps)
    {
        var first = resting.Where(item => CooldownRules.IsPassing(item.State)).MinBy(item => item.State.Until);
        if (first is null)
        {
            // Where an upstream named its time, it is believed: then there is nothing to find out.
            first = resting.Where(item => CooldownRules.MayProbe(item.State)).MinBy(item => item.State.Until);
            if (first is null || resting.Exists(item => item.State.Told) || !probes.MayProbe(KeyOf(resolution), dryRun)) return null;
        }

        steps?.Add($"All lanes rest: {first.Offer.Account.Label}, whose rest is only a guess, is tried for real.");
        return first.Offer;
    }

    private static Candidate[] Candidates(List<Offer> order, Resolution resolution, Offer? bound, ISelection strategy)
    {
        var candidates = new Candidate[order.Count];
        for (var place = 0; place < candidates.Length; place++)
        {
            var offer = order[place];
            var suffix = resolution.Suffix is { } asked ? RequestedName.Reasoning(asked) : null;
            suffix ??= offer.Suffix is { } configured ? RequestedName.Reasoning(configured) : null;
            candidates[place] = new Candidate(offer.Account, offer.Model) { SuffixReasoning = suffix, Why = ReferenceEquals(offer, bound) ? "this conversation's account" : strategy.Explanation };
        }

        return candidates;
    }

    private static IReadOnlyList<Exclusion> Exclusions(Resolution resolution, List<Resting>? resting)
        => resting is null ? resolution.Excluded
            : [.. resolution.Excluded, .. resting.Select(item => new Exclusion(item.Offer.Account, item.Offer.Model.Id, RouteErrors.Reason(item.State), item.State.Until))];

    private ISelection StrategyOf(RoutingStrategy strategy) => strategy switch
    {
        RoutingStrategy.FillFirst => fillFirst,
        RoutingStrategy.Sticky => sticky,
        _ => roundRobin,
    };

    private static bool Binds(RoutingOptions routing) => routing.SessionAffinity || routing.Strategy == RoutingStrategy.Sticky;

    private static string KeyOf(Resolution resolution) => resolution.BaseName.ToLowerInvariant();

    private sealed record Cell(GatewayConfig Config, RouteTable Table);
}

/// <summary>An offer whose lane rests.</summary>
internal sealed record Resting(Offer Offer, LaneState State);
