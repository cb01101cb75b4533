using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>The object a function response carries, as the text that other protocols carry in its place.</summary>
internal static class GeminiToolResult
{
    /// <summary>
    /// An object whose only key is the customary <c>output</c>, <c>result</c> or <c>content</c> gives what stands under it, one whose only
    /// key is <c>error</c> likewise and has failed; anything else gives its JSON.
    /// </summary>
    public static (JsonText Text, bool Failed) Read(JsonSlice response)
    {
        if (response.IsEmpty) return default;
        var reader = response.Read();
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return (JsonText.From(ref reader, response.Bytes), false);
        if (reader.TokenType != JsonTokenType.StartObject || !reader.NextProperty()) return (JsonText.FromUtf8(response.Bytes), false);
        var failed = reader.ValueTextEquals("error"u8);
        var plain = failed || reader.ValueTextEquals("output"u8) || reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("content"u8);
        reader.Read();
        var isText = reader.TokenType == JsonTokenType.String;
        var text = isText ? JsonText.From(ref reader, response.Bytes) : default;
        var value = JsonSlice.From(ref reader, response.Bytes);
        if (reader.NextProperty() || !plain) return (JsonText.FromUtf8(response.Bytes), false);
        return (isText ? text : JsonText.FromUtf8(value.Bytes), failed);
    }
}
