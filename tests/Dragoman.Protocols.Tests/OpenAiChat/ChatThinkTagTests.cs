using System.Text;
using System.Text.Json;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>Local models that think aloud at the head of their text.</summary>
public sealed class ChatThinkTagTests
{
    private const string Local = "qwq-32b";

    [Theory]
    [InlineData("<think>\nwhy <b> </thin?\n</think>\n\nso </think> it is", "why <b> </thin?\n", "so </think> it is")]
    [InlineData("\n<think>é😀日</think>x", "é😀日", "x")]
    [InlineData("<think>\n\n</think>\n\nhi", "", "hi")]
    [InlineData("<think>cut off </thi", "cut off </thi", "")]
    [InlineData("<think></</think>a", "</", "a")]
    [InlineData("<thin air", "", "<thin air")]
    [InlineData("<th", "", "<th")]
    [InlineData(" \n", "", " \n")]
    [InlineData("so <think>no</think>", "", "so <think>no</think>")]
    [InlineData("<think>a</think><think>b</think>", "a", "<think>b</think>")]
    public void Thinking_at_the_head_of_the_text_is_reasoning(string said, string reasoning, string text)
    {
        for (var piece = 1; piece <= said.Length; piece++)
        {
            foreach (var escaped in new[] { false, true })
            {
                var deltas = said.Chunk(piece).Select(part => Delta($$"""{"content":"{{(escaped ? Escaped(part) : JsonEncodedText.Encode(new string(part), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString())}}"}"""));
                // A torn surrogate pair is no text for the test's own reader.
                if (said.Chunk(piece).Any(part => char.IsHighSurrogate(part[^1]))) continue;
                var view = View(Sse([.. deltas, Delta("{}", "\"stop\""), "[DONE]"]), Plain(model: Local));
                view.Reasoning.ToString().ShouldBe(reasoning);
                view.Text.ToString().ShouldBe(text);
                view.Finishes.ShouldBe(["stop"]);
            }
        }

        var whole = Parse(Whole($$"""{"id":"a","choices":[{"index":0,"message":{"role":"assistant","content":{{JsonSerializer.Serialize(said)}}},"finish_reason":"stop"}]}""", Plain(stream: false, model: Local)));
        var message = whole.GetProperty("choices")[0].GetProperty("message");
        (message.GetProperty("content").GetString() ?? "").ShouldBe(text);
        (message.TryGetProperty("reasoning_content", out var answer) ? answer.GetString() : "").ShouldBe(reasoning);
    }

    [Fact]
    public void Empty_lists_beside_the_first_text_do_not_hide_the_tag()
    {
        const string empty = "\"tool_calls\":[],\"annotations\":[ ],\"images\":[],\"refusal\":null";
        var view = View(Sse(Delta("{\"role\":\"assistant\",\"content\":\"\"," + empty + "}"), Delta("{\"content\":\"<thi\"," + empty + "}"), Delta("{\"content\":\"nk>a</think>b\"}"), Delta("{}", "\"stop\""), "[DONE]"), Plain(model: Local));
        view.Reasoning.ToString().ShouldBe("a");
        view.Text.ToString().ShouldBe("b");
    }

    [Fact]
    public void Calls_after_thinking_keep_their_order()
    {
        var view = View(
            Sse(Delta("""{"content":"<think>look</think>"}"""), Delta("""{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"""), Delta("{}", "\"tool_calls\""), "[DONE]"),
            Plain(model: Local));
        view.Reasoning.ToString().ShouldBe("look");
        view.Text.ToString().ShouldBe("");
        view.Calls[0].Name.ShouldBe("f");
    }

    [Fact]
    public void Reasoning_that_has_its_own_field_leaves_tags_in_the_text_alone()
    {
        var view = View(Sse(Delta("""{"reasoning_content":"r"}"""), Delta("""{"content":"<think>t</think>"}"""), Delta("{}", "\"stop\""), "[DONE]"), Plain(model: "deepseek-chat"));
        view.Reasoning.ToString().ShouldBe("r");
        view.Text.ToString().ShouldBe("<think>t</think>");
    }

    [Theory]
    [InlineData("gpt-4.1")]
    [InlineData("anthropic/claude-sonnet-4.5")]
    public void Closed_models_that_say_the_tag_mean_the_tag(string model)
        => View(Sse(Delta("""{"content":"<think>t</think>"}"""), Delta("{}", "\"stop\""), "[DONE]"), Plain(model: model)).Text.ToString().ShouldBe("<think>t</think>");

    private static string Escaped(char[] text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text) escaped.Append($"\\u{(int)c:x4}");
        return escaped.ToString();
    }
}
