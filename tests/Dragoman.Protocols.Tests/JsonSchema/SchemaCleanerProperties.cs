using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.Tests.JsonSchema;

/// <summary>Random schemas, good and bad: whatever goes in, what comes out is in the dialect, the same every time, and clean already.</summary>
[Trait("speed", "slow")]
public class SchemaCleanerProperties
{
    private static readonly HashSet<string> Allowed =
    [
        "type", "format", "title", "description", "nullable", "enum", "items", "prefixItems", "minItems", "maxItems", "minimum", "maximum",
        "anyOf", "properties", "required", "propertyOrdering", "additionalProperties",
    ];

    [Fact]
    public void Gemini_never_gets_a_keyword_it_does_not_know()
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            var schema = new Random(seed);
            var json = Schema(schema, 4, isRoot: true).ToJsonString();
            var once = Clean(json, SchemaDialect.Gemini);
            Clean(json, SchemaDialect.Gemini).ShouldBe(once);
            using var document = JsonDocument.Parse(once);
            Check(document.RootElement, $"seed {seed}: {json} → {once}");
            document.RootElement.GetProperty("type").GetString().ShouldBe("object", json);
            Same(Clean(once, SchemaDialect.Gemini), once, $"seed {seed}: {json}");
        }
    }

    [Fact]
    public void Bedrock_never_gets_references_or_combinators_at_the_root()
    {
        for (var seed = 0; seed < 1500; seed++)
        {
            var json = Schema(new Random(seed), 4, isRoot: true).ToJsonString();
            var once = Clean(json, SchemaDialect.Bedrock);
            using var document = JsonDocument.Parse(once);
            var root = document.RootElement;
            root.TryGetProperty("anyOf", out _).ShouldBeFalse(once);
            root.TryGetProperty("oneOf", out _).ShouldBeFalse(once);
            root.TryGetProperty("allOf", out _).ShouldBeFalse(once);
            once.ShouldNotContain("\"$ref\"");
            Same(Clean(once, SchemaDialect.Bedrock), once, $"seed {seed}: {json}");
        }
    }

    private static void Same(string again, string once, string about)
    {
        if (again == once) return;
        var at = Enumerable.Range(0, Math.Min(again.Length, once.Length)).TakeWhile(i => again[i] == once[i]).Count();
        Assert.Fail($"not clean at once: …{once[Math.Max(0, at - 80)..Math.Min(once.Length, at + 120)]}… became …{again[Math.Max(0, at - 80)..Math.Min(again.Length, at + 120)]}…; {about}");
    }

    private static string Clean(string json, SchemaDialect dialect) => SchemaCleaner.Clean(JsonSlice.Parse(json), dialect, new Losses(), "p").ToString();

    private static void Check(JsonElement schema, string about)
    {
        schema.ValueKind.ShouldBe(JsonValueKind.Object, about);
        foreach (var property in schema.EnumerateObject())
        {
            Allowed.ShouldContain(property.Name, about);
            switch (property.Name)
            {
                case "type": property.Value.ValueKind.ShouldBe(JsonValueKind.String, about); break;
                case "properties":
                    foreach (var inner in property.Value.EnumerateObject()) Check(inner.Value, about);
                    break;
                case "items" or "additionalProperties": Check(property.Value, about); break;
                case "anyOf" or "prefixItems":
                    foreach (var inner in property.Value.EnumerateArray()) Check(inner, about);
                    break;
                case "enum":
                    property.Value.GetArrayLength().ShouldBeGreaterThan(0, about);
                    foreach (var word in property.Value.EnumerateArray()) word.ValueKind.ShouldBe(JsonValueKind.String, about);
                    break;
                case "required":
                    property.Value.GetArrayLength().ShouldBeGreaterThan(0, about);
                    foreach (var name in property.Value.EnumerateArray()) schema.GetProperty("properties").TryGetProperty(name.GetString()!, out _).ShouldBeTrue(about);
                    break;
            }
        }
    }

    private static JsonNode Schema(Random random, int depth, bool isRoot = false)
    {
        var schema = new JsonObject();
        if (random.Next(20) == 0 && !isRoot) return JsonValue.Create(random.Next(2) == 0);
        string[] types = ["string", "number", "integer", "boolean", "object", "array", "null", "STRING"];
        if (random.Next(4) > 0) schema["type"] = random.Next(5) == 0 ? new JsonArray(types[random.Next(7)], types[random.Next(7)]) : types[random.Next(types.Length)];
        string[] rest = ["pattern", "minLength", "default", "title", "description", "$comment", "x-a", "format", "minimum", "uniqueItems", "deprecated", "nullable", "examples"];
        for (var i = random.Next(4); i > 0; i--)
        {
            schema[rest[random.Next(rest.Length)]] = random.Next(4) switch { 0 => 5, 1 => "date", 2 => true, _ => new JsonArray("a", 2) };
        }

        if (random.Next(6) == 0) schema["enum"] = random.Next(3) switch { 0 => new JsonArray("a", "b"), 1 => new JsonArray(1, null, "x"), _ => new JsonArray() };
        if (random.Next(8) == 0) schema["const"] = random.Next(3) switch { 0 => "x", 1 => 3, _ => null };
        if (depth == 0) return schema;
        if (random.Next(2) == 0)
        {
            var properties = new JsonObject();
            foreach (var name in (string[])["type", "enum", "a", "required"])
            {
                if (random.Next(2) == 0) properties[name] = Schema(random, depth - 1);
            }

            schema["properties"] = properties;
            schema["required"] = new JsonArray("a", "type", "missing");
        }

        foreach (var word in (string[])["anyOf", "oneOf", "allOf"])
        {
            if (random.Next(6) == 0) schema[word] = new JsonArray(Schema(random, depth - 1), Schema(random, depth - 1));
        }

        if (random.Next(5) == 0) schema["items"] = random.Next(3) == 0 ? new JsonArray(Schema(random, depth - 1)) : Schema(random, depth - 1);
        if (random.Next(6) == 0) schema["additionalProperties"] = Schema(random, depth - 1);
        if (random.Next(8) == 0) schema["if"] = Schema(random, depth - 1);
        if (random.Next(8) == 0) schema["then"] = Schema(random, depth - 1);
        if (random.Next(8) == 0) schema["not"] = Schema(random, depth - 1);
        if (random.Next(6) == 0) schema["$ref"] = random.Next(3) switch { 0 => "#/$defs/D", 1 => "#/properties/a", _ => "http://elsewhere" };
        if (isRoot) schema["$defs"] = new JsonObject { ["D"] = Schema(random, 2) };
        return schema;
    }
}
