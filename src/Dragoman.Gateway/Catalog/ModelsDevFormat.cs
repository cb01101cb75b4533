using System.Text.Json;

namespace Dragoman.Gateway.Catalog;

/// <summary>
/// The <c>api.json</c> of models.dev: providers with their models. Only what makers say of their own models is taken, because resellers have
/// limits and prices of their own.
/// </summary>
internal static class ModelsDevFormat
{
    private const string Source = "models.dev";

    /// <summary>Their names of the makers, and ours.</summary>
    private static readonly (string Provider, string Vendor)[] Makers =
    [
        ("anthropic", "anthropic"), ("openai", "openai"), ("google", "google"), ("xai", "xai"), ("deepseek", "deepseek"), ("mistral", "mistral"),
        ("moonshotai", "moonshot"), ("zai", "zai"), ("alibaba", "qwen"), ("minimax", "minimax"), ("meta", "meta"), ("llama", "meta"), ("xiaomi", "xiaomi"),
    ];

    public static CatalogData Read(JsonElement root)
    {
        var models = new Dictionary<string, CatalogModel>(StringComparer.Ordinal);
        var prices = new Dictionary<string, ModelPrice>(StringComparer.Ordinal);
        foreach (var (provider, vendor) in Makers)
        {
            if (ForeignValues.Object(root, provider) is not { } maker || ForeignValues.Object(maker, "models") is not { } list) continue;
            foreach (var entry in list.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Object || entry.Name.Length is 0 or > 256 || entry.Name.Any(char.IsControl)) continue;
                var name = CanonicalName.Normalize(entry.Name);
                models.TryAdd(name, Model(entry.Name, vendor, entry.Value));
                if (ForeignValues.Object(entry.Value, "cost") is { } cost && Price(name, cost) is { } price) prices.TryAdd(name, price);
            }
        }

        return new CatalogData(Source, [.. models.Values], [.. prices.Values]);
    }

    private static CatalogModel Model(string id, string vendor, JsonElement model)
    {
        var limit = ForeignValues.Object(model, "limit") ?? default;
        var known = limit.ValueKind == JsonValueKind.Object;
        var inputs = Inputs(model);
        return new CatalogModel(id, new ModelMetadata
        {
            DisplayName = ForeignValues.Text(model, "name"),
            Vendor = vendor,
            ContextWindow = known ? ForeignValues.Tokens(limit, "context") : null,
            MaxOutputTokens = known ? ForeignValues.Tokens(limit, "output") : null,
            Inputs = inputs,
            Images = inputs.Count > 0 ? inputs.Contains("image") : null,
            Tools = ForeignValues.GetBool(model, "tool_call"),
            Created = ForeignValues.Seconds(ForeignValues.Day(model, "release_date")),
        }, ForeignValues.GetBool(model, "tool_call") == true && ForeignValues.Text(model, "status") is not ("deprecated" or "alpha"));
    }

    private static IReadOnlyList<string> Inputs(JsonElement model)
        => ForeignValues.Object(model, "modalities") is { } modalities && modalities.TryGetProperty("input", out var inputs) && inputs.ValueKind == JsonValueKind.Array
            ? [.. inputs.EnumerateArray().Where(word => word.ValueKind == JsonValueKind.String).Select(word => word.GetString()!)] : [];

    private static ModelPrice? Price(string name, JsonElement cost)
    {
        if (Rates(cost) is not { Input: > 0 } rates) return null;
        var above = ForeignValues.Object(cost, "context_over_200k") is { } dear && Rates(dear) is { } long200 ? new PriceTier(200_000, long200) : null;
        return new ModelPrice { Model = name, Rates = rates, Above = above is null ? [] : [above], Source = Source };
    }

    private static PriceRates? Rates(JsonElement cost)
        => ForeignValues.Rate(cost, "input") is { } input && ForeignValues.Rate(cost, "output") is { } output
            ? new PriceRates { Input = input, Output = output, Cached = ForeignValues.Rate(cost, "cache_read"), CacheWrite = ForeignValues.Rate(cost, "cache_write"), Reasoning = ForeignValues.Rate(cost, "reasoning") }
            : null;
}
