using System.Collections.Concurrent;
using System.Text.Json;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kiro;

/// <summary>
/// What the service's list of models says of each (kiro-and-bedrock §B.16): the context window, the cache points, how reasoning is asked for. It is the same for every account that has the model,
/// so every list that anybody reads fills it; before the first list the built-in facts of 2026-11 hold.
/// </summary>
internal sealed class KiroCatalog
{
    private const int MaxModels = 1000;

    private readonly ConcurrentDictionary<string, KiroModel> _models = new(StringComparer.Ordinal);

    /// <summary>What is known of a model.</summary>
    public KiroModel Find(string model)
    {
        var name = CodeWhispererModelName.Normalize(model);
        if (_models.TryGetValue(name, out var known)) return known;
        // hank9999/kiro.rs: GPT-5.6 takes its effort as a field. Of all others only their own list says what they take.
        return name.StartsWith("gpt-5.6", StringComparison.Ordinal) ? new KiroModel(name) { Reasoning = CodeWhispererReasoning.Effort } : new KiroModel(name);
    }

    /// <summary>Whether any list was read that had the model.</summary>
    public bool Has(string model) => _models.ContainsKey(CodeWhispererModelName.Normalize(model));

    /// <summary>Takes a list of models in, and gives their ids; null where the body is none.</summary>
    /// <param name="body">The answer to the question for models.</param>
    /// <param name="next">What the next page is asked for with; null at the last.</param>
    public IReadOnlyList<string>? Take(ReadOnlyMemory<byte> body, out string? next)
    {
        next = null;
        try
        {
            using var list = JsonDocument.Parse(body);
            if (list.RootElement.ValueKind != JsonValueKind.Object || !list.RootElement.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Array) return null;
            next = VendorJson.Text(list.RootElement, "nextToken");
            var ids = new List<string>();
            foreach (var item in models.EnumerateArray())
            {
                if (VendorJson.Text(item, "modelId") is not { Length: < 200 } id) continue;
                ids.Add(id);
                if (_models.Count < MaxModels || _models.ContainsKey(id)) _models[id] = Read(id, item);
            }

            return ids;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static KiroModel Read(string id, JsonElement item)
    {
        var model = new KiroModel(id);
        if (Member(item, "tokenLimits") is { } limits && VendorJson.Number(limits, "maxInputTokens") is > 0 and < int.MaxValue and var window) model = model with { Window = (int)window };
        if (Member(item, "promptCaching") is { } caching && caching.TryGetProperty("supportsPromptCaching", out var supports) && supports.ValueKind == JsonValueKind.True)
            model = model with { CachePoints = VendorJson.Number(caching, "maximumCacheCheckpointsPerRequest") is > 0 and < 100 and var points ? (int)points : 1 };
        if (Member(item, "additionalModelRequestFieldsSchema") is not { } schema || Member(schema, "properties") is not { } fields) return model;
        // Only what the model's schema lists is sent.
        if (Member(fields, "reasoning") is { } reasoning) return model with { Reasoning = CodeWhispererReasoning.Effort, Efforts = EffortsOf(reasoning) };
        if (Member(fields, "thinking") is not null || Member(fields, "output_config") is not null)
            return model with { Reasoning = CodeWhispererReasoning.Adaptive, Efforts = Member(fields, "output_config") is { } output ? EffortsOf(output) : [] };
        return model;
    }

    private static IReadOnlyList<string> EffortsOf(JsonElement field)
    {
        if (Member(field, "properties") is not { } properties || Member(properties, "effort") is not { } effort || !effort.TryGetProperty("enum", out var words) || words.ValueKind != JsonValueKind.Array) return [];
        return [.. words.EnumerateArray().Where(static word => word.ValueKind == JsonValueKind.String).Select(static word => word.GetString()!)];
    }

    private static JsonElement? Member(JsonElement value, string name)
        => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Object ? member : null;
}

/// <summary>A model as the service lists it.</summary>
/// <param name="Id">Its id.</param>
internal sealed record KiroModel(string Id)
{
    /// <summary>The context window in tokens; null where it is not known.</summary>
    public int? Window { get; init; }

    /// <summary>How many cache points a request may have.</summary>
    public int CachePoints { get; init; }

    /// <summary>How it is asked to reason.</summary>
    public CodeWhispererReasoning Reasoning { get; init; }

    /// <summary>The efforts that it takes; empty where it lists none.</summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];
}
