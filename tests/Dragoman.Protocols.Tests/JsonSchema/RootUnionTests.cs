using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Upstream;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.JsonSchema;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.JsonSchema;

/// <summary>A union at the root of a tool's schema becomes one object, for every upstream.</summary>
public class RootUnionTests
{
    private const string Actions = """
        {"type":"object","anyOf":[
          {"type":"object","properties":{"action":{"const":"get"},"id":{"type":"integer"}},"required":["action","id"]},
          {"type":"object","properties":{"action":{"const":"list"},"page":{"type":"integer"}},"required":["action"]}]}
        """;

    [Theory]
    [InlineData("messages", "claude-sonnet-4-5", "tools/0/input_schema")]
    [InlineData("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", "tools/0/input_schema")]
    [InlineData("converse", "amazon.nova-pro-v1:0", "toolConfig/tools/0/toolSpec/inputSchema/json")]
    [InlineData("gemini", "gemini-2.5-pro", "tools/0/functionDeclarations/0/parametersJsonSchema")]
    [InlineData("chat", "gpt-4o", "tools/0/function/parameters")]
    [InlineData("responses", "gpt-5.2", "tools/0/parameters")]
    public void Every_upstream_gets_one_object(string upstream, string model, string place)
    {
        var losses = new Losses();
        var schema = Sent(upstream, model, Actions, place, losses);
        foreach (var word in (string[])["anyOf", "oneOf", "allOf"]) schema.ContainsKey(word).ShouldBeFalse();
        ((string)schema["type"]!).ShouldBe("object");
        schema["properties"]!["action"]!["enum"]!.ToJsonString().ShouldBe("""["get","list"]""");
        ((string)schema["properties"]!["action"]!["type"]!).ShouldBe("string");
        ((string)schema["properties"]!["id"]!["type"]!).ShouldBe("integer");
        ((string)schema["properties"]!["page"]!["type"]!).ShouldBe("integer");
        schema["required"]!.ToJsonString().ShouldBe("""["action"]""");
        ((string)schema["description"]!).ShouldBe("""Allowed combinations: {action: "get", id} or {action: "list", page?}""");
        losses.Items.ShouldContain(loss => loss.Kind == LossKind.Approximated && loss.Path == "tools[0].parameters" && loss.Reason.Contains("folded"));
    }

    [Theory]
    // What several branches say of one property is joined; required is what all demand, and what stands beside the union.
    [InlineData("""{"type":"object","properties":{"x":{"type":"string"}},"required":["x"],"oneOf":[{"properties":{"v":{"type":"string"}},"required":["v"]},{"properties":{"v":{"type":"number"}},"required":["v"]}]}""",
        """{"type":"object","properties":{"x":{"type":"string"},"v":{"anyOf":[{"type":"string"},{"type":"number"}]}},"required":["x","v"]}""")]
    // allOf demands all; nothing is lost.
    [InlineData("""{"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":{"type":"number"}},"required":["b"]}]}""",
        """{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}},"required":["a","b"]}""")]
    // Branches behind references, and a union in a union.
    [InlineData("""{"anyOf":[{"$ref":"#/$defs/A"},{"oneOf":[{"$ref":"#/$defs/B"},{"properties":{"k":{"const":"c"}},"required":["k"]}]}],"$defs":{"A":{"properties":{"k":{"enum":["a"]},"n":{"$ref":"#/$defs/N"}},"required":["k"]},"B":{"properties":{"k":{"const":"b"}},"required":["k"]},"N":{"type":"integer"}}}""",
        """{"type":"object","description":"Allowed combinations: {k: \"a\", n?} or {k: \"b\"|\"c\"} with ({k: \"b\"} or {k: \"c\"})","properties":{"k":{"type":"string","enum":["a","b","c"]},"n":{"$ref":"#/$defs/N"}},"required":["k"],"$defs":{"A":{"properties":{"k":{"enum":["a"]},"n":{"$ref":"#/$defs/N"}},"required":["k"]},"B":{"properties":{"k":{"const":"b"}},"required":["k"]},"N":{"type":"integer"}}}""")]
    // The whole schema is a reference.
    [InlineData("""{"$ref":"#/definitions/Args","definitions":{"Args":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}}""",
        """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""")]
    // One of several names must be given: the names are declared already.
    [InlineData("""{"type":"object","description":"Edit","properties":{"t":{"type":"string"},"d":{"type":"string"}},"anyOf":[{"required":["t"]},{"required":["d"]}]}""",
        """{"type":"object","description":"Edit\n\nAllowed combinations: {t} or {d}","properties":{"t":{"type":"string"},"d":{"type":"string"}}}""")]
    // Descriptions are kept, of constants and of branches.
    [InlineData("""{"oneOf":[{"title":"Read","properties":{"op":{"const":"r","description":"to read"}},"required":["op"]},{"description":"Writes.","properties":{"op":{"const":"w","description":"to write"},"text":{"type":"string","description":"What"}},"required":["op","text"]}]}""",
        """{"type":"object","description":"Allowed combinations: Read {op: \"r\"} or Writes. {op: \"w\", text}","properties":{"op":{"type":"string","enum":["r","w"],"description":"r: to read; w: to write"},"text":{"type":"string","description":"What"}},"required":["op"]}""")]
    // Closed where all branches are; alternatives that are no object cannot be meant.
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}]}""",
        """{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""")]
    // A property that stands beside the union keeps its words, and takes the branches' constants.
    [InlineData("""{"type":"object","properties":{"op":{"type":"string","description":"What to do"}},"required":["op"],"anyOf":[{"properties":{"op":{"const":"a"}}},{"properties":{"op":{"const":"b"},"n":{"type":"integer"}}}]}""",
        """{"type":"object","description":"Allowed combinations: {op?: \"a\"} or {op?: \"b\", n?}","properties":{"op":{"type":"string","description":"What to do","enum":["a","b"]},"n":{"type":"integer"}},"required":["op"]}""")]
    // References into branches that are gone bring what they meant.
    [InlineData("""{"anyOf":[{"properties":{"a":{"type":"string","minLength":2}},"required":["a"]},{"properties":{"b":{"$ref":"#/anyOf/0/properties/a"}},"required":["b"]}]}""",
        """{"type":"object","description":"Allowed combinations: {a} or {b}","properties":{"a":{"type":"string","minLength":2},"b":{"type":"string","minLength":2}}}""")]
    public void Branches_are_folded(string schema, string expected) => RootUnion.Fold(JsonSlice.Parse(schema), new Losses(), "p").ToString().ShouldBe(expected);

    [Fact]
    public void What_folds_without_loss_reports_none_and_plain_schemas_keep_their_bytes()
    {
        var losses = new Losses();
        RootUnion.Fold(JsonSlice.Parse("""{"allOf":[{"properties":{"a":{}}}]}"""), losses, "p");
        const string plain = """{ "type":"object", "properties":{"anyOf":{"anyOf":[{"type":"string"}]}} }""";
        RootUnion.Fold(JsonSlice.Parse(plain), losses, "p").ToString().ShouldBe(plain);
        losses.Any.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"anyOf":[{"$ref":"#/$defs/A"}],"$defs":{"A":{"anyOf":[{"$ref":"#/$defs/A"},{"properties":{"a":{"$ref":"#/anyOf/0"}}}]}}}""")]
    [InlineData("""{"anyOf":[],"oneOf":"x","allOf":[true,null,3]}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"integer"}]}""")]
    [InlineData("""{"anyOf":[{"properties":{"\ud800":{"const":"\udc00"}}},{"required":[1,{}]}]}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":true}},{"properties":{"a":false}},{"properties":{"a":{"enum":[]}}}]}""")]
    public void Odd_schemas_still_make_an_object(string schema)
    {
        var once = RootUnion.Fold(JsonSlice.Parse(schema), new Losses(), "p");
        ((string)JsonNode.Parse(once.ToString())!["type"]!).ShouldBe("object");
        RootUnion.Fold(once, new Losses(), "p").ToString().ShouldBe(once.ToString());
    }

    // A translated request to an upstream of the client's own protocol (`model(high)`): the declaration is not sent as it stood where it would be refused.
    [Theory]
    [InlineData(Protocol.AnthropicMessages, "claude-sonnet-4-5", """{"max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"a","input_schema":PLAIN},{"type":"custom","name":"mr","description":"d","input_schema":UNION,"cache_control":{"type":"ephemeral","ttl":"1h"},"eager_input_streaming":true}]}""", "tools/1/input_schema", """{"name":"mr","description":"d","input_schema":0,"eager_input_streaming":true,"cache_control":{"type":"ephemeral","ttl":"1h"}}""")]
    [InlineData(Protocol.OpenAiChat, "gpt-4o", """{"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a","parameters":PLAIN}},{"type":"function","function":{"name":"mr","description":"d","parameters":UNION,"new":1}}]}""", "tools/1/function/parameters", """{"name":"mr","description":"d","parameters":0,"new":1}""")]
    [InlineData(Protocol.OpenAiResponses, "gpt-5.4", """{"input":"x","tools":[{"type":"function","name":"a","parameters":PLAIN},{"type":"function","name":"mr","description":"d","parameters":UNION,"defer_loading":true}]}""", "tools/1/parameters", """{"type":"function","name":"mr","description":"d","parameters":0,"defer_loading":true}""")]
    [InlineData(Protocol.OpenAiResponses, "gpt-5.4", """{"input":"x","tools":[{"type":"namespace","name":"n","description":"D","tools":[{"type":"function","name":"a","parameters":PLAIN},{"type":"function","name":"mr","parameters":UNION,"strict":false,"new":1}]}]}""", "tools/0/tools/1/parameters", """{"type":"function","name":"mr","parameters":0,"strict":false,"new":1}""")]
    [InlineData(Protocol.Gemini, "gemini-2.5-pro", """{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"a","parametersJsonSchema":PLAIN},{"name":"mr","description":"d","parametersJsonSchema":UNION,"behavior":"BLOCKING"}]}]}""", "tools/0/functionDeclarations/1/parametersJsonSchema", """{"name":"mr","description":"d","parametersJsonSchema":0,"behavior":"BLOCKING"}""")]
    public void A_translated_declaration_of_the_upstreams_own_protocol_is_folded(Protocol protocol, string model, string body, string place, string around)
    {
        const string plain = """{ "type":"object", "properties":{"a":{"type":"string"}} }""";
        var sent = new Translation(protocol, body.Replace("PLAIN", plain, StringComparison.Ordinal).Replace("UNION", Actions, StringComparison.Ordinal), protocol, model);
        sent.Body.GetRawText().ShouldContain(plain);
        var schema = At(JsonNode.Parse(sent.Body.GetRawText()), place).AsObject();
        foreach (var word in (string[])["anyOf", "oneOf", "allOf"]) schema.ContainsKey(word).ShouldBeFalse();
        schema["required"]!.ToJsonString().ShouldBe("""["action"]""");
        var declaration = schema.Parent!.AsObject();
        declaration[place[(place.LastIndexOf('/') + 1)..]] = 0;
        declaration.ToJsonString().ShouldBe(around);
        sent.Exchange.Losses.Items.ShouldContain(loss => loss.Kind == LossKind.Approximated && loss.Path == "tools[1].parameters" && loss.Reason.Contains("folded"));
    }

    private static JsonNode At(JsonNode? node, string place)
    {
        foreach (var step in place.Split('/')) node = node is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : node![step];
        return node!;
    }

    private static JsonObject Sent(string upstream, string model, string schema, string place, Losses losses)
    {
        var request = new ConversationRequest { Source = upstream == "chat" ? Protocol.AnthropicMessages : Protocol.OpenAiChat, Model = "m" };
        var turn = new Turn(Role.User);
        turn.Blocks.Add(new TextBlock(JsonText.From("x")));
        request.Turns.Add(turn);
        request.Tools.Add(new Tool { Name = "mr", Description = JsonText.From("d"), Parameters = JsonSlice.Parse(schema), Origin = request.Source });
        IUpstreamProtocol protocol = upstream switch
        {
            "messages" => AnthropicUpstream.Instance,
            "bedrock" => BedrockAnthropicUpstream.Instance,
            "converse" => ConverseUpstream.Instance,
            "gemini" => GeminiUpstream.Instance,
            "chat" => ChatUpstream.Instance,
            _ => ResponsesUpstream.Instance,
        };
        using var output = new PooledBuffer();
        protocol.WriteRequest(new TranslationContext(request, new UpstreamModel(model) { Family = UpstreamModel.FamilyOf(model) }) { Losses = losses }, output);
        return At(JsonNode.Parse(output.WrittenSpan), place).AsObject();
    }
}
