using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.JsonSchema;

/// <summary>
/// Tools whose schema is a union at its root (<c>anyOf</c>, <c>oneOf</c>, <c>allOf</c>) or a bare reference: every provider demands one object
/// there. Anthropic answers "input_schema does not support oneOf, allOf, or anyOf at the top level", OpenAI "schema must have type 'object' and
/// not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level".
/// </summary>
internal static class RootUnion
{
    /// <summary>Marks folded schemas in the cache; no upstream speaks it.</summary>
    private static readonly SchemaDialect Folded = new() { Name = "one object" };

    /// <summary>The schema as one object without a union at its root; a schema that has none there comes back as the bytes it was.</summary>
    /// <param name="schema">The schema of a tool's arguments.</param>
    /// <param name="losses">Receives a loss where anything was folded.</param>
    /// <param name="path">Where the schema stands in the request.</param>
    /// <param name="openAi">Whether <c>not</c> and <c>enum</c> are refused there as well.</param>
    public static JsonSlice Fold(JsonSlice schema, Losses losses, string path, bool openAi = false)
    {
        if (!HasRootUnion(schema, openAi)) return schema;
        var key = SchemaCache.Key.Create(schema, Folded, mustBeObject: true);
        var entry = SchemaCache.Find(schema, key);
        if (entry is null)
        {
            entry = Fold(schema);
            SchemaCache.Add(key, entry);
        }

        foreach (var loss in entry.Losses) losses.Add(loss with { Path = path });
        return entry.Result;
    }

    /// <summary>Whether there is anything to fold, so that the client's own declaration cannot be sent as it stood.</summary>
    /// <param name="schema">The schema of a tool's arguments.</param>
    /// <param name="openAi">Whether <c>not</c> and <c>enum</c> are refused at the root as well.</param>
    public static bool HasRootUnion(JsonSlice schema, bool openAi = false) => schema.IsObject && HasUnion(schema, openAi);

    private static bool HasUnion(JsonSlice schema, bool openAi)
    {
        var reader = schema.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("anyOf"u8) || reader.ValueTextEquals("oneOf"u8) || reader.ValueTextEquals("allOf"u8)) return true;
            if (openAi && (reader.ValueTextEquals("not"u8) || reader.ValueTextEquals("enum"u8))) return true;
            var isReference = reader.ValueTextEquals("$ref"u8);
            reader.Read();
            if (isReference && reader.TokenType == JsonTokenType.String) return true;
            reader.Skip();
        }

        return false;
    }

    private static SchemaCache.Entry Fold(JsonSlice schema)
    {
        var source = schema.Bytes.ToArray();
        var losses = new Losses();
        try
        {
            var fold = new RootUnionFold(SchemaTree.Parse(schema)!);
            var folded = SchemaTree.Write(fold.Fold());
            if (fold.IsWider) losses.Approximate("", "a union at the root of a tool's schema is refused; its branches were folded into one object");
            return new(source, folded, losses.Items);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A text that is no Unicode (a lone surrogate), or nesting beyond what anyone declares: any object.
            losses.Drop("", "the schema cannot be read");
            return new(source, SchemaTree.Write(new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() }), losses.Items);
        }
    }
}
