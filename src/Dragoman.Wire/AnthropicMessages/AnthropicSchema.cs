using System.Text.Json;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.AnthropicMessages;

/// <summary>Writes a tool's <c>input_schema</c>: an object's schema without a union at its top; below that everything passes.</summary>
internal static class AnthropicSchema
{
    /// <summary>Writes the schema as a property.</summary>
    public static void Write(Utf8JsonWriter writer, JsonSlice schema, string path, Losses losses)
    {
        writer.WritePropertyName("input_schema"u8);
        if (!schema.IsObject)
        {
            if (!schema.IsEmpty && !schema.IsNull) losses.Drop($"{path}.parameters", "a schema must be an object");
            writer.WriteRawValue("""{"type":"object","properties":{}}"""u8, skipInputValidation: true);
            return;
        }

        if (IsFine(schema))
        {
            schema.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("type"u8, "object"u8);
        var reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isUnion = IsUnion(ref reader);
            var name = reader.GetString()!;
            reader.Read();
            var value = JsonSlice.From(ref reader, schema.Bytes);
            if (isUnion) losses.Drop($"{path}.parameters.{name}", "a union at the top of a schema is refused");
            else if (isType) losses.Approximate($"{path}.parameters.type", "the schema must be that of an object");
            else
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private static bool IsFine(JsonSlice schema)
    {
        var typed = false;
        var reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (IsUnion(ref reader)) return false;
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType) typed = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("object"u8);
            reader.Skip();
        }

        return typed;
    }

    private static bool IsUnion(ref JsonTokens reader) => reader.ValueTextEquals("anyOf"u8) || reader.ValueTextEquals("oneOf"u8) || reader.ValueTextEquals("allOf"u8);
}
