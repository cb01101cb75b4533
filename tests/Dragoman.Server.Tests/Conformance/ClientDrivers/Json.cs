using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Encodings.Web;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>Short ways to look into JSON.</summary>
public static class Json
{
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode Parse(string text) => JsonNode.Parse(text)!;

    public static JsonObject Object(string text) => (JsonObject)JsonNode.Parse(text)!;

    public static string? Str(this JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long Num(this JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) ? (long)number : 0;

    public static IEnumerable<JsonNode> Items(this JsonNode? node) => node is JsonArray array ? array.Select(item => item!) : [];

    public static JsonNode Copy(this JsonNode node) => node.DeepClone();

    public static JsonArray Array(IEnumerable<JsonNode?> items) => [.. items];

    /// <summary>Whether two texts are the same JSON; key order and spelling of numbers are not looked at.</summary>
    public static bool Same(string one, string other) => JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other));
}
