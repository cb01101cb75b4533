using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Routing;

/// <summary>Makes the list of models that clients see: what is configured, and the catalog for accounts without a model list.</summary>
internal sealed class VisibleModels(IReadOnlyList<Account> accounts, ModelCatalog catalog, Func<Account, string, IEnumerable<string>> namesOf)
{
    private readonly Dictionary<string, (ModelMetadata Facts, List<Account> Servers)> _found = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _order = [];

    /// <summary>The list, in the order of the configuration, each name once.</summary>
    public IReadOnlyList<VisibleModel> List()
    {
        foreach (var account in accounts.Where(account => account.Enabled))
        {
            foreach (var model in account.Models)
                Note(account, model.Alias, model.Name, ModelMetadataMerger.Merge(catalog, account.Protocol, model.Name, model.Alias, model.Facts));
            if (account.Models.Count > 0) continue;
            foreach (var alias in account.Aliases)
            {
                var facts = ModelMetadataMerger.Merge(catalog, account.Protocol, alias.Name, alias.Alias, null);
                Note(account, alias.Alias, alias.Name, alias.DisplayName is { } display ? facts with { DisplayName = display } : facts);
            }

            foreach (var model in catalog.All)
                if (account.Scope.Shows(model) && !account.Aliases.Any(alias => !alias.KeepsName && alias.Name.Equals(model.Id, StringComparison.OrdinalIgnoreCase))) Note(account, model.Id, model.Id, model.Facts);
        }

        return [.. _order.Select(id => new VisibleModel(id, _found[id].Facts, [.. _found[id].Servers.OrderByDescending(account => account.Priority)]))];
    }

    private void Note(Account account, string alias, string upstreamName, ModelMetadata facts)
    {
        if (RequestedName.TrySplitSuffix(upstreamName, out var bare, out _)) upstreamName = bare;
        if (account.ExcludedModels.Any(pattern => Wildcard.Matches(pattern, ProtocolRegistry.Traits(account.Protocol).ModelNameOf(upstreamName)))) return;
        foreach (var name in namesOf(account, alias))
        {
            if (!_found.TryGetValue(name, out var entry))
            {
                _found[name] = entry = (facts, []);
                _order.Add(name);
            }

            if (!entry.Servers.Contains(account)) entry.Servers.Add(account);
        }
    }
}
