using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// Turns Gemini's own schema form (OpenAPI 3.0: types in upper case, <c>nullable</c>, whole numbers as strings) into JSON Schema, which is
/// what every other protocol expects. A schema that is JSON Schema already comes back as the bytes it was.
/// </summary>
internal static class OpenApiSchema
{
    public static JsonSlice ToJsonSchema(JsonSlice schema)
    {
        if (!schema.IsObject) return schema;
        var key = SchemaCache.Key.Create(schema, dialect: null, mustBeObject: false);
        if (SchemaCache.Find(schema, key) is { } known) return known.Result.IsEmpty ? schema : known.Result;
        var made = Turn(schema);
        SchemaCache.Add(key, new(schema.Bytes.ToArray(), made, []));
        return made.IsEmpty ? schema : made;
    }

    /// <summary>The JSON Schema; empty when the schema is one already.</summary>
    private static JsonSlice Turn(JsonSlice schema)
    {
        using var output = new PooledBuffer(schema.Bytes.Length + 128);
        var writer = JsonWriting.Rent(output);
        var changed = false;
        Write(schema, writer, ref changed);
        JsonWriting.Return(writer);
        return changed ? new JsonSlice(output.WrittenMemory).Detach() : default;
    }

    private static void Write(JsonSlice schema, Utf8JsonWriter writer, ref bool changed)
    {
        if (!schema.IsObject)
        {
            schema.WriteTo(writer);
            return;
        }

        var nullable = IsNullable(schema);
        var reader = schema.Read();
        reader.Read();
        writer.WriteStartObject();
        while (reader.NextProperty())
        {
            var name = JsonText.From(ref reader, schema.Bytes);
            var word = SchemaKeywords.Parse(name.ToUtf8().Span);
            reader.Read();
            var value = JsonSlice.From(ref reader, schema.Bytes);
            if (word == SchemaKeyword.Nullable && nullable) continue;
            if (name.Equals("any_of"u8)) word = SchemaKeyword.AnyOf;
            changed |= name.Equals("any_of"u8);
            if (word == SchemaKeyword.AnyOf) writer.WritePropertyName("anyOf"u8);
            else writer.WritePropertyName(name.ToUtf8().Span);
            switch (word)
            {
                case SchemaKeyword.Type:
                    WriteType(value, nullable, writer, ref changed);
                    break;
                case SchemaKeyword.Properties or SchemaKeyword.Definitions when value.IsObject:
                    WriteMap(value, writer, ref changed);
                    break;
                case SchemaKeyword.AnyOf or SchemaKeyword.OneOf or SchemaKeyword.AllOf or SchemaKeyword.PrefixItems when value.IsArray:
                    WriteArray(value, writer, ref changed);
                    break;
                case SchemaKeyword.Items or SchemaKeyword.AdditionalProperties or SchemaKeyword.Not:
                    Write(value, writer, ref changed);
                    break;
                case SchemaKeyword.Bound or SchemaKeyword.Sayable when value.IsString && IsCount(name, value):
                    // A whole number that went through protobuf's JSON form: "5" is 5.
                    changed = true;
                    writer.WriteRawValue(value.Bytes.Span[1..^1], skipInputValidation: true);
                    break;
                default:
                    value.WriteTo(writer);
                    break;
            }
        }

        writer.WriteEndObject();
    }

    private static bool IsNullable(JsonSlice schema)
    {
        var reader = schema.Read();
        reader.Read();
        var nullable = false;
        var typed = false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("nullable"u8))
            {
                reader.Read();
                nullable = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                typed |= reader.ValueTextEquals("type"u8);
                reader.Read();
            }

            reader.Skip();
        }

        return nullable && typed;
    }

    private static void WriteType(JsonSlice value, bool nullable, Utf8JsonWriter writer, ref bool changed)
    {
        if (!value.IsString)
        {
            value.WriteTo(writer);
            return;
        }

        var text = value.ToString().Trim('"');
        var type = text.ToLowerInvariant();
        changed |= nullable || type != text;
        if (!nullable)
        {
            writer.WriteStringValue(type);
            return;
        }

        writer.WriteStartArray();
        writer.WriteStringValue(type);
        writer.WriteStringValue("null"u8);
        writer.WriteEndArray();
    }

    private static void WriteMap(JsonSlice map, Utf8JsonWriter writer, ref bool changed)
    {
        var reader = map.Read();
        reader.Read();
        writer.WriteStartObject();
        while (reader.NextProperty())
        {
            writer.WritePropertyName(JsonText.From(ref reader, map.Bytes).ToUtf8().Span);
            reader.Read();
            Write(JsonSlice.From(ref reader, map.Bytes), writer, ref changed);
        }

        writer.WriteEndObject();
    }

    private static void WriteArray(JsonSlice array, Utf8JsonWriter writer, ref bool changed)
    {
        var reader = array.Read();
        reader.Read();
        writer.WriteStartArray();
        while (reader.NextElement()) Write(JsonSlice.From(ref reader, array.Bytes), writer, ref changed);
        writer.WriteEndArray();
    }

    private static bool IsCount(JsonText name, JsonSlice value)
    {
        var named = name.Equals("minItems"u8) || name.Equals("maxItems"u8) || name.Equals("minLength"u8) || name.Equals("maxLength"u8)
            || name.Equals("minProperties"u8) || name.Equals("maxProperties"u8);
        return named && value.Bytes.Length > 2 && value.Bytes.Span[1..^1].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;
    }
}
