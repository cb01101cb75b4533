using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;

namespace Dragoman.Protocols.Tests.JsonSchema;

public class SchemaCleanerTests
{
    private static string Clean(string schema, SchemaDialect? dialect = null, Losses? losses = null)
        => SchemaCleaner.Clean(JsonSlice.Parse(schema), dialect ?? SchemaDialect.Gemini, losses ?? new(), "tools[0].parameters").ToString();

    [Fact]
    public void A_schema_that_fits_comes_back_byte_for_byte()
    {
        const string schema = """{ "type" : "object", "properties": {"type": {"type":"string","enum":["a","b"]}, "title":{"type":"array","items":{"type":"integer","minimum":1}}}, "required":["type"] }""";
        var losses = new Losses();
        Clean(schema, losses: losses).ShouldBe(schema);
        losses.Any.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"const":"x"}}}""", """{"type":"object","properties":{"a":{"enum":["x"],"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"]}""",
        """{"type":"object","properties":{"a":{"type":"string","description":"nullable","nullable":true}},"required":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","integer"]}}}""", """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"integer"}]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}}}""",
        """{"type":"object","properties":{"a":{"type":"string","description":"nullable","nullable":true}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"const":"x"},{"enum":["y"],"type":"string"}]}}}""", """{"type":"object","properties":{"a":{"enum":["x","y"],"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"number"}]}}}""", """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"number"}]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer","enum":[1,2]}}}""", """{"type":"object","properties":{"a":{"type":"integer","description":"Allowed: 1, 2"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","description":"An address","format":"uri","minLength":3}}}""",
        """{"type":"object","properties":{"a":{"type":"string","description":"An address (format: uri) (minLength: 3)"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","format":"date-time"}},"required":["a","b"]}""", """{"type":"object","properties":{"a":{"type":"string","format":"date-time"}},"required":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array"}},"required":[]}""", """{"type":"object","properties":{"a":{"type":"array","items":{"type":"string"}}}}""")]
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"number"}},"required":["b"]}]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}},"required":["a","b"]}""")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"p":{"$ref":"#/$defs/P"}},"$defs":{"P":{"type":"object","properties":{"x":{"type":"number"}}}}}""",
        """{"type":"object","properties":{"p":{"type":"object","properties":{"x":{"type":"number"}}}}}""")]
    [InlineData("""{"a":{"type":"string"}}""", """{"type":"object","properties":{"a":{"type":"string"}}}""")]
    [InlineData("""{}""", """{"type":"object"}""")]
    [InlineData("null", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"OBJECT","properties":{"a":true}}""", """{"type":"object","properties":{"a":{}}}""")]
    public void Gemini_gets_what_it_knows(string schema, string expected) => Clean(schema).ShouldBe(expected);

    [Fact]
    public void A_circle_ends_in_a_hint()
    {
        var cleaned = Clean("""{"type":"object","properties":{"node":{"$ref":"#/$defs/Node"}},"$defs":{"Node":{"type":"object","properties":{"next":{"$ref":"#/$defs/Node"}}}}}""");
        cleaned.ShouldBe("""{"type":"object","properties":{"node":{"type":"object","properties":{"next":{"type":"object","description":"See: Node"}}}}}""");
    }

    [Fact]
    public void References_that_multiply_are_bounded()
    {
        var definitions = string.Join(",", Enumerable.Range(0, 30).Select(i =>
            $$"""
            "D{{i}}":{"type":"object","properties":{"a":{"$ref":"#/$defs/D{{(i + 1) % 30}}"},"b":{"$ref":"#/$defs/D{{(i + 7) % 30}}"},"c":{"$ref":"#/$defs/D{{(i + 3) % 30}}"} } }
            """));
        var cleaned = Clean($$"""{"type":"object","properties":{"r":{"$ref":"#/$defs/D0"} },"$defs":{ {{definitions}} } }""");
        cleaned.Length.ShouldBeLessThan(200_000);
        cleaned.ShouldNotContain("$ref");
    }

    [Fact]
    public void What_is_dropped_is_said_once()
    {
        var losses = new Losses();
        Clean("""{"type":"object","$schema":"s","additionalProperties":false,"properties":{"a":{"type":"string","pattern":"^a","x-y":1},"b":{"type":"string","pattern":"^b"}}}""", losses: losses);
        losses.Items.Count.ShouldBe(2);
        losses.Items[0].Reason.ShouldContain("pattern");
        losses.Items[1].Reason.ShouldContain("additionalProperties");
        losses.Items[1].Reason.ShouldContain("x-y");
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"],"pattern":"^a"}},"required":["a"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"type":["string","null"],"pattern":"^a"}},"required":["a"],"additionalProperties":false}""")]
    [InlineData("""{"oneOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"const":2}}}]}""",
        """{"type":"object","description":"Allowed combinations: {a} or {b?: 2}","properties":{"a":{"type":"string"},"b":{"const":2}}}""")]
    [InlineData("""{"$schema":"x","type":"object","properties":{"a":{"not":{"$ref":"#/$defs/A"}}},"required":[],"$defs":{"A":{"type":"null"}}}""",
        """{"type":"object","properties":{"a":{"not":{"type":"null"}}}}""")]
    public void Bedrock_gets_a_plain_root(string schema, string expected) => Clean(schema, SchemaDialect.Bedrock).ShouldBe(expected);

    [Fact]
    public void OpenApi_types_become_those_of_JSON_Schema()
    {
        OpenApiSchema.ToJsonSchema(JsonSlice.Parse("""{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true},"n":{"type":"ARRAY","items":{"type":"NUMBER"},"minItems":"2"}}}""")).ToString()
            .ShouldBe("""{"type":"object","properties":{"type":{"type":["string","null"]},"n":{"type":"array","items":{"type":"number"},"minItems":2}}}""");
        const string already = """{ "type": "object" }""";
        OpenApiSchema.ToJsonSchema(JsonSlice.Parse(already)).ToString().ShouldBe(already);
    }
}
