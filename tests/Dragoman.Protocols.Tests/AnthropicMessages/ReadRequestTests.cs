using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

public sealed class ReadRequestTests
{
    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Field required")]
    [InlineData("""{"model":"m","max_tokens":1}""", "messages: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[]}""", "messages: at least one message is required")]
    [InlineData("""{"max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""", "model: Field required")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"robot","content":"hi"}]}""", "messages.0.role: Input should be 'user', 'assistant' or 'system'")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user"}]}""", "messages.0.content: Field required")]
    [InlineData("""{"model":"m","max_tokens":"1","messages":[{"role":"user","content":"hi"}]}""", "max_tokens: Input should be a valid integer")]
    [InlineData("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}""", "messages.0.content.0.tool_use_id: Field required")]
    [InlineData("[]", "The request body must be a JSON object.")]
    public void Bad_requests_are_told_in_Anthropics_words(string body, string message)
        => Should.Throw<WireException>(() => Messages.Read(body)).Message.ShouldBe(message);

    [Fact]
    public void A_count_request_needs_no_limit()
        => Messages.Client.ReadCountRequest("""{"model":"m","messages":[{"role":"user","content":"hi"}]}"""u8.ToArray()).Turns.Count.ShouldBe(1);

    [Fact]
    public void The_attribution_line_is_no_system_text()
    {
        const string Body = """
            {"model":"m","max_tokens":1,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1; cc_entrypoint=cli; cch=1;"},{"type":"text","text":"You are"}],
             "messages":[{"role":"user","content":"hi"}]}
            """;
        var request = Messages.Read(Body);
        request.System.Count.ShouldBe(1);
        ((TextBlock)request.System[0]).Text.ToString().ShouldBe("You are");

        // Anthropic itself gets it back in its place; other hosts of its language and Bedrock do not.
        var exchange = new TranslationContext(request, request.To().Model) { KeepsAttribution = true };
        exchange.Written()["system"]![0]!["text"]!.ToString().ShouldStartWith("x-anthropic-billing-header");
        request.To().Written()["system"].Json().ShouldBe("""[{"type":"text","text":"You are"}]""");
        var bedrock = request.To();
        bedrock.Written(BedrockAnthropicUpstream.Instance)["system"].Json().ShouldBe("""[{"type":"text","text":"You are"}]""");
        bedrock.Losses.Any.ShouldBeTrue();
    }

    [Fact]
    public void Tools_that_the_client_runs_become_functions_that_any_model_can_call()
    {
        var request = Messages.Read("""{"model":"m","max_tokens":1,"tools":[{"type":"bash_20250124","name":"bash"},{"type":"web_search_20250305","name":"web_search","max_uses":3,"allowed_domains":["a.b"]},{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"hi"}]}""");
        request.Tools[0].Kind.ShouldBe(ToolKind.Function);
        request.Tools[0].Parameters.ToString().ShouldContain("command");
        request.Tools[1].Kind.ShouldBe(ToolKind.Hosted);
        request.Tools[1].HostedKind.ShouldBe(HostedTools.WebSearch);
        request.Tools[1].MaxUses.ShouldBe(3);
        request.Tools[2].Kind.ShouldBe(ToolKind.Function);
        request.To().Written()["tools"]![0].Json().ShouldBe("""{"type":"bash_20250124","name":"bash"}""");
    }

    [Fact]
    public void Search_results_and_documents_of_blocks_are_documents_with_text()
    {
        var request = Messages.Read("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":[{"type":"search_result","source":"https://a","title":"A","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]},{"type":"document","source":{"type":"content","content":"three"}}]}]}""");
        ((DocumentBlock)request.Turns[0].Blocks[0]).Source.Text.ToString().ShouldBe("one\ntwo");
        ((DocumentBlock)request.Turns[0].Blocks[1]).Source.Text.ToString().ShouldBe("three");
    }

    [Fact]
    public void Results_know_the_name_of_their_call()
    {
        var request = Messages.Read("""{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"look","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1"}]}]}""");
        ((ToolResultBlock)request.Turns[2].Blocks[0]).Name.ShouldBe("look");
    }

    [Fact]
    public void Odd_types_of_unimportant_fields_are_passed_over()
        => Messages.Read("""{"model":"m","max_tokens":1,"metadata":7,"service_tier":[],"system":null,"tools":null,"stop_sequences":null,"thinking":null,"messages":[{"role":"user","content":[{"type":"text","text":"hi","citations":7,"cache_control":null}]}]}""").Turns.Count.ShouldBe(1);

    [Fact]
    public void No_body_however_odd_gets_past_the_two_exceptions()
    {
        var body = """{"model":"m","max_tokens":9,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}],"tools":[{"name":"f","input_schema":{"type":"object"}},{"type":"web_search_20250305","name":"web_search","allowed_domains":["a"]}],"tool_choice":{"type":"tool","name":"f"},"thinking":{"type":"enabled","budget_tokens":5},"output_config":{"effort":"low"},"metadata":{"user_id":"u"},"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA"}},{"type":"document","source":{"type":"content","content":[{"type":"text","text":"x"}]}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"dragoman1:o:id:sig"},{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"url":"u"}]}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"\ud800"}]}]}"""u8.ToArray();
        var random = new Random(11);
        var read = 0;
        for (var round = 0; round < 20000; round++)
        {
            var mutated = body.ToArray();
            for (var i = 0; i <= random.Next(3); i++) mutated[random.Next(mutated.Length)] = (byte)"\"{}[]:,0ax\\t"[random.Next(12)];
            try
            {
                var request = Messages.Client.ReadRequest(mutated);
                using var output = new Dragoman.Protocols.Json.PooledBuffer();
                Messages.Upstream.WriteRequest(request.To(), output);
                System.Text.Json.JsonDocument.Parse(output.WrittenMemory).Dispose();
                read++;
            }
            catch (Exception e) when (e is WireException || (e is System.Text.Json.JsonException && e.StackTrace!.Contains("ReadRequest", StringComparison.Ordinal)))
            {
                // What the contract allows.
            }
        }

        read.ShouldBeGreaterThan(1000);
    }
}
