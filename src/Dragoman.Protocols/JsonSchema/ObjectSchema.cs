using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// A function's parameters as OpenAI takes them: one object at the root ("object schema missing properties" is what it says of an object that
/// lists none, though that is good JSON Schema and what tools without arguments often send), and no list without <c>items</c> ("array schema
/// missing items").
/// </summary>
internal static class ObjectSchema
{
    private static readonly JsonSlice AnyObject = JsonSlice.Create("""{"type":"object","properties":{}}"""u8);
    private static readonly SchemaDialect WithItems = new() { Name = "lists with items" };

    /// <summary>Writes a schema as it stood, or with as little changed as OpenAI demands.</summary>
    public static void Write(Utf8JsonWriter json, JsonSlice schema, Losses losses, string path)
    {
        if (!schema.IsObject)
        {
            AnyObject.WriteTo(json);
            return;
        }

        schema = CompleteLists(RootUnion.Fold(schema, losses, path, openAi: true));
        var reader = schema.Read();
        reader.Read();
        var hasProperties = false;
        var isObject = false;
        var hasType = false;
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            hasProperties |= reader.ValueTextEquals("properties"u8);
            reader.Read();
            if (isType)
            {
                hasType = true;
                isObject = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("object"u8);
            }

            reader.Skip();
        }

        if (hasProperties && isObject)
        {
            schema.WriteTo(json);
            return;
        }

        if (hasType && !isObject) losses.Approximate(path + ".type", "the schema must be that of an object");
        json.WriteStartObject();
        if (!isObject) json.WriteString("type"u8, "object"u8);
        reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            var name = reader.GetString()!;
            reader.Read();
            var value = JsonSlice.From(ref reader, schema.Bytes);
            if (isType && !isObject) continue;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        if (!hasProperties)
        {
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static JsonSlice CompleteLists(JsonSlice schema)
    {
        if (schema.Bytes.Span.IndexOf("\"array\""u8) < 0) return schema;
        var key = SchemaCache.Key.Create(schema, WithItems, mustBeObject: true);
        var entry = SchemaCache.Find(schema, key);
        if (entry is null)
        {
            entry = new(schema.Bytes.ToArray(), Completed(schema), []);
            SchemaCache.Add(key, entry);
        }

        return entry.Result.IsEmpty ? schema : entry.Result;
    }

    private static JsonSlice Completed(JsonSlice schema)
    {
        try
        {
            var tree = SchemaTree.Parse(schema)!;
            return Complete(tree) ? SchemaTree.Write(tree) : default;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static bool Complete(JsonNode? node)
    {
        var changed = false;
        if (node is JsonArray list)
        {
            foreach (var value in list) changed |= Complete(value);
        }
        else if (node is JsonObject schema)
        {
            if (SchemaTree.Types(schema).Contains("array") && !schema.ContainsKey("items") && !schema.ContainsKey("prefixItems"))
            {
                schema["items"] = new JsonObject();
                changed = true;
            }

            foreach (var (name, value) in schema.ToList())
            {
                if (name is not ("default" or "const" or "enum" or "examples" or "example")) changed |= Complete(value);
            }
        }

        return changed;
    }
}
