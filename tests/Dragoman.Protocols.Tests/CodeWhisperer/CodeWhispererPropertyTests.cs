using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Tests.Support;
using static Dragoman.Protocols.Tests.CodeWhisperer.CodeWhispererTesting;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>Random conversations and random answers; every seed gives the same ones each time.</summary>
public sealed class CodeWhispererPropertyTests
{
    [Fact]
    public void Whatever_a_client_sends_the_body_keeps_the_services_rules_and_every_word_is_in_it()
    {
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var (body, words) = Conversation(random);
            var options = new CodeWhispererOptions
            {
                SystemPlacement = (CodeWhispererSystemPlacement)random.Next(2), CachePoints = random.Next(3), MaxBodyBytes = 0,
                Reasoning = (CodeWhispererReasoning)random.Next(4),
            };
            try
            {
                var text = Write(Exchange(Protocol.OpenAiChat, body, options)).GetRawText();
                foreach (var word in words) text.ShouldContain(word, Case.Sensitive, $"seed {seed}: {body}");
            }
            catch (Exception ex) when (ex is not WireException)
            {
                throw new InvalidOperationException($"seed {seed}: {body}", ex);
            }
        }
    }

    [Fact]
    public void However_short_the_limit_what_is_kept_keeps_the_rules()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var (body, _) = Conversation(random);
            var options = new CodeWhispererOptions
            {
                SystemPlacement = (CodeWhispererSystemPlacement)random.Next(2), MaxBodyBytes = random.Next(2) == 0 ? 0 : random.Next(200, 4000),
                MaxHistoryMessages = random.Next(2) == 0 ? null : random.Next(8), HistorySummary = random.Next(2) == 0 ? null : "S",
            };
            try
            {
                Write(Exchange(Protocol.OpenAiChat, body, options));
            }
            catch (Exception ex) when (ex is not WireException)
            {
                throw new InvalidOperationException($"seed {seed}: {body}", ex);
            }
        }
    }

    [Fact]
    public void An_answer_is_the_same_however_its_bytes_are_torn()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            var lines = Stream(random);
            var exchange = Chat("""[{"role":"user","content":"hi"}]""", ""","stop":["STOP"],"reasoning_effort":"low" """);
            var whole = Show(Answer(exchange, lines));
            foreach (var size in (int[])[1, 2, 3, 7, 50, 131]) Show(Answer(exchange, lines, size)).ShouldBe(whole, $"seed {seed}, pieces of {size}: {lines}");
            var bytes = Frames(lines);
            for (var length = random.Next(1, 60); length < bytes.Length; length += random.Next(1, 200))
            {
                var log = new EventLog();
                Read(exchange, log, bytes.AsSpan(0, length));
                (log.Finish is null).ShouldBe(log.Error is not null, $"seed {seed}, {length} bytes: {lines}");
            }
        }
    }

    private static (string Body, List<string> Words) Conversation(Random random)
    {
        var words = new List<string>();
        var messages = new JsonArray();
        if (random.Next(2) == 0) messages.Add(new JsonObject { ["role"] = "system", ["content"] = Word(random, words) });
        var calls = new List<string>();
        var steps = random.Next(1, 14);
        for (var step = 0; step < steps; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    messages.Add(new JsonObject { ["role"] = "user", ["content"] = random.Next(6) == 0 ? " " : Word(random, words) });
                    break;
                case 2:
                    messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = random.Next(6) == 0 ? "" : Word(random, words) });
                    break;
                case 3 or 4:
                    var made = Enumerable.Range(0, random.Next(1, 4)).Select(i => random.Next(8) == 0 && calls.Count > 0 ? calls[0] : $"c{step}_{i}{(random.Next(6) == 0 ? ":x/" : "")}").ToList();
                    calls.AddRange(made);
                    messages.Add(new JsonObject
                    {
                        ["role"] = "assistant",
                        ["content"] = random.Next(2) == 0 ? Word(random, words) : null,
                        ["tool_calls"] = new JsonArray([.. made.Select(id => (JsonNode)new JsonObject
                        {
                            ["id"] = id,
                            ["type"] = "function",
                            ["function"] = new JsonObject { ["name"] = random.Next(4) == 0 ? "an.odd name" : "f", ["arguments"] = random.Next(5) == 0 ? "{\"a\":\"b" : "{\"a\":1}" },
                        })]),
                    });
                    break;
                default:
                    messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = calls.Count > 0 ? calls[random.Next(calls.Count)] : "nobody", ["content"] = Word(random, words) });
                    break;
            }
        }

        messages.Add(new JsonObject { ["role"] = "user", ["content"] = Word(random, words) });
        if (random.Next(3) == 0) messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = Word(random, words) });
        var body = new JsonObject { ["model"] = "m", ["messages"] = messages };
        if (random.Next(3) > 0) body["tools"] = new JsonArray(new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = random.Next(2) == 0 ? "f" : "g", ["parameters"] = new JsonObject { ["type"] = "object" } } });
        if (random.Next(3) == 0) body["reasoning_effort"] = "high";
        return (body.ToJsonString(), words);
    }

    private static string Word(Random random, List<string> words)
    {
        var word = $"w{words.Count}x{random.Next(1000)}";
        words.Add(word);
        string[] pieces = ["a", "é", "😀", "\n", "\"", "\\", " ", "\u0001", "\u0007", "\\b", "日本"];
        var text = new StringBuilder(word);
        for (var i = random.Next(6); i > 0; i--) text.Append(pieces[random.Next(pieces.Length)]);
        return text.ToString();
    }

    private static string Stream(Random random)
    {
        var lines = new List<string>();
        var open = new List<string>();
        var made = 0;
        if (random.Next(3) == 0) lines.AddRange(["assistantResponseEvent {\"content\":\"<think\"}", "assistantResponseEvent {\"content\":\"ing>t</thinking>\\n\"}"]);
        for (var i = random.Next(1, 20); i > 0; i--)
        {
            switch (random.Next(7))
            {
                case 0 or 1:
                    lines.Add($"assistantResponseEvent {{\"content\":{JsonSerializer.Serialize((string[])["a", "é😀", " S", "ST", "TO", "\n\n", "</thinking>"], options: null)[1..^1].Split(',')[random.Next(7)]}}}");
                    break;
                case 2:
                    open.Add($"t{made++}");
                    lines.Add($"toolUseEvent {{\"toolUseId\":\"{open[^1]}\",\"name\":\"f\"{(random.Next(2) == 0 ? ",\"input\":{}" : "")}}}");
                    break;
                case 3 when open.Count > 0:
                    lines.Add($"toolUseEvent {{\"toolUseId\":\"{open[random.Next(open.Count)]}\",\"name\":\"f\",\"input\":\"{{}}\"}}");
                    break;
                case 4 when open.Count > 0:
                    lines.Add($"toolUseEvent {{\"toolUseId\":\"{open[0]}\",\"name\":\"f\",\"stop\":true}}");
                    open.RemoveAt(0);
                    break;
                case 5:
                    lines.Add("reasoningContentEvent {\"text\":\"r\"}");
                    break;
                default:
                    lines.Add((string[])["followupPromptEvent {\"followupPrompt\":{\"content\":\"x\"}}", "contextUsageEvent {\"contextUsagePercentage\":1.5}", "meteringEvent {\"usage\":0.1}", "oddEvent {}"] is var all ? all[random.Next(4)] : "");
                    break;
            }
        }

        return string.Join('\n', lines);
    }
}
