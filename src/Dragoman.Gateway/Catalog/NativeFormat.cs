using System.Globalization;
using System.Text.Json;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Catalog;

/// <summary>Our own form of a list of models. It is written by hand, so a fault in it refuses it whole and says where.</summary>
internal static class NativeFormat
{
    public static IReadOnlyList<CatalogModel> Models(JsonElement models)
    {
        var all = new List<CatalogModel>(models.GetArrayLength());
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var model in models.EnumerateArray())
        {
            if (model.ValueKind != JsonValueKind.Object) throw new CatalogException($"Model {all.Count + 1} is not an object.");
            var read = Model(model, all.Count + 1);
            if (!names.Add(CanonicalName.Normalize(read.Id))) throw new CatalogException($"The model '{read.Id}' stands in the list twice.");
            all.Add(read);
        }

        return all;
    }

    public static IReadOnlyList<ModelPrice> Prices(JsonElement prices)
    {
        var all = new List<ModelPrice>(prices.GetArrayLength());
        foreach (var price in prices.EnumerateArray())
        {
            try
            {
                var read = PriceFile.ReadPrice(price);
                if (!Sane(read)) throw new CatalogException($"The price of '{read.Model}' has a number below zero or above a million.");
                all.Add(read with { Model = read.Model.Contains('*', StringComparison.Ordinal) ? read.Model : CanonicalName.Normalize(read.Model) });
            }
            catch (Exception ex) when (ex is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw new CatalogException($"Price {all.Count + 1} needs 'model', 'input' and 'output': {ex.Message}", ex);
            }
        }

        return all;
    }

    private static CatalogModel Model(JsonElement model, int number)
    {
        var id = Text(model, "id", number) is { Length: > 0 } named ? named : throw new CatalogException($"Model {number} has no 'id'.");
        var inputs = GetStrings(model, "inputs", id);
        return new CatalogModel(id, new ModelMetadata
        {
            DisplayName = Text(model, "name", number),
            Vendor = Text(model, "vendor", number) ?? CanonicalName.VendorOf(CanonicalName.Normalize(id)),
            ContextWindow = Number(model, "context", id),
            MaxOutputTokens = Number(model, "output", id),
            Images = GetBool(model, "images", id) ?? (inputs.Count > 0 ? inputs.Contains("image") : null),
            Inputs = inputs,
            Tools = GetBool(model, "tools", id),
            Reasoning = StyleOf(Text(model, "reasoning", number), id),
            Efforts = GetStrings(model, "efforts", id),
            Created = Date(model, "created", id) is { } day ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds() : 0,
            Retires = Date(model, "retires", id),
        }, GetBool(model, "listed", id) ?? true);
    }

    private static bool Sane(ModelPrice price)
        => price.Model.Length is > 0 and <= 256 && Sane(price.Rates) && price.Above.All(tier => tier.Tokens > 0 && Sane(tier.Rates));

    private static bool Sane(PriceRates rates)
        => new[] { rates.Input, rates.Output, rates.Cached ?? 0, rates.CacheWrite ?? 0, rates.CacheWrite1Hour ?? 0, rates.Reasoning ?? 0 }.All(rate => rate is >= 0 and <= 1_000_000);

    private static string? Text(JsonElement model, string name, int number)
    {
        if (!model.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: <= 256 } text && !text.Any(char.IsControl)) return text;
        throw new CatalogException($"Model {number}: '{name}' is not a short text.");
    }

    private static int? Number(JsonElement model, string name, string id)
    {
        if (!model.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number is > 0 and <= 1_000_000_000
            ? number : throw new CatalogException($"The model '{id}': '{name}' is not a number of tokens.");
    }

    private static bool? GetBool(JsonElement model, string name, string id)
    {
        if (!model.TryGetProperty(name, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Null => null,
            _ => throw new CatalogException($"The model '{id}': '{name}' is neither true nor false."),
        };
    }

    private static DateOnly? Date(JsonElement model, string name, string id)
    {
        if (!model.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind == JsonValueKind.String && DateOnly.TryParseExact(value.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day : throw new CatalogException($"The model '{id}': '{name}' is not a day like 2026-11-29.");
    }

    private static IReadOnlyList<string> GetStrings(JsonElement model, string name, string id)
    {
        if (!model.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(word => word.ValueKind != JsonValueKind.String))
            throw new CatalogException($"The model '{id}': '{name}' is not a list of words.");
        return [.. value.EnumerateArray().Select(word => word.GetString()!)];
    }

    private static ReasoningStyle StyleOf(string? word, string id) => word switch
    {
        null => ReasoningStyle.Unknown,
        "none" => ReasoningStyle.None,
        "effort" => ReasoningStyle.Effort,
        "budget" => ReasoningStyle.Budget,
        "adaptive" => ReasoningStyle.Adaptive,
        "level" => ReasoningStyle.Level,
        _ => throw new CatalogException($"The model '{id}': 'reasoning' is none of none, effort, budget, adaptive, level."),
    };
}
