using System.Globalization;
using System.Text.Json;

namespace Dragoman.Gateway.Catalog;

/// <summary>
/// The list of models of OpenRouter (<c>https://openrouter.ai/api/v1/models</c>): prices are decimal strings, US dollars for a token. They are a reseller's, and hold there alone; the models
/// themselves are taken as other lists have them.
/// </summary>
internal static class OpenRouterFormat
{
    private const string Source = "openrouter";
    private const string FreeVariant = ":free";
    private const string AnyFree = "*" + FreeVariant;

    /// <summary>Whether a root is such a list.</summary>
    public static bool Is(JsonElement root)
        => root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array && data.EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && first.TryGetProperty("pricing", out _);

    public static CatalogData Read(JsonElement root)
    {
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        foreach (var model in root.GetProperty("data").EnumerateArray())
        {
            if (model.ValueKind != JsonValueKind.Object || ForeignValues.Text(model, "id") is not { } id || ForeignValues.Object(model, "pricing") is not { } pricing) continue;
            if (id.Contains(':', StringComparison.Ordinal))
            {
                // A variant has the model's own prices, but for the free ones.
                if (id.EndsWith(FreeVariant, StringComparison.Ordinal)) prices.TryAdd(AnyFree, new ModelPrice { Model = AnyFree, Provider = Source, Rates = new PriceRates { Input = 0, Output = 0 }, Source = Source });
                continue;
            }

            var name = CanonicalName.Normalize(id);
            if (Rates(pricing) is { } rates) prices.TryAdd(name, new ModelPrice { Model = name, Provider = Source, Rates = rates, Source = Source });
        }

        return new CatalogData(Source, [], [.. prices.Values]);
    }

    private static PriceRates? Rates(JsonElement pricing)
        => Rate(pricing, "prompt") is { } input && Rate(pricing, "completion") is { } output
            ? new PriceRates { Input = input, Output = output, Cached = Rate(pricing, "input_cache_read"), CacheWrite = Rate(pricing, "input_cache_write"), Reasoning = Rate(pricing, "internal_reasoning") is > 0 and var own ? own : null }
            : null;

    /// <summary>A price, brought to a million tokens; −1 is theirs for "it depends" (a router's models).</summary>
    private static decimal? Rate(JsonElement pricing, string name)
        => ForeignValues.Text(pricing, name) is { } text && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate is >= 0 and <= 1 ? rate * 1_000_000 : null;
}
