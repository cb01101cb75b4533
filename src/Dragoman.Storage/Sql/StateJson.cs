using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>The small lists inside rows, as JSON. Generated at build time, so that trimming keeps them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<QuotaWindow>))]
[JsonSerializable(typeof(KeyScopes))]
[JsonSerializable(typeof(IReadOnlyList<BudgetLimit>))]
[JsonSerializable(typeof(RefreshIntent))]
[JsonSerializable(typeof(UsageEntry))]
[JsonSerializable(typeof(FlowDetail))]
internal sealed partial class StateJson : JsonSerializerContext
{
    public static string Tags(IReadOnlyList<string> tags) => tags.Count == 0 ? "[]" : JsonSerializer.Serialize(tags, Default.IReadOnlyListString);

    public static IReadOnlyList<string> Tags(string json) => json is "" or "[]" ? [] : JsonSerializer.Deserialize(json, Default.IReadOnlyListString) ?? [];
}
