using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

/// <summary>Short ways to say things in this language.</summary>
internal static class Messages
{
    public static AnthropicClient Client => AnthropicClient.Instance;

    public static AnthropicUpstream Upstream => AnthropicUpstream.Instance;

    public static ConversationRequest Read(string body) => Replay.Request(Client, body);

    public static TranslationContext Exchange(string body, string model = "claude-sonnet-4-5") => new(Read(body), new UpstreamModel(model)) { AnswerId = "0123456789abcdef0123456789abcdef" };

    /// <summary>A request of a Chat client with the given turns.</summary>
    public static ConversationRequest Foreign(Protocol source = Protocol.OpenAiChat, params Turn[] turns)
    {
        var request = new ConversationRequest { Source = source, Model = "m" };
        request.Turns.AddRange(turns);
        return request;
    }

    public static TranslationContext To(this ConversationRequest request, string model = "claude-sonnet-4-5")
        => new(request, new UpstreamModel(model)) { AnswerId = "0123456789abcdef0123456789abcdef" };

    public static Turn User(params Block[] blocks) => Turn(Role.User, blocks);

    public static Turn Assistant(params Block[] blocks) => Turn(Role.Assistant, blocks);

    public static Turn Turn(Role role, params Block[] blocks)
    {
        var turn = new Turn(role);
        turn.Blocks.AddRange(blocks);
        return turn;
    }

    public static TextBlock Text(string text) => new(JsonText.From(text));

    public static ToolCallBlock Call(string id, string name = "f", string arguments = "{}") => new(id, name, ToolArguments.FromText(JsonText.From(arguments)));

    public static ToolResultBlock Result(string id, string text) => new(id, [Text(text)]);

    public static JsonNode Written(this TranslationContext exchange, IUpstreamProtocol? upstream = null)
        => JsonNode.Parse(Replay.Write(upstream ?? Upstream, exchange))!;

    public static string Json(this JsonNode? node) => node?.ToJsonString(new JsonSerializerOptions { Encoder = JsonWriting.Encoder }) ?? "(nothing)";

    /// <summary>The events of a stream this language wrote, as JSON, after checking that each is named by its type.</summary>
    public static List<JsonNode> Events(string sse)
    {
        var events = new List<JsonNode>();
        foreach (var frame in sse.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            lines.Length.ShouldBe(2);
            var json = JsonNode.Parse(lines[1]["data: ".Length..])!;
            lines[0].ShouldBe($"event: {json["type"]}");
            events.Add(json);
        }

        return events;
    }

    /// <summary>Writes events as a stream and gives its text.</summary>
    public static string Stream(TranslationContext exchange, params AnswerEvent[] events)
    {
        using var output = new PooledBuffer();
        var normalizer = new AnswerNormalizer(exchange, Client.OpenStream(exchange, output));
        foreach (var e in events) normalizer.Write(e);
        normalizer.Complete();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>What an SDK's accumulator makes of a stream: the whole message. Fails on anything an SDK would fail on.</summary>
    public static JsonNode Accumulate(string sse)
    {
        JsonNode? message = null;
        var arguments = new StringBuilder();
        var open = -1;
        var next = 0;
        var ended = false;
        foreach (var e in Events(sse))
        {
            ended.ShouldBeFalse();
            var type = (string)e["type"]!;
            if (type == "ping") continue;
            if (type == "message_start")
            {
                message.ShouldBeNull();
                message = e["message"]!.DeepClone();
                continue;
            }

            message.ShouldNotBeNull();
            var content = message["content"]!.AsArray();
            switch (type)
            {
                case "content_block_start":
                    open.ShouldBe(-1);
                    open = (int)e["index"]!;
                    open.ShouldBe(next++);
                    content.Add(e["content_block"]!.DeepClone());
                    arguments.Clear();
                    break;
                case "content_block_delta":
                    ((int)e["index"]!).ShouldBe(open);
                    Apply(content[open]!, e["delta"]!, arguments);
                    break;
                case "content_block_stop":
                    ((int)e["index"]!).ShouldBe(open);
                    if (arguments.Length > 0) content[open]!["input"] = JsonNode.Parse(arguments.ToString());
                    open = -1;
                    break;
                case "message_delta":
                    open.ShouldBe(-1);
                    foreach (var (name, value) in e["delta"]!.AsObject()) message[name] = value?.DeepClone();
                    foreach (var (name, value) in e["usage"]!.AsObject()) message["usage"]![name] = value?.DeepClone();
                    break;
                case "message_stop":
                    ended = true;
                    break;
                default:
                    throw new InvalidOperationException($"unexpected {type}");
            }
        }

        ended.ShouldBeTrue();
        return message!;
    }

    private static void Apply(JsonNode block, JsonNode delta, StringBuilder arguments)
    {
        switch ((string)delta["type"]!)
        {
            case "text_delta":
                block["text"] = (string)block["text"]! + (string)delta["text"]!;
                break;
            case "thinking_delta":
                block["thinking"] = (string)block["thinking"]! + (string)delta["thinking"]!;
                break;
            case "signature_delta":
                ((string)block["signature"]!).ShouldBeEmpty();
                block["signature"] = (string)delta["signature"]!;
                break;
            case "input_json_delta":
                block["input"].ShouldNotBeNull();
                arguments.Append((string)delta["partial_json"]!);
                break;
            case "citations_delta":
                if (block["citations"] is not JsonArray) block["citations"] = new JsonArray();
                block["citations"]!.AsArray().Add(delta["citation"]!.DeepClone());
                break;
            default:
                throw new InvalidOperationException(delta.ToJsonString());
        }
    }
}
