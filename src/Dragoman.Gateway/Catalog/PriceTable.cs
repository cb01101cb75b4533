using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Dragoman.Gateway.Catalog;

/// <summary>
/// Which price a model has. Patterns of the configuration come first, then those of the built-in table, then its names; among patterns the
/// one with the most letters. A name is found under dates and versions too (<c>…-20250929-v1:0</c>, <c>-latest</c>, <c>-preview-09-2025</c>),
/// and under what a host puts before it; but never another model's price because the names begin alike.
/// </summary>
internal sealed partial class PriceTable
{
    private const int MostRemembered = 4_096;
    private readonly ModelPrice[] _configured;
    private readonly ModelPrice[] _patterns;
    private readonly Dictionary<string, List<ModelPrice>> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Provider, string Model), ModelPrice?> _remembered = new();

    public PriceTable(IReadOnlyList<ModelPrice> configured, IReadOnlyList<ModelPrice> builtIn)
    {
        _configured = [.. configured.OrderByDescending(Precision)];
        _patterns = [.. builtIn.Where(price => price.Model.Contains('*', StringComparison.Ordinal)).OrderByDescending(Precision)];
        All = [.. configured, .. builtIn];
        foreach (var price in builtIn)
        {
            if (price.Model.Contains('*', StringComparison.Ordinal)) continue;
            if (!_names.TryGetValue(price.Model, out var list)) _names[price.Model] = list = [];
            list.Add(price);
        }
    }

    /// <summary>Every price, those of the configuration first.</summary>
    public IReadOnlyList<ModelPrice> All { get; }

    public ModelPrice? Find(string provider, string model)
    {
        if (_remembered.TryGetValue((provider, model), out var known)) return known;
        var price = Look(provider, model);
        // Names are the clients' to choose where an upstream takes any.
        if (_remembered.Count < MostRemembered) _remembered.TryAdd((provider, model), price);
        return price;
    }

    private ModelPrice? Look(string provider, string model)
    {
        var canonical = CanonicalName.Normalize(model);
        foreach (var price in _configured)
        {
            if (AtProvider(price, provider) && (Wildcard.Matches(price.Model, model) || Wildcard.Matches(price.Model, canonical))) return price;
        }

        foreach (var price in _patterns)
        {
            if (AtProvider(price, provider) && Wildcard.Matches(price.Model, model)) return price;
        }

        for (var name = canonical; ;)
        {
            if (_names.TryGetValue(name, out var found)
                && (found.Find(price => price.Provider is not null && AtProvider(price, provider)) ?? found.Find(price => price.Provider is null)) is { } price) return price;
            var version = Version().Match(name);
            if (!version.Success || version.Index == 0) return null;
            name = name[..version.Index];
        }
    }

    private static bool AtProvider(ModelPrice price, string provider) => price.Provider is null || Wildcard.Matches(price.Provider, provider);

    private static int Precision(ModelPrice price) => 2 * price.Model.Count(letter => letter != '*') + (price.Provider is null ? 0 : 1);

    /// <summary>What may stand behind a name without making another model of it.</summary>
    [GeneratedRegex(@"-(\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{8}|\d{4}|00\d|v\d+|latest|preview|exp)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Version();
}
