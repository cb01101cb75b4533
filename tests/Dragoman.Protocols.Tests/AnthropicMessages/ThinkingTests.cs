using Dragoman.Protocols.Conversation;
using static Dragoman.Protocols.Tests.AnthropicMessages.Messages;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

/// <summary>Every language's wish to reason, in the words each generation of models takes.</summary>
public sealed class ThinkingTests
{
    [Theory]
    [InlineData("claude-sonnet-4-5", "medium", """{"type":"enabled","budget_tokens":8192}""", null)]
    [InlineData("claude-sonnet-4-5", "none", """{"type":"disabled"}""", null)]
    [InlineData("claude-opus-4-6", "xhigh", """{"type":"adaptive"}""", "max")]
    [InlineData("claude-opus-4-7", "xhigh", """{"type":"adaptive","display":"summarized"}""", "xhigh")]
    [InlineData("claude-opus-4-7", "minimal", """{"type":"adaptive","display":"summarized"}""", "low")]
    [InlineData("claude-opus-4-5-20251101", "high", """{"type":"enabled","budget_tokens":24576}""", "high")]
    [InlineData("claude-3-5-haiku-20241022", "high", null, null)]
    [InlineData("claude-next", "high", """{"type":"adaptive","display":"summarized"}""", "high")]
    [InlineData("claude-opus-5-5", "xhigh", """{"type":"adaptive","display":"summarized"}""", "xhigh")]
    [InlineData("claude-opus-5", "none", """{"type":"disabled"}""", null)]
    [InlineData("claude-haiku-5-5", "none", """{"type":"disabled"}""", null)]
    [InlineData("claude-opus-5-5", "none", null, "low")]
    [InlineData("global.anthropic.claude-fable-5-2", "none", null, "low")]
    [InlineData("claude-sonnet-5-5", "none", """{"type":"between_tools"}""", null)]
    [InlineData("claude-opus-6", "none", null, "low")]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "low", """{"type":"enabled","budget_tokens":1024}""", null)]
    public void Effort_of_a_Chat_client(string model, string effort, string? thinking, string? word)
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")));
        request.Reasoning = new ReasoningOptions { Effort = effort };
        var written = request.To(model).Written();
        written["thinking"].Json().ShouldBe(thinking ?? "(nothing)");
        ((string?)written["output_config"]?["effort"]).ShouldBe(word);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", """{"type":"enabled","budget_tokens":2000,"display":"omitted"}""", 5000, """{"type":"enabled","budget_tokens":2000,"display":"omitted"}""", 5000)]
    [InlineData("claude-sonnet-4-5", """{"type":"enabled","budget_tokens":5000}""", 5000, """{"type":"enabled","budget_tokens":5000}""", 10000)]
    [InlineData("claude-sonnet-4-5", """{"type":"adaptive"}""", 32000, """{"type":"enabled","budget_tokens":24576}""", 32000)]
    [InlineData("claude-opus-4-6", """{"type":"enabled","budget_tokens":2000}""", 5000, """{"type":"enabled","budget_tokens":2000}""", 5000)]
    [InlineData("claude-opus-4-7", """{"type":"enabled","budget_tokens":2000}""", 5000, """{"type":"adaptive"}""", 5000)]
    [InlineData("claude-opus-4-7", """{"type":"disabled"}""", 5000, """{"type":"disabled"}""", 5000)]
    [InlineData("claude-3-haiku-20240307", """{"type":"enabled","budget_tokens":2000}""", 4000, null, 4000)]
    public void Thinking_of_an_Anthropic_client(string model, string thinking, int max, string? expected, int expectedMax)
    {
        var written = Messages.Exchange($$"""{"model":"m","max_tokens":{{max}},"thinking":{{thinking}},"messages":[{"role":"user","content":"hi"}]}""", model).Written();
        written["thinking"].Json().ShouldBe(expected ?? "(nothing)");
        ((int)written["max_tokens"]!).ShouldBe(expectedMax);
    }

    [Fact]
    public void Thinking_drops_what_it_excludes_and_says_so()
    {
        var exchange = Messages.Exchange("""{"model":"m","max_tokens":5000,"temperature":0.3,"top_p":0.5,"top_k":4,"thinking":{"type":"enabled","budget_tokens":2000},"messages":[{"role":"user","content":"hi"}]}""");
        var written = exchange.Written();
        written["temperature"].ShouldBeNull();
        written["top_p"].ShouldBeNull();
        written["top_k"].ShouldBeNull();
        exchange.Losses.Items.Select(loss => loss.Path).ShouldBe(["temperature", "top_p", "top_k"]);
    }

    [Theory]
    [InlineData("claude-opus-5-5")]
    [InlineData("claude-sonnet-5-5")]
    [InlineData("anthropic/claude-fable-5.2")]
    [InlineData("claude-sonnet-6")]
    public void A_model_that_always_thinks_is_not_forced_to_call(string model)
    {
        foreach (var choice in (string[])["{\"type\":\"any\"}", "{\"type\":\"tool\",\"name\":\"f\"}"])
        {
            var exchange = Messages.Exchange($$$"""{"model":"m","max_tokens":5000,"thinking":{"type":"adaptive"},"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{{{choice}}},"messages":[{"role":"user","content":"hi"}]}""", model);
            var written = exchange.Written();
            written["tool_choice"].Json().ShouldBe("""{"type":"auto"}""");
            written["thinking"].Json().ShouldBe("""{"type":"adaptive"}""");
            exchange.Losses.Items.ShouldHaveSingleItem().Path.ShouldBe("tool_choice");
        }
    }

    [Theory]
    [InlineData("claude-opus-5-5", """{"type":"disabled"}""", null, "low")]
    [InlineData("claude-sonnet-5-5", """{"type":"disabled"}""", """{"type":"between_tools"}""", null)]
    [InlineData("claude-opus-5-5", """{"type":"enabled","budget_tokens":2000}""", """{"type":"adaptive"}""", "low")]
    public void What_the_newest_models_refuse_is_not_sent(string model, string thinking, string? expected, string? effort)
    {
        var exchange = Messages.Exchange($$"""{"model":"m","max_tokens":5000,"thinking":{{thinking}},"messages":[{"role":"user","content":"hi"}]}""", model);
        var written = exchange.Written();
        written["thinking"].Json().ShouldBe(expected ?? "(nothing)");
        ((string?)written["output_config"]?["effort"]).ShouldBe(effort);
        exchange.Losses.Any.ShouldBeTrue();
    }

    [Fact]
    public void A_forced_call_excludes_thinking()
    {
        var exchange = Messages.Exchange("""{"model":"m","max_tokens":5000,"thinking":{"type":"enabled","budget_tokens":2000},"tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"},"messages":[{"role":"user","content":"hi"}]}""");
        exchange.Written()["thinking"].ShouldBeNull();
        exchange.Losses.Items.ShouldHaveSingleItem().Path.ShouldBe("thinking");
    }

    [Fact]
    public void Calls_made_by_another_model_are_answered_without_a_budget()
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")), Assistant(Call("1")), User(Result("1", "r")));
        request.Reasoning = new ReasoningOptions { Effort = "high" };
        request.To("claude-sonnet-4-5").Written()["thinking"].ShouldBeNull();
        request.To("claude-opus-4-7").Written()["thinking"].ShouldNotBeNull();
    }

    [Theory]
    [InlineData("claude-opus-4-7", null, null)]
    [InlineData("claude-sonnet-4-5", "0.2", null)]
    [InlineData("claude-sonnet-4-20250514", "0.2", "0.9")]
    public void Sampling_as_far_as_the_model_takes_it(string model, string? temperature, string? topP)
    {
        var request = Foreign(Protocol.OpenAiChat, User(Text("q")));
        request.Sampling.Temperature = 0.2;
        request.Sampling.TopP = 0.9;
        var written = request.To(model).Written();
        written["temperature"]?.Json().ShouldBe(temperature);
        written["top_p"]?.Json().ShouldBe(topP);
        (written["temperature"] is null).ShouldBe(temperature is null);
        (written["top_p"] is null).ShouldBe(topP is null);
    }
}
