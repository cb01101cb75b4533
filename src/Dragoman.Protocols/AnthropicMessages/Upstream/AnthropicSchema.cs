using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Writes a tool's <c>input_schema</c>: an object's schema without a union at its root; below that everything passes.</summary>
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

        schema = RootUnion.Fold(schema, losses, $"{path}.parameters");
        if (IsObject(schema))
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
            var name = reader.GetString()!;
            reader.Read();
            var value = JsonSlice.From(ref reader, schema.Bytes);
            if (isType)
            {
                losses.Approximate($"{path}.parameters.type", "the schema must be that of an object");
                continue;
            }

            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private static bool IsObject(JsonSlice schema)
    {
        var reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType) return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("object"u8);
            reader.Skip();
        }

        return false;
    }
}
