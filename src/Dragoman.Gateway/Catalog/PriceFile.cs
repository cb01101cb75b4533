using System.Text.Json;

namespace Dragoman.Gateway.Catalog;

/// <summary>The table that ships, as <c>Data/prices.json</c> has it.</summary>
internal sealed record PriceFile(IReadOnlyDictionary<string, PriceSource> Sources, IReadOnlyList<ModelPrice> Prices)
{
    public static PriceFile Read(JsonElement root) => new(
        root.GetProperty("sources").EnumerateObject().ToDictionary(source => source.Name, source => new PriceSource(source.Value.GetProperty("page").GetString()!, source.Value.GetProperty("seen").GetString()!), StringComparer.Ordinal),
        [.. root.GetProperty("prices").EnumerateArray().Select(ReadPrice)]);

    /// <summary>One price, as the table and the owner's lists have it.</summary>
    public static ModelPrice ReadPrice(JsonElement price) => new()
    {
        Model = price.GetProperty("model").GetString()!,
        Provider = price.TryGetProperty("provider", out var provider) ? provider.GetString() : null,
        Rates = ReadRates(price),
        Above = price.TryGetProperty("above", out var tiers) ? [.. tiers.EnumerateArray().Select(tier => new PriceTier(tier.GetProperty("tokens").GetInt64(), ReadRates(tier)))] : [],
        Source = price.TryGetProperty("source", out var source) ? source.GetString() ?? "" : "",
    };

    private static PriceRates ReadRates(JsonElement rates) => new()
    {
        Input = rates.GetProperty("input").GetDecimal(),
        Output = rates.GetProperty("output").GetDecimal(),
        Cached = Optional(rates, "cached"),
        CacheWrite = Optional(rates, "cache_write"),
        CacheWrite1Hour = Optional(rates, "cache_write_1h"),
        Reasoning = Optional(rates, "reasoning"),
    };

    private static decimal? Optional(JsonElement rates, string name) => rates.TryGetProperty(name, out var value) ? value.GetDecimal() : null;
}

/// <summary>Where prices are from.</summary>
/// <param name="Page">The page.</param>
/// <param name="Seen">The day it was read.</param>
public sealed record PriceSource(string Page, string Seen);
