using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>What clients of other languages ask, as a Chat upstream gets it.</summary>
public sealed class ChatFromOthersTests
{
    [Fact]
    public void Results_with_pictures_and_failures_are_told_in_messages_that_chat_knows()
    {
        var exchange = From(Protocol.AnthropicMessages, """
            {"model":"m","max_tokens":100,"top_k":4,"messages":[{"role":"user","content":"a"},
             {"role":"assistant","content":[{"type":"tool_use","id":"toolu_1","name":"f","input":{"b":1}},{"type":"tool_use","id":"toolu_2","name":"f","input":{}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":[{"type":"text","text":"see"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
              {"type":"tool_result","tool_use_id":"toolu_2","is_error":true,"content":"no such file"},{"type":"text","text":"go on"}]}]}
            """);
        var messages = Written(exchange).GetProperty("messages");
        messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()).ShouldBe(["user", "assistant", "tool", "tool", "user", "user"]);
        messages[2].GetProperty("content").GetString().ShouldBe("see");
        messages[3].GetProperty("content").GetRawText().ShouldContain("The tool failed");
        messages[4].GetProperty("content")[1].GetProperty("image_url").GetProperty("url").GetString().ShouldBe("data:image/png;base64,AAAA");
        messages[5].GetProperty("content").GetString().ShouldBe("go on");
        exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["top_k", "messages[].content[].tool_result", "messages[].content[].is_error"], ignoreOrder: true);
    }

    [Fact]
    public void Documents_sounds_and_films_go_as_the_parts_that_chat_has()
    {
        var exchange = From(Protocol.Gemini, """
            {"contents":[{"parts":[{"inlineData":{"mimeType":"application/pdf","data":"AAAA"}},{"inlineData":{"mimeType":"audio/mpeg","data":"BBBB"}},{"inlineData":{"mimeType":"video/mp4","data":"CCCC"}}]}]}
            """, "qwen-omni");
        var parts = Written(exchange).GetProperty("messages")[0].GetProperty("content");
        parts[0].GetProperty("file").GetProperty("file_data").GetString().ShouldBe("data:application/pdf;base64,AAAA");
        parts[1].GetProperty("input_audio").GetProperty("format").GetString().ShouldBe("mp3");
        parts[2].GetProperty("video_url").GetProperty("url").GetString().ShouldBe("data:video/mp4;base64,CCCC");
        exchange.Losses.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, "none")]
    [InlineData(500, "low")]
    [InlineData(8000, "medium")]
    [InlineData(20000, "high")]
    public void A_budget_becomes_the_effort_that_comes_nearest(int budget, string effort)
    {
        var exchange = From(Protocol.Gemini, $$$"""{"generationConfig":{"thinkingConfig":{"thinkingBudget":{{{budget}}}}},"contents":[{"parts":[{"text":"a"}]}]}""", "gpt-5.1");
        Written(exchange).GetProperty("reasoning_effort").GetString().ShouldBe(effort);
    }

    [Theory]
    [InlineData("gpt-5.2", "high", "high")]
    [InlineData("gpt-5.4", "high", null)]
    [InlineData("gpt-5.4", null, null)]
    [InlineData("gpt-5.6-sol", "high", "none")]
    [InlineData("gpt-6-luna", null, "none")]
    [InlineData("gpt-6.1-terra", "max", "none")]
    [InlineData("gpt-6.2-sol", "high", null)]
    [InlineData("gpt-7-nova", "low", null)]
    [InlineData("openai/gpt-6.2-sol", "high", "high")]
    public void OpenAis_newer_models_call_functions_only_without_reasoning(string model, string? effort, string? expected)
    {
        var reasoning = effort is null ? "" : ",\"reasoning\":{\"effort\":\"" + effort + "\"}";
        var exchange = From(Protocol.OpenAiResponses, "{\"model\":\"m\",\"input\":\"a\",\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}]" + reasoning + "}", model);
        (Written(exchange).TryGetProperty("reasoning_effort", out var written) ? written.GetString() : null).ShouldBe(expected);
        if (effort is not null && expected != effort) exchange.Losses.Items.ShouldContain(loss => loss.Path == "reasoning");
    }

    [Theory]
    [InlineData("gpt-6-luna", "none", "none")]
    [InlineData("gpt-6-sol", "none", "none")]
    [InlineData("gpt-6-astra", "none", "low")]
    [InlineData("gpt-6.2-sol", "none", "low")]
    [InlineData("gpt-6.2-sol", "max", "max")]
    [InlineData("gpt-5.4", "max", "xhigh")]
    public void Efforts_are_those_of_the_model(string model, string effort, string expected)
    {
        var exchange = From(Protocol.OpenAiResponses, "{\"model\":\"m\",\"input\":\"a\",\"reasoning\":{\"effort\":\"" + effort + "\"}}", model);
        Written(exchange).GetProperty("reasoning_effort").GetString().ShouldBe(expected);
    }

    [Fact]
    public void Calls_without_ids_get_the_same_ids_every_time()
    {
        const string body = """{"contents":[{"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"f","args":{"x":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"one"}}},{"functionResponse":{"name":"f","response":{"output":"two"}}}]}]}""";
        var first = Replay.Write(ChatUpstream.Instance, From(Protocol.Gemini, body));
        Replay.Write(ChatUpstream.Instance, From(Protocol.Gemini, body)).ShouldBe(first);
        var messages = Parse(first).GetProperty("messages");
        var calls = messages[1].GetProperty("tool_calls").EnumerateArray().Select(call => call.GetProperty("id").GetString()).ToList();
        calls.Distinct().Count().ShouldBe(2);
        new[] { messages[2], messages[3] }.Select(message => message.GetProperty("tool_call_id").GetString()).ShouldBe(calls);
    }

    private static TranslationContext From(Protocol source, string body, string model = "gpt-4.1")
        => new(Replay.Request(ProtocolRegistry.Client(source), body, source == Protocol.Gemini ? new RequestTarget { Model = "m" } : default), new UpstreamModel(model));
}
