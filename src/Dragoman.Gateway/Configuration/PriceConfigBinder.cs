using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Configuration;

/// <summary>Reads <c>prices</c>: what models cost, in US dollars for a million tokens, in place of or beside the built-in table.</summary>
internal static class PriceConfigBinder
{
    private const decimal Most = 1_000_000;

    public static IReadOnlyList<ModelPrice> Read(SettingsReader root)
    {
        var prices = new List<ModelPrice>();
        foreach (var section in root.Sections("prices"))
        {
            var model = section.Text("model");
            var price = new ModelPrice
            {
                Model = model ?? "",
                Provider = section.Text("provider") is { Length: > 0 } provider ? provider : null,
                Rates = ReadRates(section),
                Above = ReadTiers(section),
                Source = "config",
            };
            section.Finish();
            if (!string.IsNullOrEmpty(model)) prices.Add(price);
            else section.ErrorAt("model", "The price needs a model.", "Add model: <a name, or a pattern with *>.");
        }

        return prices;
    }

    private static PriceRates ReadRates(SettingsReader section) => new()
    {
        Input = Needed(section, "input"),
        Output = Needed(section, "output"),
        Cached = section.OptionalDecimal("cached", 0, Most),
        CacheWrite = section.OptionalDecimal("cache-write", 0, Most),
        CacheWrite1Hour = section.OptionalDecimal("cache-write-1h", 0, Most),
        Reasoning = section.OptionalDecimal("reasoning", 0, Most),
    };

    private static List<PriceTier> ReadTiers(SettingsReader section)
    {
        var tiers = new List<PriceTier>();
        foreach (var tier in section.Sections("above"))
        {
            var rates = ReadRates(tier);
            if (tier.OptionalInteger("tokens", 1, int.MaxValue) is { } tokens) tiers.Add(new PriceTier(tokens, rates));
            else tier.ErrorAt("tokens", "The tier needs the length of prompt it begins above.", "Add tokens: <a number>.");
            tier.Finish();
        }

        return tiers;
    }

    private static decimal Needed(SettingsReader section, string key)
    {
        if (!section.Has(key)) section.ErrorAt(key, $"The price needs '{key}'.", $"Add {key}: <US dollars for a million tokens>.");
        return section.OptionalDecimal(key, 0, Most) ?? 0;
    }
}
