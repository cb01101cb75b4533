using System.Text.Json;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.JsonSchema;

/// <summary>
/// A function's parameters as OpenAI takes them: "object schema missing properties" is what it says of an object that lists none, though
/// that is good JSON Schema and what tools without arguments often send.
/// </summary>
internal static class ObjectSchema
{
    private static readonly JsonSlice AnyObject = JsonSlice.Of("""{"type":"object","properties":{}}"""u8);

    /// <summary>Writes a schema as it stood, with empty <c>properties</c> where an object has none.</summary>
    public static void Write(Utf8JsonWriter json, JsonSlice schema)
    {
        if (!schema.IsObject)
        {
            AnyObject.WriteTo(json);
            return;
        }

        var reader = schema.Read();
        reader.Read();
        var hasProperties = false;
        var hasType = false;
        var isObject = true;
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            hasProperties |= reader.ValueTextEquals("properties"u8) || reader.ValueTextEquals("$ref"u8) || reader.ValueTextEquals("anyOf"u8) || reader.ValueTextEquals("oneOf"u8);
            reader.Read();
            if (isType)
            {
                hasType = true;
                isObject = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("object"u8);
            }

            reader.Skip();
        }

        if (hasProperties || !isObject)
        {
            schema.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        if (!hasType) json.WriteString("type"u8, "object"u8);
        reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            json.WritePropertyName(reader.GetString()!);
            reader.Read();
            JsonSlice.From(ref reader, schema.Bytes).WriteTo(json);
        }

        json.WriteStartObject("properties"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
