using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

/// <summary>What the provider really said, through our reader and writer, is what an SDK reads from the recording itself.</summary>
public sealed class RecordingTests
{
    private const string Request = """{"model":"alias","max_tokens":100,"messages":[{"role":"user","content":"hi"}]}""";

    [Fact]
    public void Every_recorded_stream_survives_a_round_trip()
    {
        foreach (var file in Recordings.Files("anthropic-messages", ".chunks.txt"))
        {
            var recorded = File.ReadAllText(file);
            var direct = Messages.Accumulate(Named(recorded));
            var through = Messages.Accumulate(Translate(Replay.SseOf(recorded)));
            ShouldAgree(through, direct, file);
        }
    }

    [Fact]
    public void Every_recorded_answer_survives_a_round_trip()
    {
        foreach (var file in Recordings.Files("anthropic-messages", ".json"))
        {
            var direct = JsonNode.Parse(File.ReadAllText(file))!;
            var exchange = Messages.Exchange(Request);
            var folder = new AnswerAggregator();
            Messages.Upstream.ReadAnswer(File.ReadAllBytes(file), exchange, new AnswerNormalizer(exchange, folder));
            using var output = new PooledBuffer();
            Messages.Client.WriteAnswer(folder.Answer, exchange, output);
            ShouldAgree(JsonNode.Parse(output.WrittenSpan)!, direct, file);

            // The same answer, streamed to the client.
            using var stream = new PooledBuffer();
            Messages.Upstream.ReadAnswer(File.ReadAllBytes(file), exchange, new AnswerNormalizer(exchange, Messages.Client.OpenStream(exchange, stream)));
            ShouldAgree(Messages.Accumulate(Encoding.UTF8.GetString(stream.WrittenSpan)), direct, file);
        }
    }

    [Fact]
    public void A_stream_torn_anywhere_is_the_same_stream()
    {
        foreach (var file in Recordings.Files("anthropic-messages", ".chunks.txt"))
        {
            var sse = Replay.SseOf(File.ReadAllText(file));
            var whole = Translate(sse);
            for (var size = 1; size < 40; size++) Translate(sse, size).ShouldBe(whole);
        }
    }

    [Fact]
    public void Bedrock_chunks_read_like_the_stream_itself()
    {
        foreach (var file in Recordings.Files("anthropic-messages", ".chunks.txt"))
        {
            var recorded = File.ReadAllText(file);
            var exchange = Messages.Exchange(Request, "anthropic.claude-sonnet-4-5-20250929-v1:0");
            using var output = new PooledBuffer();
            var normalizer = new AnswerNormalizer(exchange, Messages.Client.OpenStream(exchange, output));
            var reader = BedrockAnthropicUpstream.Instance.OpenStream(exchange, normalizer);
            foreach (var line in recorded.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var payload = $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(line))}}","p":"abcdefgh"}""";
                reader.Read("chunk"u8, Encoding.UTF8.GetBytes(payload));
            }

            reader.Complete();
            normalizer.Complete();
            Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(Translate(Replay.SseOf(recorded)));
        }
    }

    private static string Translate(byte[] sse, int pieceSize = int.MaxValue) => Replay.Translate(Messages.Upstream, Messages.Client, Messages.Exchange(Request), sse, pieceSize);

    private static string Named(string chunks)
    {
        var text = new StringBuilder();
        foreach (var line in chunks.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            text.Append("event: ").Append(JsonNode.Parse(line)!["type"]).Append("\ndata: ").Append(line).Append("\n\n");
        }

        return text.ToString();
    }

    private static void ShouldAgree(JsonNode ours, JsonNode theirs, string file)
    {
        JsonNode.DeepEquals(ours["content"], theirs["content"]).ShouldBeTrue($"{file}\n{ours["content"].Json()}\n{theirs["content"].Json()}");
        ours["id"].Json().ShouldBe(theirs["id"].Json());
        ours["model"].Json().ShouldBe("\"alias\"");
        ours["stop_reason"].Json().ShouldBe(theirs["stop_reason"].Json());
        foreach (var name in (string[])["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"])
        {
            ours["usage"]![name].Json().ShouldBe(theirs["usage"]![name].Json(), file);
        }
    }
}
