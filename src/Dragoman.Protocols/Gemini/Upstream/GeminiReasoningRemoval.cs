using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>Takes the reasoning of earlier answers out of a body, and the wish for more of it: what is left when an upstream refuses the signatures (wire notes codex-and-antigravity, check 77).</summary>
internal static class GeminiReasoningRemoval
{
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonReading.Options.MaxDepth };

    /// <summary>Writes the body without it; false where there is none.</summary>
    public static bool TryWrite(ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(body, Reading);
        if (document.RootElement.ValueKind != JsonValueKind.Object) return false;
        var found = false;
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.NameEquals("contents"u8) && member.Value.ValueKind == JsonValueKind.Array)
            {
                writer.WriteStartArray("contents"u8);
                foreach (var content in member.Value.EnumerateArray()) found |= WriteContent(writer, content);
                writer.WriteEndArray();
            }
            else if (member.NameEquals("generationConfig"u8) && member.Value.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartObject("generationConfig"u8);
                foreach (var setting in member.Value.EnumerateObject())
                    if (!setting.NameEquals("thinkingConfig"u8)) setting.WriteTo(writer);
                writer.WriteEndObject();
            }
            else
            {
                member.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
        JsonWriting.Return(writer);
        return found;
    }

    private static bool WriteContent(Utf8JsonWriter writer, JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("parts"u8, out var parts) || parts.ValueKind != JsonValueKind.Array || !parts.EnumerateArray().Any(IsThought))
        {
            content.WriteTo(writer);
            return false;
        }

        writer.WriteStartObject();
        foreach (var member in content.EnumerateObject())
            if (!member.NameEquals("parts"u8)) member.WriteTo(writer);
        writer.WriteStartArray("parts"u8);
        var kept = 0;
        foreach (var part in parts.EnumerateArray().Where(static part => !IsThought(part)))
        {
            part.WriteTo(writer);
            kept++;
        }

        if (kept == 0)
        {
            // A turn has to have a part that says something.
            writer.WriteStartObject();
            writer.WriteString("text"u8, "."u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return true;
    }

    private static bool IsThought(JsonElement part) => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("thought"u8, out var thought) && thought.ValueKind == JsonValueKind.True;
}
