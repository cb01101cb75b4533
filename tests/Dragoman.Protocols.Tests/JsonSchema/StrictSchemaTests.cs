using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Protocols.Tests.JsonSchema;

/// <summary>Schemas that bind: answer formats and strict tools hold only what the provider takes, or are not bound.</summary>
public class StrictSchemaTests
{
    private const string Sonnet = "claude-sonnet-4-5";
    private const string BedrockSonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    private const string Person = """
        {"type":"object","title":"Person","properties":{
          "name":{"type":"string","minLength":1,"maxLength":50},
          "age":{"type":"integer","minimum":0,"maximum":120},
          "tags":{"type":"array","items":{"type":"string"},"minItems":2,"maxItems":5,"uniqueItems":true},
          "address":{"type":"object","description":"Home","properties":{"zip":{"type":"string","pattern":"^[0-9]{5}$"}},"required":["zip"]}},
         "required":["name","age","tags","address"]}
        """;

    [Theory]
    [InlineData(Sonnet)]
    [InlineData(BedrockSonnet)]
    [InlineData("converse")]
    public void Answer_formats_for_Claude_are_closed_and_say_the_rest_in_words(string model)
    {
        var exchange = Exchange(model == "converse" ? BedrockSonnet : model, Protocol.OpenAiChat);
        exchange.Request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Name = "person", Schema = JsonSlice.Parse(Person) };
        var body = Write(exchange, model == "converse" ? ConverseUpstream.Instance : model == Sonnet ? AnthropicUpstream.Instance : BedrockAnthropicUpstream.Instance);
        var schema = model == "converse"
            ? JsonNode.Parse((string)body["outputConfig"]!["textFormat"]!["structure"]!["jsonSchema"]!["schema"]!)!
            : body["output_config"]!["format"]!["schema"]!;
        schema.ToJsonString(Spelling).ShouldBe(
            """{"type":"object","title":"Person","properties":{"name":{"type":"string","description":"{minLength: 1, maxLength: 50}"},"age":{"type":"integer","description":"{minimum: 0, maximum: 120}"},"tags":{"type":"array","items":{"type":"string"},"description":"{minItems: 2, maxItems: 5, uniqueItems: true}"},"address":{"type":"object","description":"Home","properties":{"zip":{"type":"string","description":"{pattern: ^[0-9]{5}$}"}},"additionalProperties":false,"required":["zip"]}},"additionalProperties":false,"required":["name","age","tags","address"]}""");
        exchange.Losses.Items.ShouldContain(loss => loss.Path == "response_format.schema" && loss.Reason.Contains("minLength") && loss.Reason.Contains("uniqueItems") && loss.Reason.Contains("pattern"));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","format":"date"},"b":{"type":"array","items":{"type":"integer"},"minItems":1}},"required":["a"],"additionalProperties":false}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"null"}]}}}""", """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"null"}]}},"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"a":{"const":"x"},"b":{"type":"string","nullable":true}},"propertyOrdering":["a","b"]}""",
        """{"type":"object","properties":{"a":{"enum":["x"]},"b":{"type":["string","null"],"description":"{nullable: true}"}},"additionalProperties":false,"description":"{propertyOrdering: [\"a\",\"b\"]}"}""")]
    [InlineData("""{"type":"object","properties":{"p":{"$ref":"#/$defs/P"}},"$defs":{"P":{"allOf":[{"type":"object","properties":{"x":{"type":"number"}}},{"properties":{"y":{"type":"number"}},"required":["y"]}]}}}""",
        """{"type":"object","properties":{"p":{"type":"object","properties":{"x":{"type":"number"},"y":{"type":"number"}},"additionalProperties":false,"required":["y"]}},"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"any":{},"map":{"type":"object","additionalProperties":{"type":"integer"}},"pair":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}]}}}""",
        """{"type":"object","properties":{"any":{"type":["string","number","boolean","null"]},"map":{"type":"object","properties":{},"additionalProperties":false,"description":"{additionalProperties: {\"type\":\"integer\"}}"},"pair":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]},"description":"{prefixItems: [{\"type\":\"string\"},{\"type\":\"integer\"}]}"}},"additionalProperties":false}""")]
    [InlineData("""{"type":"object","properties":{"u":{"type":"string","format":"binary","default":"d","examples":["e"]},"e":{"enum":[{"a":1}]}}}""",
        """{"type":"object","properties":{"u":{"type":"string","description":"{format: binary, default: d, examples: [\"e\"]}"},"e":{"type":["string","number","boolean","null"],"description":"{one of: [{\"a\":1}]}"}},"additionalProperties":false}""")]
    public void Anthropic_gets_its_subset(string schema, string? expected)
    {
        var strict = StrictSchema.Create(JsonSlice.Parse(schema), StrictRules.Anthropic);
        strict.Unfit.ShouldBeNull();
        strict.Schema.ToString().ShouldBe(expected ?? schema);
        StrictSchema.Create(strict.Schema, StrictRules.Anthropic).Schema.ToString().ShouldBe(strict.Schema.ToString());
        if (expected is null) strict.FitsWhole.ShouldBeTrue();
    }

    [Fact]
    public void A_recursive_answer_is_asked_for_in_words()
    {
        var exchange = Exchange(Sonnet, Protocol.OpenAiChat);
        exchange.Request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Schema = JsonSlice.Parse("""{"type":"object","properties":{"n":{"$ref":"#"}}}""") };
        var body = Write(exchange, AnthropicUpstream.Instance);
        body["output_config"].ShouldBeNull();
        ((string)body["system"]![0]!["text"]!).ShouldContain("""{"n":{"$ref":"#"}}""");
        exchange.Losses.Items.ShouldContain(loss => loss.Path == "response_format" && loss.Reason.Contains("refers to itself"));
    }

    [Theory]
    // Closed and all required: as it stands.
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"^a"}},"required":["a"],"additionalProperties":false}""", null, true)]
    // Closing and requiring what may be null anyway changes nothing for the client.
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":["string","null"]}},"required":["a"]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":["string","null"]}},"required":["a","b"],"additionalProperties":false}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","minLength":2,"default":"x"}},"required":["a"],"additionalProperties":false}""",
        """{"type":"object","properties":{"a":{"type":"string","description":"{minLength: 2, default: x}"}},"required":["a"],"additionalProperties":false}""", true)]
    // Recursion is known there.
    [InlineData("""{"type":"object","properties":{"n":{"anyOf":[{"$ref":"#/$defs/N"},{"type":"null"}]}},"required":["n"],"additionalProperties":false,"$defs":{"N":{"type":"object","properties":{"n":{"$ref":"#/$defs/N"}},"required":["n"],"additionalProperties":false}}}""", null, true)]
    // A null where the client's schema wants nothing would fail the client's own check: asked for, not bound.
    [InlineData("""{"type":"object","properties":{"name":{"type":"string"},"nickname":{"type":"string"}},"required":["name"],"additionalProperties":false}""", null, false)]
    [InlineData("""{"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"string"}}},"required":["m"],"additionalProperties":false}""", null, false)]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", null, false)]
    [InlineData("""{"anyOf":[{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}]}""", null, false)]
    [InlineData("""{"type":"object","properties":{"a":{"not":{"type":"null"}}},"required":["a"],"additionalProperties":false}""", null, false)]
    [InlineData("""{"type":"object"}""", null, false)]
    public void Strict_goes_to_OpenAI_only_where_the_schema_is(string schema, string? expected, bool strict)
    {
        foreach (var protocol in (IUpstreamProtocol[])[ResponsesUpstream.Instance, ChatUpstream.Instance])
        {
            foreach (var source in (Protocol[])[Protocol.AnthropicMessages, Protocol.Gemini])
            {
                var exchange = Exchange("gpt-5.2", source);
                exchange.Request.Output = new OutputFormat { Kind = OutputKind.JsonSchema, Schema = JsonSlice.Parse(schema) };
                var body = Write(exchange, protocol);
                var format = body["text"]?["format"] ?? body["response_format"]!["json_schema"]!;
                format["schema"].Spelled().ShouldBeEquivalent(expected ?? schema);
                ((bool)format["strict"]!).ShouldBe(strict);
                exchange.Losses.Items.Any(loss => loss.Path == "response_format.strict").ShouldBe(!strict);
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""", true)]
    [InlineData("""{"type":"object","properties":{}}""", true)]
    [InlineData("""{"anyOf":[{"type":"object","properties":{"a":{"const":1}},"required":["a"],"additionalProperties":false},{"type":"object","properties":{"a":{"const":2}},"required":["a"],"additionalProperties":false}]}""", true)]
    public void Strict_tools_to_OpenAI_are_strict_or_say_that_they_are_not(string schema, bool strict)
    {
        foreach (var protocol in (IUpstreamProtocol[])[ResponsesUpstream.Instance, ChatUpstream.Instance])
        {
            var exchange = Exchange("gpt-5.2", Protocol.AnthropicMessages);
            exchange.Request.Tools.Add(new Tool { Name = "f", Strict = true, Parameters = JsonSlice.Parse(schema), Origin = Protocol.AnthropicMessages });
            var tool = Write(exchange, protocol)["tools"]![0]!;
            tool = tool["function"] ?? tool;
            ((bool)tool["strict"]!).ShouldBe(strict);
            if (strict) ((bool)tool["parameters"]!["additionalProperties"]!).ShouldBeFalse();
            exchange.Losses.Items.Any(loss => loss.Path == "tools[0].strict").ShouldBe(!strict);
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","minLength":3}},"required":["a"],"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object"}},"required":["a"],"additionalProperties":false}""", false)]
    public void Strict_tools_on_Bedrock_are_closed_or_unbound(string schema, bool strict)
    {
        foreach (var protocol in (IUpstreamProtocol[])[ConverseUpstream.Instance, BedrockAnthropicUpstream.Instance])
        {
            var exchange = Exchange(BedrockSonnet, Protocol.AnthropicMessages);
            exchange.Request.Tools.Add(new Tool { Name = "f", Strict = true, Parameters = JsonSlice.Parse(schema), Origin = Protocol.AnthropicMessages });
            var body = Write(exchange, protocol);
            var tool = body["tools"]?[0] ?? body["toolConfig"]!["tools"]![0]!["toolSpec"]!;
            (tool["strict"] is not null).ShouldBe(strict);
            var sent = tool["input_schema"] ?? tool["inputSchema"]!["json"]!;
            if (strict) ((bool)sent["additionalProperties"]!).ShouldBeFalse();
            else JsonNode.DeepEquals(sent, JsonNode.Parse(schema)).ShouldBeTrue();
            exchange.Losses.Items.Any(loss => loss.Path == "tools[0].strict").ShouldBe(!strict);
        }
    }

    [Fact]
    public void No_more_tools_are_bound_than_Anthropic_allows()
    {
        var exchange = Exchange(BedrockSonnet, Protocol.AnthropicMessages);
        for (var i = 0; i < 25; i++)
            exchange.Request.Tools.Add(new Tool { Name = "f" + i, Strict = true, Parameters = JsonSlice.Parse("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"""), Origin = Protocol.AnthropicMessages });
        Write(exchange, BedrockAnthropicUpstream.Instance)["tools"]!.AsArray().Count(tool => tool!["strict"] is not null).ShouldBe(20);
    }

    [Fact]
    public void Lists_without_items_get_some_for_OpenAI()
    {
        var exchange = Exchange("gpt-4o", Protocol.AnthropicMessages);
        exchange.Request.Tools.Add(new Tool { Name = "f", Parameters = JsonSlice.Parse("""{"type":"object","properties":{"l":{"type":"array"}}}"""), Origin = Protocol.AnthropicMessages });
        Write(exchange, ChatUpstream.Instance)["tools"]![0]!["function"]!["parameters"]!["properties"]!["l"]!.ToJsonString().ShouldBe("""{"type":"array","items":{}}""");
    }

    private static readonly System.Text.Json.JsonSerializerOptions Spelling = new() { Encoder = JsonWriting.Encoder };

    private static TranslationContext Exchange(string model, Protocol source)
    {
        var request = new ConversationRequest { Source = source, Model = "m" };
        var turn = new Turn(Role.User);
        turn.Blocks.Add(new TextBlock(JsonText.From("x")));
        request.Turns.Add(turn);
        return new TranslationContext(request, new UpstreamModel(model) { Family = UpstreamModel.FamilyOf(model) });
    }

    private static JsonNode Write(TranslationContext exchange, IUpstreamProtocol protocol)
    {
        using var output = new PooledBuffer();
        protocol.WriteRequest(exchange, output);
        return JsonNode.Parse(output.WrittenSpan)!;
    }
}

internal static class SchemaShould
{
    public static string Spelled(this JsonNode? node) => node!.ToJsonString();

    public static void ShouldBeEquivalent(this string actual, string expected)
        => JsonNode.DeepEquals(JsonNode.Parse(actual), JsonNode.Parse(expected)).ShouldBeTrue($"{actual} instead of {expected}");
}
