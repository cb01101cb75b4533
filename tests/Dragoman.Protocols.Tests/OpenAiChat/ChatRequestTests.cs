using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.OpenAiCompletions.Client;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

public sealed class ChatRequestTests
{
    [Theory]
    [InlineData("{\"messages\":[]}", "model")]
    [InlineData("{\"model\":\"m\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":\"x\"}", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"content\":\"x\"}]}", "messages[0].role")]
    public void What_is_missing_is_named(string body, string param)
        => Should.Throw<WireException>(() => Replay.Request(ChatClient.Instance, body)).Error.Param.ShouldBe(param);

    [Fact]
    public void A_conversation_with_tools_reads_and_writes_back_with_the_same_meaning()
    {
        const string messages = """[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{ \"b\":1, \"a\":2}"}}]},{"role":"tool","tool_call_id":"c1","content":"ok"},{"role":"user","content":"go on"}]""";
        var exchange = Exchange($$"""{"model":"m","messages":{{messages}},"max_tokens":5,"stop":"x","temperature":0.5}""");
        var written = Written(exchange);
        JsonElement.DeepEquals(written.GetProperty("messages"), Parse(messages)).ShouldBeTrue(written.GetProperty("messages").GetRawText());
        written.GetProperty("max_tokens").GetInt32().ShouldBe(5);
        exchange.Losses.Any.ShouldBeFalse();
        var longer = Exchange($$"""{"model":"m","messages":{{messages[..^1]}},{"role":"assistant","content":"done"}],"max_tokens":5,"stop":"x","temperature":0.5}""");
        Replay.Write(ChatUpstream.Instance, longer).ShouldStartWith(Replay.Write(ChatUpstream.Instance, exchange)[..^2]);
    }

    [Fact]
    public void Anthropic_blocks_and_tools_are_taken()
    {
        var exchange = Exchange("""{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":[{"type":"text","text":"bad"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]}]}],"tools":[{"name":"f","input_schema":{"type":"object"}}]}""");
        var written = Written(exchange);
        written.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString().ShouldBe("f");
        var messages = written.GetProperty("messages");
        messages[0].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString().ShouldBe("{\"a\":1}");
        messages[1].GetProperty("role").GetString().ShouldBe("tool");
        messages[2].GetProperty("content")[1].GetProperty("type").GetString().ShouldBe("image_url");
        exchange.Losses.Items.Count.ShouldBe(2);
    }

    [Fact]
    public void Reasoning_models_get_max_completion_tokens()
    {
        var written = Written(Exchange("""{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":5,"reasoning_effort":"high"}""", "gpt-5.1"));
        written.GetProperty("max_completion_tokens").GetInt32().ShouldBe(5);
        written.GetProperty("reasoning_effort").GetString().ShouldBe("high");
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"too long","code":"context_length_exceeded"}}""", ErrorKind.ContextTooLong)]
    [InlineData(400, """{"message":"This model's maximum context length is 10"}""", ErrorKind.ContextTooLong)]
    [InlineData(429, """{"error":{"message":"m","code":"insufficient_quota"}}""", ErrorKind.Quota)]
    [InlineData(422, """{"detail":[{"loc":["body"],"msg":"field required"}]}""", ErrorKind.InvalidRequest)]
    [InlineData(401, "\"nope\"", ErrorKind.Authentication)]
    [InlineData(502, "<html>", ErrorKind.Api)]
    public void Errors_of_any_shape_are_read(int status, string body, ErrorKind kind)
    {
        var error = ChatUpstream.Instance.ReadError(status, Encoding.UTF8.GetBytes(body));
        error.Kind.ShouldBe(kind);
        error.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void Completions_echo_the_prompt_and_refuse_tokens()
    {
        var client = CompletionsClient.Instance;
        Should.Throw<WireException>(() => Replay.Request(client, """{"model":"m","prompt":[1,2]}"""));
        var exchange = new TranslationContext(Replay.Request(client, """{"model":"m","prompt":"Say","echo":true}"""), new UpstreamModel("x"));
        var body = """{"id":"a","choices":[{"index":0,"message":{"role":"assistant","content":" hi"},"finish_reason":"stop"}]}""";
        Parse(Whole(body, exchange, client)).GetProperty("choices")[0].GetProperty("text").GetString().ShouldBe("Say hi");
    }
}
