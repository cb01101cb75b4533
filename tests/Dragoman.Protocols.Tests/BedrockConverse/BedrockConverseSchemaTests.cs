using System.Text.Json.Nodes;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.BedrockConverse;

/// <summary>Answers of a schema where a model on Bedrock neither takes the schema nor can be made to call a tool: words, and a report.</summary>
public class BedrockConverseSchemaTests
{
    private const string Schema = """{"type":"object","properties":{"x":{"type":"string"}},"required":["x"],"additionalProperties":false}""";

    [Theory]
    [InlineData("us.anthropic.claude-opus-5-5", false)]
    [InlineData("global.anthropic.claude-sonnet-5-5", false)]
    [InlineData("anthropic.claude-fable-5-1", true)]
    [InlineData("anthropic.claude-mythos-5", true)]
    public void A_model_that_always_thinks_is_asked_in_words(string model, bool tools)
    {
        var (body, losses) = Write(model, tools);
        body["outputConfig"].ShouldBeNull();
        body["system"]!.AsArray().Select(block => block!["text"]!.GetValue<string>()).ShouldBe(["Be brief.", $"Answer with one JSON object and nothing else: no explanation, no code fence. It must match this JSON Schema:\n{Schema}"]);
        if (tools) body["toolConfig"]!["tools"]!.AsArray().ShouldHaveSingleItem()!["toolSpec"]!["name"]!.GetValue<string>().ShouldBe("ls");
        else body["toolConfig"].ShouldBeNull();
        body["toolConfig"]?["toolChoice"].ShouldBeNull();
        losses.ShouldContain(loss => loss.Path == "response_format" && loss.Reason.Contains("words"));
    }

    [Theory]
    [InlineData("us.anthropic.claude-opus-4-7", "json")]
    [InlineData("us.anthropic.claude-sonnet-5", "json")]
    [InlineData("us.anthropic.claude-haiku-5-5", "json")]
    [InlineData("us.anthropic.claude-sonnet-4-6", null)]
    public void Others_keep_the_field_or_the_forced_tool(string model, string? tool)
    {
        var (body, _) = Write(model, tools: false);
        body["system"]!.AsArray().Count.ShouldBe(1);
        (body["toolConfig"]?["toolChoice"]?["tool"]?["name"]?.GetValue<string>()).ShouldBe(tool);
        (body["outputConfig"] is null).ShouldBe(tool is not null);
    }

    private static (JsonNode Body, IReadOnlyList<Loss> Losses) Write(string model, bool tools)
    {
        var request = new ConversationRequest { Source = Protocol.OpenAiChat, Output = new OutputFormat { Kind = OutputKind.JsonSchema, Name = "n", Schema = JsonSlice.Parse(Schema) } };
        request.System.Add(new TextBlock(JsonText.From("Be brief.")));
        var turn = new Turn(Role.User);
        turn.Blocks.Add(new TextBlock(JsonText.From("q")));
        request.Turns.Add(turn);
        if (tools) request.Tools.Add(new Tool { Name = "ls" });
        var exchange = new TranslationContext(request, new UpstreamModel(model));
        return (JsonNode.Parse(Replay.Write(ConverseUpstream.Instance, exchange))!, [.. exchange.Losses.Items]);
    }
}
