using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Catalog;

/// <summary>
/// LiteLLM's <c>model_prices_and_context_window.json</c>: one object, by name of model, with prices for a single token. Only what makers say of
/// their own models is taken, and Bedrock's prices for Bedrock.
/// </summary>
internal static class LiteLlmFormat
{
    private const string Source = "litellm";
    private const decimal Million = 1_000_000;

    /// <summary>Their names of the makers, and ours.</summary>
    private static readonly Dictionary<string, string> Makers = new(StringComparer.Ordinal)
    {
        ["anthropic"] = "anthropic", ["openai"] = "openai", ["text-completion-openai"] = "openai", ["gemini"] = "google", ["xai"] = "xai", ["deepseek"] = "deepseek",
        ["mistral"] = "mistral", ["moonshot"] = "moonshot", ["zai"] = "zai", ["dashscope"] = "qwen", ["minimax"] = "minimax", ["meta_llama"] = "meta",
    };

    public static CatalogData Read(JsonElement root)
    {
        var models = new Dictionary<string, CatalogModel>(StringComparer.Ordinal);
        var prices = new Dictionary<(string Name, string? Provider), ModelPrice>();
        foreach (var entry in root.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Object || entry.Name is "sample_spec" || entry.Name.Length is 0 or > 256 || entry.Name.Any(char.IsControl)) continue;
            if (ForeignValues.Text(entry.Value, "mode") is not (null or "chat" or "responses" or "completion")) continue;
            var maker = ForeignValues.Text(entry.Value, "litellm_provider") ?? "";
            var bedrock = maker is "bedrock" or "bedrock_converse";
            if (!bedrock && !Makers.ContainsKey(maker)) continue;
            var name = CanonicalName.Normalize(entry.Name);
            if (Price(name, bedrock ? "bedrock" : null, entry.Value) is { } price) prices.TryAdd((price.Model, price.Provider), price);
            if (bedrock) continue;
            var id = ModelName.WithoutPath(entry.Name);
            models.TryAdd(name, Model(id, Makers[maker], entry.Value));
        }

        return new CatalogData(Source, [.. models.Values], [.. prices.Values]);
    }

    private static CatalogModel Model(string id, string vendor, JsonElement model) => new(id, new ModelMetadata
    {
        Vendor = vendor,
        ContextWindow = ForeignValues.Tokens(model, "max_input_tokens") ?? ForeignValues.Tokens(model, "max_tokens"),
        MaxOutputTokens = ForeignValues.Tokens(model, "max_output_tokens"),
        Images = ForeignValues.GetBool(model, "supports_vision"),
        Tools = ForeignValues.GetBool(model, "supports_function_calling"),
        Retires = ForeignValues.Day(model, "deprecation_date"),
    }, Listed: false);

    private static ModelPrice? Price(string name, string? provider, JsonElement model)
    {
        if (Rates(model, "") is not { Input: > 0 } rates) return null;
        var above = new List<PriceTier>();
        foreach (var (suffix, tokens) in (ReadOnlySpan<(string, long)>)[("_above_128k_tokens", 128_000), ("_above_200k_tokens", 200_000), ("_above_272k_tokens", 272_000)])
        {
            if (Rates(model, suffix) is { } dear) above.Add(new PriceTier(tokens, dear));
        }

        return new ModelPrice { Model = name, Provider = provider, Rates = rates, Above = above, Source = Source };
    }

    private static PriceRates? Rates(JsonElement model, string suffix)
        => ForeignValues.Rate(model, "input_cost_per_token" + suffix, Million) is { } input && ForeignValues.Rate(model, "output_cost_per_token" + suffix, Million) is { } output
            ? new PriceRates
            {
                Input = input,
                Output = output,
                Cached = ForeignValues.Rate(model, "cache_read_input_token_cost" + suffix, Million),
                CacheWrite = ForeignValues.Rate(model, "cache_creation_input_token_cost" + suffix, Million),
                CacheWrite1Hour = suffix.Length == 0 ? ForeignValues.Rate(model, "cache_creation_input_token_cost_above_1hr", Million) : null,
                Reasoning = suffix.Length == 0 ? ForeignValues.Rate(model, "output_cost_per_reasoning_token", Million) : null,
            }
            : null;
}
