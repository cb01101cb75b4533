using System.Collections.Immutable;
using System.Collections.Concurrent;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing.Selection;
using Dragoman.Gateway.Text;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Routing;

/// <summary>
/// Who serves which name under one configuration. Built once and never changed; a new configuration makes a new one. The order of
/// reading a name: as it stands; without <c>[1m]</c>; without its thinking suffix; without what Bedrock's ids add. The first that is an alias counts. Beside aliases,
/// accounts without a model list take what lies in their <see cref="ModelScope"/>; when neither is found, upstream names behind
/// aliases count, and last of all an upstream of which nothing is known gets the name as it is.
/// </summary>
internal sealed class RouteTable
{
    private const int MostRemembered = 2_048;

    private readonly RoutingSnapshot _config;
    private readonly ModelCatalog _catalog;
    private readonly Dictionary<string, List<ModelTarget>> _byAlias = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<ModelTarget>> _byUpstreamName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(Account Account, ModelScope Scope, int Order)> _open = [];
    private readonly List<(ClaudeName Name, string Alias)> _claudes = [];
    private readonly ConcurrentDictionary<string, ModelResolution> _remembered = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyList<VisibleModel>> _visible;

    public RouteTable(RoutingSnapshot config, ModelCatalog catalog)
    {
        _config = config;
        _catalog = catalog;
        var order = 0;
        foreach (var account in config.Accounts)
        {
            if (account.Models.Count == 0) _open.Add((account, account.Scope, order++));
            foreach (var model in account.Models.Concat(account.Aliases.Select(static alias => new AccountModel(alias.Name, alias.Alias) { ForcesName = alias.ForcesName })))
            {
                var offer = ModelTarget.Create(catalog, account, model.Name, model.Alias, model.Facts, order++) with { ForcesName = model.ForcesName };
                foreach (var name in NamesOf(account, model.Alias)) Note(_byAlias, name, offer);
                if (ClaudeName.Read(model.Alias) is { } claude) _claudes.Add((claude, model.Alias));
                if (!model.Name.Equals(model.Alias, StringComparison.OrdinalIgnoreCase))
                    foreach (var name in NamesOf(account, offer.Model.Id)) Note(_byUpstreamName, name, offer);
            }
        }

        _visible = new Lazy<IReadOnlyList<VisibleModel>>(() => new VisibleModels(config.Accounts, catalog, NamesOf).List());
    }

    /// <summary>The models that clients may see.</summary>
    public IReadOnlyList<VisibleModel> Visible => _visible.Value;

    /// <summary>What a name means.</summary>
    public ModelResolution Resolve(string requested)
    {
        if (_remembered.TryGetValue(requested, out var known)) return known;
        var resolution = Read(requested);
        // Unknown names are not kept: clients could fill the memory with them.
        if (resolution.Tiers.Count > 0 && _remembered.Count < MostRemembered) _remembered.TryAdd(requested, resolution);
        return resolution;
    }

    private ModelResolution Read(string requested)
    {
        var steps = new List<CodedText>();
        var name = RequestedName.Trimmed(requested);
        string? suffix = null;
        if (!_byAlias.ContainsKey(name))
        {
            name = Strip(name, steps);
            if (!_byAlias.ContainsKey(name) && RequestedName.TrySplitSuffix(name, out var bare, out var value))
            {
                suffix = value;
                steps.Add(RequestedName.Reasoning(value) is null ? RouteSteps.SuffixIgnored(value) : RouteSteps.SuffixReasoning(value));
                name = Strip(bare, steps);
            }
        }

        if (name.Equals("auto", StringComparison.OrdinalIgnoreCase) && !_byAlias.ContainsKey(name) && Newest() is { } newest)
        {
            steps.Add(RouteSteps.Newest(newest));
            name = newest;
        }

        var found = Find(name, steps);
        if (found.Count == 0 && BedrockModelId.Bare(name) is { } own)
        {
            steps.Add(RouteSteps.BedrockId(name, own));
            name = own;
            found = Find(own, steps);
        }

        if (found.Count == 0 && OtherSpelling(name) is { } alias)
        {
            steps.Add(RouteSteps.OtherSpelling(name, alias));
            var thinking = ClaudeName.Read(name)!.IsThinking && !ClaudeName.Read(alias)!.IsThinking;
            name = alias;
            found = Find(alias, steps);
            if (thinking) found = [.. found.Select(offer => offer with { RequestsReasoning = true })];
        }

        AddUnknowing(name, found, steps);

        return Sort(name, suffix, found, steps);
    }

    /// <summary>Who would serve a name if its owner had done what is needed; null when nobody would.</summary>
    private (Account Account, string Problem)? Unusable(string name)
    {
        foreach (var (account, problem) in _config.Unusable)
        {
            if (Unprefixed(account, name) is not { } model) continue;
            if (account.Models.Count == 0 ? account.Scope.Fits(model) : account.Models.Any(item => item.Alias.Equals(model, StringComparison.OrdinalIgnoreCase) || item.Name.Equals(model, StringComparison.OrdinalIgnoreCase))) return (account, problem);
        }

        return null;
    }

    /// <summary>The configured name of a Claude that is asked for in another spelling (a dot, a date, <c>-latest</c>); null when there is none.</summary>
    private string? OtherSpelling(string name)
        => _claudes.Count > 0 && ClaudeName.Read(name) is { } asked
            ? _claudes.Where(known => asked.Fits(known.Name)).OrderBy(known => known.Name.Date == asked.Date ? 0 : 1).Select(known => known.Alias).FirstOrDefault() : null;

    private static string Strip(string name, List<CodedText> steps)
    {
        var bare = RequestedName.WithoutLongContext(name);
        if (bare.Length != name.Length) steps.Add(RouteSteps.LongContextMark());
        return bare;
    }

    private List<ModelTarget> Find(string name, List<CodedText> steps)
    {
        var found = new List<ModelTarget>();
        if (_byAlias.TryGetValue(name, out var named))
        {
            found.AddRange(named);
            steps.Add(RouteSteps.Configured(name, named.Count));
        }

        var before = found.Count;
        foreach (var (account, scope, order) in _open)
            if (Unprefixed(account, name) is { } model && scope.Fits(model)) found.Add(Open(account, scope, model, order));
        if (found.Count > before) steps.Add(RouteSteps.WithoutList(name, found.Count - before));
        if (found.Count > 0) return found;

        if (_byUpstreamName.TryGetValue(name, out var upstream))
        {
            steps.Add(RouteSteps.UpstreamName(name, upstream.Count));
            found.AddRange(upstream);
        }

        return found;
    }

    /// <summary>Adds upstreams of which nothing is known, where nobody else is known to serve the name.</summary>
    private void AddUnknowing(string name, List<ModelTarget> found, List<CodedText> steps)
    {
        if (found.Exists(offer => !offer.IsAssumed)) return;
        var before = found.Count;
        foreach (var (account, scope, order) in _open)
            if (scope.TakesAnything && Unprefixed(account, name) is { } model) found.Add(Open(account, scope, model, order));
        if (found.Count > before) steps.Add(RouteSteps.Unknowing(name, found.Count - before));
    }

    /// <summary>The offer of an account without a model list.</summary>
    private ModelTarget Open(Account account, ModelScope scope, string model, int order)
    {
        var (name, thinking) = scope.Spell(model);
        return ModelTarget.Create(_catalog, account, name, model, null, order) with
        {
            RequestsReasoning = thinking,
            // The catalog knows at least the vendor of an unknown model, by its name; of one it has it knows the size.
            IsAssumed = scope.TakesAnything || _catalog.Find(name) is not { ContextWindow: not null },
        };
    }

    private ModelResolution Sort(string name, string? suffix, List<ModelTarget> offers, List<CodedText> steps)
    {
        var excluded = new List<Exclusion>();
        var usable = new List<ModelTarget>();
        foreach (var offer in offers)
        {
            if (!offer.Account.Enabled) excluded.Add(new Exclusion(offer.Account, offer.Model.Id, "The account is disabled.", null) { Code = RouteReasons.Disabled });
            else if (offer.Account.ExcludedModels.FirstOrDefault(pattern => Wildcard.Matches(pattern, ProtocolRegistry.Traits(offer.Account.Protocol).ModelNameOf(offer.Model.Id))) is { } pattern)
                excluded.Add(new Exclusion(offer.Account, offer.Model.Id, $"The account's excluded-models has '{pattern}'.", null) { Code = RouteReasons.ModelExcluded, Values = ImmutableDictionary.CreateRange([new KeyValuePair<string, string>("pattern", pattern)]) });
            else usable.Add(offer);
        }

        var tiers = usable.GroupBy(offer => offer.Account.Priority).OrderByDescending(group => group.Key)
            .Select(group => new Tier(group.Key, $"{group.Key} {name.ToLowerInvariant()}", [.. group.OrderBy(offer => offer.Order)])).ToList();
        if (offers.Count == 0) steps.Add(RouteSteps.Nobody(name));
        return new ModelResolution
        {
            BaseName = name, Policy = _config.Routing.PolicyOf(name), Suffix = suffix, Tiers = tiers, Excluded = excluded, Trace = steps,
            Unusable = offers.Count > 0 ? null : Unusable(name),
            Nearest = offers.Count > 0 ? [] : SpellingSuggestion.Find(name, Visible.Select(model => model.Id), atMost: 3),
        };
    }

    /// <summary>The model's name on an account, or null where the account's prefix does not allow it.</summary>
    private string? Unprefixed(Account account, string name)
    {
        if (account.Prefix is not { } prefix) return name;
        if (name.Length > prefix.Length + 1 && name[prefix.Length] == '/' && name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return name[(prefix.Length + 1)..];
        return _config.ForceModelPrefix ? null : name;
    }

    /// <summary>The names a model goes by on an account: with its prefix, and bare unless the prefix is forced.</summary>
    private IEnumerable<string> NamesOf(Account account, string name)
    {
        if (account.Prefix is null || !_config.ForceModelPrefix) yield return name;
        if (account.Prefix is not null) yield return $"{account.Prefix}/{name}";
    }

    private string? Newest() => Visible.Where(model => model.Servers.Any(account => account.Enabled)).OrderByDescending(model => model.Facts.Created).FirstOrDefault()?.Id;

    private static void Note(Dictionary<string, List<ModelTarget>> table, string name, ModelTarget offer)
    {
        if (!table.TryGetValue(name, out var offers)) table[name] = offers = [];
        offers.Add(offer);
    }
}
