using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Emulators.Json;

/// <summary>JSON to bytes as the providers write it: compact, and without needless escapes.</summary>
internal static class JsonExtensions
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Bytes(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, Options);

    public static string Text(JsonNode? node) => node is null ? "null" : node.ToJsonString(Options);

    /// <summary>One server-sent event; the event line only where the provider writes one.</summary>
    public static byte[] Sse(string? name, JsonNode data) => Sse(name, Text(data));

    public static byte[] Sse(string? name, string data) =>
        Encoding.UTF8.GetBytes(name is null ? $"data: {data}\n\n" : $"event: {name}\ndata: {data}\n\n");

    public static string? Str(this JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool? Bool(this JsonNode? node) => node is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    public static double? Num(this JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;

    public static int? Int(this JsonNode? node) => node.Num() is { } number && Math.Abs(number % 1) < double.Epsilon && Math.Abs(number) < int.MaxValue ? (int)number : null;

    public static JsonArray Arr(this JsonNode? node) => node as JsonArray ?? [];

    /// <summary>What OpenAI's validator calls the type of a value.</summary>
    public static string Kind(this JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => node.Int() is null ? "a decimal number" : "an integer",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };

    /// <summary>Decodes strict base64 (no white space, right padding); null when it is not.</summary>
    public static byte[]? Base64(string text)
    {
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        return text.AsSpan().ContainsAny(" \r\n\t") || text.Length % 4 != 0 || !Convert.TryFromBase64String(text, buffer, out var count)
            ? null
            : buffer[..count];
    }
}
