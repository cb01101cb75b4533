using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Upstream;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.OpenAiChat.ChatTesting;

namespace Dragoman.Protocols.Tests.OpenAiChat;

/// <summary>Random conversations, whole and broken; every seed gives the same ones each time.</summary>
public sealed class ChatRandomRequestTests
{
    [Fact]
    public void What_is_written_to_chat_reads_again_with_the_same_meaning()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var body = Body(new Random(seed), 12);
            var exchange = Exchange(body);
            var again = Exchange(Replay.Write(ChatUpstream.Instance, exchange));
            Meaning(again.Request).ShouldBe(Meaning(exchange.Request), $"seed {seed}: {body}");
            exchange.Losses.Items.ShouldBeEmpty($"seed {seed}: {body}");
        }
    }

    [Fact]
    public void A_longer_conversation_begins_with_the_bytes_of_the_shorter()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var written = "";
            for (var turns = 1; turns < 8; turns++)
            {
                var next = Replay.Write(ChatUpstream.Instance, Exchange(Body(new Random(seed), turns)));
                if (written.Length > 0) next.StartsWith(written[..^2], StringComparison.Ordinal).ShouldBeTrue($"seed {seed}");
                written = next;
            }
        }
    }

    [Fact]
    public void Broken_requests_are_refused_and_never_crash()
    {
        string[] junk = ["null", "7", "\"s\"", "[]", "{}", "[null]", "true", "[[1]]", "{\"type\":5}", "{\"type\":\"x\",\"text\":null}", "\"\\ud800\"", "-1e999"];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var root = JsonNode.Parse(Body(random, 6))!;
            for (var i = random.Next(1, 4); i > 0; i--) Break(root, random, junk[random.Next(junk.Length)]);
            var body = root.ToJsonString();
            if (random.Next(8) == 0) body = body[..random.Next(body.Length)];
            try
            {
                var exchange = Exchange(body);
                foreach (var target in new[] { Protocol.OpenAiChat, Protocol.OpenAiResponses, Protocol.AnthropicMessages, Protocol.Gemini, Protocol.CodeWhisperer })
                {
                    try
                    {
                        Parse(Replay.Write(ProtocolRegistry.Upstream(target), new TranslationContext(exchange.Request, new UpstreamModel("m"))));
                    }
                    catch (WireException)
                    {
                    }
                }
            }
            catch (Exception e) when (e is WireException or JsonException)
            {
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {body}", e);
            }
        }
    }

    private static void Break(JsonNode root, Random random, string junk)
    {
        var at = root;
        while (true)
        {
            var children = at is JsonObject members ? members.Select(member => member.Value).ToList() : at is JsonArray items ? [.. items] : [];
            if (children.Count == 0) return;
            var index = random.Next(children.Count);
            if (children[index] is JsonObject or JsonArray && random.Next(4) > 0)
            {
                at = children[index]!;
                continue;
            }

            var value = JsonNode.Parse(junk is "-1e999" or "\"\\ud800\"" ? "9" : junk);
            if (at is JsonArray list) list[index] = value;
            else if (at is JsonObject known) known[known.ElementAt(index).Key] = value;
            return;
        }
    }

    private static string Body(Random random, int steps)
    {
        var messages = new JsonArray();
        if (random.Next(2) == 0) messages.Add(new JsonObject { ["role"] = "system", ["content"] = Words(random) });
        messages.Add(new JsonObject { ["role"] = "user", ["content"] = Words(random) });
        for (var step = 0; step < steps; step++)
        {
            var calls = random.Next(3);
            var assistant = new JsonObject { ["role"] = "assistant", ["content"] = calls == 0 || random.Next(2) == 0 ? Words(random) : null };
            if (calls > 0)
            {
                assistant["tool_calls"] = new JsonArray([.. Enumerable.Range(0, calls).Select(i => (JsonNode)new JsonObject
                {
                    ["id"] = $"c{step}_{i}",
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = "{ \"k\": " + JsonSerializer.Serialize(Words(random)) + "}" },
                })]);
            }

            messages.Add(assistant);
            for (var i = 0; i < calls; i++) messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = $"c{step}_{i}", ["content"] = Words(random) });
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = Content(random) });
        }

        return new JsonObject
        {
            ["model"] = "m",
            ["tools"] = new JsonArray(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["parameters"] = new JsonObject { ["type"] = "object" } } }),
            ["tool_choice"] = "auto",
            ["temperature"] = 0.5,
            ["stop"] = new JsonArray("x"),
            ["messages"] = messages,
        }.ToJsonString();
    }

    private static JsonNode Content(Random random)
    {
        if (random.Next(2) == 0) return JsonValue.Create(Words(random));
        var parts = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = Words(random) });
        if (random.Next(2) == 0) parts.Add(new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = "data:image/png;base64,AAAA", ["detail"] = "low" } });
        if (random.Next(3) == 0) parts.Add(new JsonObject { ["type"] = "input_audio", ["input_audio"] = new JsonObject { ["data"] = "AAAA", ["format"] = "mp3" } });
        if (random.Next(3) == 0) parts.Add(new JsonObject { ["type"] = "file", ["file"] = new JsonObject { ["filename"] = "a.pdf", ["file_data"] = "data:application/pdf;base64,AAAA" } });
        return parts;
    }

    private static string Words(Random random)
    {
        string[] pieces = ["a", "é", "😀", "\n", "\"", "\\", " ", "<b>", "日本", "\u2028", "{}"];
        var text = new StringBuilder("w");
        for (var i = random.Next(6); i > 0; i--) text.Append(pieces[random.Next(pieces.Length)]);
        return text.ToString();
    }

    private static string Meaning(ConversationRequest request)
    {
        var text = new StringBuilder();
        foreach (var block in request.System) Meaning(block, text.Append("S "));
        foreach (var turn in request.Turns)
        {
            text.Append(turn.Role).Append('\n');
            foreach (var block in turn.Blocks) Meaning(block, text);
        }

        foreach (var tool in request.Tools) text.Append(tool.Name).Append(tool.Parameters).Append('\n');
        return text.Append(request.ToolChoice?.Mode).Append(request.Sampling.Temperature).AppendJoin(',', request.StopSequences).ToString();
    }

    private static void Meaning(Block block, StringBuilder text)
    {
        text.Append(block switch
        {
            TextBlock said => said.Text.ToString(),
            ImageBlock image => $"image {image.Source.MediaType} {image.Source.Base64} {image.Detail}",
            AudioBlock audio => $"audio {audio.Source.MediaType} {audio.Source.Base64}",
            DocumentBlock document => $"file {document.Title} {document.Source.MediaType} {document.Source.Base64}",
            ToolCallBlock call => $"call {call.Id} {call.Name} {call.Arguments}",
            ToolResultBlock result => $"result {result.CallId} {result.Name} {result.IsError}",
            _ => block.GetType().Name,
        }).Append('\n');
        if (block is not ToolResultBlock { Content: var content }) return;
        foreach (var inner in content) Meaning(inner, text);
    }
}
