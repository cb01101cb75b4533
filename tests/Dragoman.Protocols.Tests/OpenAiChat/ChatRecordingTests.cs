using System.Text.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>What a client learns through the gateway equals what the recording says.</summary>
public sealed class ChatRecordingTests
{
    [Fact]
    public void Recorded_streams_keep_text_reasoning_calls_and_usage()
    {
        foreach (var file in Recordings.Files("openai-chat", ".chunks.txt"))
        {
            var text = File.ReadAllText(file);
            foreach (var end in new[] { "[DONE]", null })
            {
                var view = View(Replay.SseOf(text, end));
                Expected(text, view, file);
                view.Done.ShouldBeTrue(file);
                view.Error.ShouldBeNull(file);
            }
        }
    }

    [Fact]
    public void Recorded_streams_torn_anywhere_give_the_same_bytes()
    {
        foreach (var file in Recordings.Files("openai-chat", ".chunks.txt"))
        {
            var sse = Replay.SseOf(File.ReadAllText(file), "[DONE]");
            var whole = Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, Plain(), sse);
            foreach (var piece in new[] { 1, 7, 1000 })
            {
                Replay.Translate(ChatUpstream.Instance, ChatClient.Instance, Plain(), sse, piece).ShouldBe(whole, file);
            }
        }
    }

    [Fact]
    public void Recorded_whole_answers_keep_text_and_usage()
    {
        foreach (var file in Recordings.Files("openai-chat", ".json"))
        {
            var source = Parse(File.ReadAllText(file));
            var written = Parse(Whole(File.ReadAllText(file), Plain(stream: false)));
            var message = written.GetProperty("choices")[0].GetProperty("message");
            message.GetProperty("content").GetString().ShouldBe(source.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
            JsonElement.DeepEquals(written.GetProperty("usage"), source.GetProperty("usage")).ShouldBeTrue(written.GetProperty("usage").GetRawText());
            written.GetProperty("choices")[0].GetProperty("finish_reason").GetString().ShouldBe("stop");
        }
    }

    private static void Expected(string recording, ChatView view, string file)
    {
        var text = "";
        var reasoning = "";
        var calls = new SortedDictionary<int, (string Name, string Arguments)>();
        string? finish = null;
        JsonElement usage = default;
        foreach (var line in recording.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var chunk = Parse(line);
            if (chunk.TryGetProperty("usage", out var answer) && answer.ValueKind == JsonValueKind.Object) usage = answer;
            foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
            {
                if (choice.TryGetProperty("finish_reason", out var reason) && reason.GetString() is { } word) finish = word;
                var delta = choice.GetProperty("delta");
                text += Of(delta, "content");
                reasoning += Of(delta, "reasoning_content");
                if (!delta.TryGetProperty("tool_calls", out var pieces)) continue;
                foreach (var piece in pieces.EnumerateArray())
                {
                    var index = piece.GetProperty("index").GetInt32();
                    calls.TryGetValue(index, out var call);
                    var function = piece.GetProperty("function");
                    calls[index] = (call.Name is { Length: > 0 } name ? name : Of(function, "name"), call.Arguments + Of(function, "arguments"));
                }
            }
        }

        view.Text.ToString().ShouldBe(text, file);
        view.Reasoning.ToString().ShouldBe(reasoning, file);
        view.Calls.Values.Select(call => (call.Name, call.Arguments)).ShouldBe(calls.Values.Select(call => (call.Name, call.Arguments)), file);
        view.Finishes.ShouldBe([finish!], file);
        var written = view.Usage!.Value;
        foreach (var name in new[] { "prompt_tokens", "total_tokens" }) written.GetProperty(name).GetInt32().ShouldBe(usage.GetProperty(name).GetInt32(), file);
        // xAI's answer tokens leave reasoning out; its total has it.
        written.GetProperty("completion_tokens").GetInt32().ShouldBe(usage.GetProperty("total_tokens").GetInt32() - usage.GetProperty("prompt_tokens").GetInt32(), file);
        foreach (var (group, name) in new[] { ("prompt_tokens_details", "cached_tokens"), ("completion_tokens_details", "reasoning_tokens") })
        {
            if (usage.TryGetProperty(group, out var details) && details.TryGetProperty(name, out var number)) written.GetProperty(group).GetProperty(name).GetInt32().ShouldBe(number.GetInt32(), file);
        }
    }

    private static string Of(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
