using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Changes of the configuration's file as the routes make them: by what stands there now, in place.</summary>
internal sealed class ConfigEdits(SettingsService settings)
{
    /// <summary>Nothing is to be changed.</summary>
    public static ManagementResult<IReadOnlyList<KeyValuePair<string, JsonNode?>>> Nothing { get; } = new List<KeyValuePair<string, JsonNode?>>();

    /// <summary>One key gets a value; null takes it away.</summary>
    public static ManagementResult<IReadOnlyList<KeyValuePair<string, JsonNode?>>> Set(string path, JsonNode? value) => new List<KeyValuePair<string, JsonNode?>> { new(path, value) };

    /// <summary>Several keys get values.</summary>
    public static ManagementResult<IReadOnlyList<KeyValuePair<string, JsonNode?>>> Set(IReadOnlyList<KeyValuePair<string, JsonNode?>> changes) => changes.ToList();

    /// <summary>The file as data.</summary>
    public Task<ManagementResult<JsonObject>> ReadAsync(SurfaceCall call) => settings.ReadValuesAsync(call.Actor, call.CancellationToken);

    /// <summary>The file as data, shown.</summary>
    public async Task<SurfaceAnswer> ShowAsync(SurfaceCall call, Func<JsonObject, JsonNode> show)
    {
        var read = await ReadAsync(call);
        return read.Succeeded ? SurfaceAnswer.Json(show(read.Value)) : CliProxyErrors.AnswerOf(read.Error);
    }

    /// <summary>Changes the file.</summary>
    public async Task<SurfaceAnswer> WriteAsync(SurfaceCall call, Func<JsonObject, ManagementResult<IReadOnlyList<KeyValuePair<string, JsonNode?>>>> edit)
    {
        var changed = await settings.EditAsync(edit, call.Actor, call.CancellationToken);
        return ManagementRoutes.AnswerOf(changed.Error);
    }

    /// <summary>The value at a path of plain keys; null where there is none.</summary>
    public static JsonNode? Find(JsonObject values, string path)
    {
        JsonNode? node = values;
        foreach (var key in path.Split('.')) node = (node as JsonObject)?[key];
        return node;
    }

    /// <summary>The objects of a list; none where it is no list.</summary>
    public static List<JsonObject> ListOf(JsonObject values, string key) => values[key] is JsonArray list ? [.. list.OfType<JsonObject>()] : [];

    /// <summary>The items of a list of a body: a bare array, or <c>{"items":[…]}</c>, which may not be empty. Null for anything else.</summary>
    public static JsonArray? ItemsOf(JsonNode? body) => body switch
    {
        JsonArray bare => bare,
        JsonObject wrapped when wrapped["items"] is JsonArray { Count: > 0 } items => items,
        _ => null,
    };

    /// <summary>The text of a node; null for another kind.</summary>
    public static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>The whole number of a node; null for another kind.</summary>
    public static int? NumberOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) && number is >= int.MinValue and <= int.MaxValue ? (int)number
        : node is JsonValue other && other.TryGetValue<int>(out var small) ? small : node is JsonValue fraction && fraction.TryGetValue<double>(out var real) && real == Math.Floor(real) && Math.Abs(real) <= int.MaxValue ? (int)real : null;
}
