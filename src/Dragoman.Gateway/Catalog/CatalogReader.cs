using System.Text.Json;

namespace Dragoman.Gateway.Catalog;

/// <summary>
/// Reads a list of models in any of the forms that are known: our own (<c>Models/Data/models.json</c>, with <c>prices</c> as in
/// <c>Metering/Data/prices.json</c>), the <c>api.json</c> of models.dev, LiteLLM's <c>model_prices_and_context_window.json</c>, and OpenRouter's list of models with its prices.
/// </summary>
public static class CatalogReader
{
    /// <summary>The most bytes a list may have.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>The most models it may have.</summary>
    internal const int MaxModels = 50_000;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a list whole, or not at all.</summary>
    /// <exception cref="CatalogException">It is no list of models, or one with a number that cannot be.</exception>
    public static CatalogData Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes) throw new CatalogException($"The list has {json.Length} bytes; {MaxBytes} are the most.");
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var data = ReadRoot(document.RootElement);
            if (data.Models.Count == 0 && data.Prices.Count == 0) throw new CatalogException("The list names no model.");
            if (data.Models.Count > MaxModels) throw new CatalogException($"The list names {data.Models.Count} models; {MaxModels} are the most.");
            return data;
        }
        catch (JsonException ex)
        {
            throw new CatalogException($"The list is not JSON: {ex.Message}", ex);
        }
    }

    private static CatalogData ReadRoot(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array) return new CatalogData("dragoman", NativeFormat.Models(root), []);
        if (root.ValueKind != JsonValueKind.Object) throw Unknown();
        var models = root.TryGetProperty("models", out var own) && own.ValueKind == JsonValueKind.Array;
        var prices = root.TryGetProperty("prices", out var priced) && priced.ValueKind == JsonValueKind.Array;
        if (models || prices) return new CatalogData("dragoman", models ? NativeFormat.Models(own) : [], prices ? NativeFormat.Prices(priced) : []);
        if (OpenRouterFormat.Is(root)) return OpenRouterFormat.Read(root);
        foreach (var property in root.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Object) continue;
            if (property.Value.TryGetProperty("models", out var inner) && inner.ValueKind == JsonValueKind.Object) return ModelsDevFormat.Read(root);
            if (property.Value.TryGetProperty("litellm_provider", out _) || property.Value.TryGetProperty("max_tokens", out _)) return LiteLlmFormat.Read(root);
        }

        throw Unknown();
    }

    private static CatalogException Unknown()
        => new("The list is in no form that is known: our own ({\"models\": […], \"prices\": […]}), models.dev's api.json, LiteLLM's model_prices_and_context_window.json, or OpenRouter's list of models.");
}
