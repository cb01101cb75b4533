using Dragoman.Gateway.Accounts;

namespace Dragoman.Gateway.Models;

/// <summary>Makes the list of models that clients see: what is configured, and the catalogue for accounts without a model list.</summary>
internal sealed class VisibleModels(IReadOnlyList<Account> accounts, ModelCatalogue catalogue, Func<Account, string, IEnumerable<string>> namesOf)
{
    private readonly Dictionary<string, (ModelFacts Facts, List<Account> Servers)> found = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> order = [];

    /// <summary>The list, in the order of the configuration, each name once.</summary>
    public IReadOnlyList<VisibleModel> List()
    {
        foreach (var account in accounts.Where(account => account.Enabled))
        {
            foreach (var model in account.Models)
                Note(account, model.Alias, model.Name, FactsMerging.Of(catalogue, account.Language, model.Name, model.Alias, model.Facts));
            if (account.Models.Count > 0) continue;
            var territory = Territory.Of(account);
            foreach (var model in catalogue.All)
                if (territory.Shows(model)) Note(account, model.Id, model.Id, model.Facts);
        }

        return [.. order.Select(id => new VisibleModel(id, found[id].Facts, [.. found[id].Servers.OrderByDescending(account => account.Priority)]))];
    }

    private void Note(Account account, string alias, string upstreamName, ModelFacts facts)
    {
        if (RequestedName.TrySplitSuffix(upstreamName, out var bare, out _)) upstreamName = bare;
        if (account.ExcludedModels.Any(pattern => Wildcard.Matches(pattern, Territory.Bare(upstreamName)))) return;
        foreach (var name in namesOf(account, alias))
        {
            if (!found.TryGetValue(name, out var entry))
            {
                found[name] = entry = (facts, []);
                order.Add(name);
            }

            if (!entry.Servers.Contains(account)) entry.Servers.Add(account);
        }
    }
}
