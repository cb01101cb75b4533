using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Protocols.BedrockConverse.Client;
using Dragoman.Protocols.BedrockConverse.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.BedrockConverse;

/// <summary>Converse as clients speak it: requests are read, answers, streams and errors are written.</summary>
public sealed class ConverseClientTests
{
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

    [Fact]
    public void A_request_for_the_same_protocol_comes_out_as_it_went_in()
    {
        const string Body = """
            {"system":[{"text":"Be brief."},{"cachePoint":{"type":"default"}}],
             "inferenceConfig":{"maxTokens":2000,"stopSequences":["END"]},
             "toolConfig":{"tools":[{"toolSpec":{"name":"ls","description":"List.","inputSchema":{"json":{"type":"object","properties":{"path":{"type":"string"}}}}}},{"cachePoint":{"type":"default"}}],"toolChoice":{"auto":{}}},
             "additionalModelRequestFields":{"top_k":50,"strange":{"a":[1, 2]}},
             "guardrailConfig":{"guardrailIdentifier":"abc","guardrailVersion":"1"},
             "requestMetadata":{"team":"a"},
             "messages":[
              {"role":"user","content":[{"text":"Look \"here\"\n😀"},{"image":{"format":"png","source":{"bytes":"aGVsbG8="}}},{"document":{"format":"pdf","name":"My report","source":{"bytes":"JVBERi0="},"citations":{"enabled":true}}},{"cachePoint":{"type":"default"}}]},
              {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Let me","signature":"EqQB"}}},{"reasoningContent":{"redactedContent":"c2VjcmV0"}},{"text":"I look."},{"toolUse":{"toolUseId":"tooluse_x1","name":"ls","input":{"path": "."}}}]},
              {"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_x1","content":[{"text":"gone"}],"status":"error"}},{"text":"and now?"}]}]}
            """;
        var (written, losses) = There(Body, Sonnet);
        var expected = JsonNode.Parse(Body)!.AsObject();
        // The stop sequence that came up is asked for by the gateway itself.
        expected["additionalModelResponseFieldPaths"] = new JsonArray("/stop_sequence");
        JsonNode.DeepEquals(written, expected).ShouldBeTrue($"{written.ToJsonString()}\n{string.Join('\n', losses.Items)}");
        losses.Any.ShouldBeFalse(string.Join('\n', losses.Items));
    }

    [Fact]
    public void What_the_models_own_body_says_crosses_to_other_protocols()
    {
        var request = Read("""{"messages":[{"role":"user","content":[{"text":"hi"}]}],"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":4000},"top_k":7,"anthropic_beta":["b-1"],"mine":true},"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\"}","name":"n"}}}}}""");
        (request.Reasoning!.Mode, request.Reasoning.BudgetTokens, request.Sampling.TopK).ShouldBe((ReasoningMode.On, 4000, 7));
        (request.Output!.Kind, request.Output.Name, request.Output.Schema.ToString()).ShouldBe((OutputKind.JsonSchema, "n", """{"type":"object"}"""));
        request.Extras.Select(extra => $"{extra.Name} {extra.Value}").ShouldBe(["anthropic_beta [\"b-1\"]", """additionalModelRequestFields {"mine":true}"""], ignoreOrder: true);
        Read("""{"messages":[{"role":"user","content":[{"text":"hi"}]}],"additionalModelRequestFields":{"reasoning_effort":"high"}}""").Reasoning!.Effort.ShouldBe("high");
        Read("""{"messages":[{"role":"user","content":[{"text":"hi"}]}],"additionalModelRequestFields":{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"},"inferenceConfig":{"topK":3}}}""").Sampling.TopK.ShouldBe(3);
    }

    [Fact]
    public void Blocks_that_only_Converse_knows_are_kept_and_results_know_their_tool()
    {
        var request = Read("""
            {"messages":[
             {"role":"user","content":[{"guardContent":{"text":{"text":"x"}}},{"video":{"format":"mov","source":{"s3Location":{"uri":"s3://b/k.mov"}}}},{"audio":{"format":"mp3","source":{"bytes":"AAAA"}}},{"document":{"format":"txt","name":"n","source":{"text":"plain"}}}]},
             {"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":"ls","input":{}}},{"citationsContent":{"content":[{"text":"so "},{"text":"it is"}],"citations":[{"title":"t"}]}}]},
             {"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[{"json":{"n":1}}]}}]}]}
            """);
        var first = request.Turns[0].Blocks;
        first[0].ShouldBeOfType<OpaqueBlock>().Type.ShouldBe("guardContent");
        (first[1].ShouldBeOfType<VideoBlock>().Source.MediaType, ((VideoBlock)first[1]).Source.Url).ShouldBe(("video/quicktime", "s3://b/k.mov"));
        first[2].ShouldBeOfType<AudioBlock>().Source.MediaType.ShouldBe("audio/mpeg");
        (first[3].ShouldBeOfType<DocumentBlock>().Title, ((DocumentBlock)first[3]).Source.Text.ToString()).ShouldBe(("n", "plain"));
        request.Turns[1].Blocks[1].ShouldBeOfType<TextBlock>().Text.ToString().ShouldBe("so it is");
        var result = request.Turns[2].Blocks[0].ShouldBeOfType<ToolResultBlock>();
        (result.Name, result.Value.ToString(), ((TextBlock)result.Content[0]).Text.ToString()).ShouldBe(("ls", """{"n":1}""", """{"n":1}"""));
    }

    [Theory]
    [InlineData(Sonnet, """{"citationsContent":{"content":[{"text":"so it is"}],"citations":[{"title":"t"}]}}""", null)]
    [InlineData("amazon.nova-pro-v1:0", """{"text":"so it is"}""", "messages[1].content[0].citations")]
    public void Sources_of_an_earlier_answer_go_back_to_who_cites_and_are_told_to_be_lost_elsewhere(string model, string expected, string? lost)
    {
        var request = Read("""
            {"messages":[{"role":"user","content":[{"text":"hi"}]},
             {"role":"assistant","content":[{"citationsContent":{"content":[{"text":"so "},{"text":"it is"}],"citations":[{"title":"t"}]}}]},
             {"role":"user","content":[{"text":"more"}]}]}
            """);
        var exchange = new TranslationContext(request, new UpstreamModel(model));
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        ConverseUpstream.Instance.WriteRequest(exchange, output);
        System.Text.Encoding.UTF8.GetString(output.WrittenSpan).ShouldContain($"{{\"role\":\"assistant\",\"content\":[{expected}]}}");
        exchange.Losses.Items.Select(loss => loss.Path).Where(path => path.EndsWith("citations", StringComparison.Ordinal)).ShouldBe(lost is null ? [] : [lost]);
    }

    [Theory]
    [InlineData("[]", "JSON object")]
    [InlineData("{}", "messages:")]
    [InlineData("""{"messages":[]}""", "must start with a user message")]
    [InlineData("""{"messages":[1]}""", "messages.0")]
    [InlineData("""{"messages":[{"role":"system","content":[]}]}""", "messages.0.role")]
    [InlineData("""{"messages":[{"role":"user","content":"hi"}]}""", "messages.0.content")]
    [InlineData("""{"messages":[{"role":"user","content":[{}]}]}""", "messages.0.content.0")]
    [InlineData("""{"messages":[{"role":"user","content":[{"image":{"source":{"bytes":"AA"}}}]}]}""", "messages.0.content.0.format")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"a"}]}],"inferenceConfig":{"maxTokens":0}}""", "inferenceConfig.maxTokens")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"a"}]}],"toolConfig":{"tools":[{"toolSpec":{}}]}}""", "toolConfig.tools.0.toolSpec.name")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"a"}]}],"toolConfig":{"toolChoice":{"none":{}}}}""", "toolConfig.toolChoice")]
    [InlineData("""{"messages":[{"role":"user","content":[{"toolResult":{"content":[]}}]}]}""", "toolUseId")]
    public void What_is_wrong_is_named(string body, string words)
        => Should.Throw<WireException>(() => Read(body)).Error.Message.ShouldContain(words);

    [Fact]
    public void A_stream_is_read_back_as_it_was_told()
    {
        var (exchange, output) = (Exchange(Sonnet), new ArrayBufferWriter<byte>());
        var told = new AnswerNormalizer(exchange, ConverseClient.Instance.OpenStream(exchange, output));
        Tell(told);
        var frames = Frames(output.WrittenMemory);
        frames.Select(frame => frame.Name).ShouldBe([
            "messageStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "contentBlockDelta", "contentBlockDelta", "contentBlockStop", "contentBlockStart", "contentBlockDelta", "contentBlockDelta", "contentBlockStop",
            "messageStop", "metadata",
        ]);
        frames[1].Data.ShouldBe("""{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Let me"}}}""");
        frames[2].Data.ShouldBe("""{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"EqQB"}}}""");
        frames[7].Data.ShouldBe("""{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"tooluse_x1","name":"ls"}}}""");
        frames[^2].Data.ShouldBe("""{"stopReason":"tool_use"}""");
        frames[^1].Data.ShouldStartWith("""{"usage":{"inputTokens":12,"outputTokens":30,"totalTokens":1066,"cacheReadInputTokens":1024},"metrics":{"latencyMs":""");

        // Whoever reads Bedrock's streams reads ours, however torn.
        for (var size = 1; size < output.WrittenCount; size += size < 20 ? 1 : 131)
        {
            var folder = new AnswerAggregator();
            var normalizer = new AnswerNormalizer(exchange, folder);
            var reader = ConverseUpstream.Instance.OpenStream(exchange, normalizer);
            foreach (var (name, data) in Frames(output.WrittenMemory, size)) reader.Read(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(data));
            normalizer.Complete();
            var answer = folder.Answer;
            answer.Blocks.Count.ShouldBe(3);
            (((ReasoningBlock)answer.Blocks[0]).Signature.ToString(), ((TextBlock)answer.Blocks[1]).Text.ToString(), ((ToolCallBlock)answer.Blocks[2]).Arguments.Text.ToString()).ShouldBe(("EqQB", "Hel\"lo\n😀", """{"path":"."}"""));
            answer.Usage.ShouldBe(new TokenUsage { InputTokens = 1036, OutputTokens = 30, CachedTokens = 1024 });
        }
    }

    [Fact]
    public void A_whole_answer_says_the_same_as_its_stream()
    {
        var exchange = Exchange(Sonnet);
        var folder = new AnswerAggregator();
        Tell(new AnswerNormalizer(exchange, folder));
        var output = new ArrayBufferWriter<byte>();
        ConverseClient.Instance.WriteAnswer(folder.Answer, exchange, output);
        var answer = JsonNode.Parse(output.WrittenSpan)!;
        JsonNode.DeepEquals(answer["output"], JsonNode.Parse(
            """{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Let me","signature":"EqQB"}}},{"text":"Hel\"lo\n😀"},{"toolUse":{"toolUseId":"tooluse_x1","name":"ls","input":{"path":"."}}}]}}""")).ShouldBeTrue(answer.ToJsonString());
        answer["stopReason"]!.GetValue<string>().ShouldBe("tool_use");
        answer["metrics"]!["latencyMs"]!.GetValue<long>().ShouldBe(0);
    }

    [Theory]
    [InlineData(ErrorKind.RateLimit, "throttlingException", "ThrottlingException", 429)]
    [InlineData(ErrorKind.Overloaded, "serviceUnavailableException", "ServiceUnavailableException", 503)]
    [InlineData(ErrorKind.InvalidRequest, "validationException", "ValidationException", 400)]
    [InlineData(ErrorKind.Api, "internalServerException", "InternalServerException", 500)]
    [InlineData(ErrorKind.Authentication, "internalServerException", "UnrecognizedClientException", 403)]
    [InlineData(ErrorKind.NotFound, "internalServerException", "ResourceNotFoundException", 404)]
    [InlineData(ErrorKind.Timeout, "modelStreamErrorException", "ModelTimeoutException", 408)]
    public void Errors_are_AWSs_in_a_stream_and_before_one(ErrorKind kind, string name, string type, int status)
    {
        var (exchange, output) = (Exchange(Sonnet), new ArrayBufferWriter<byte>());
        var error = new WireError(kind, "It broke.");
        ConverseClient.Instance.OpenStream(exchange, output).Write(AnswerEvent.Failed(error));
        Frames(output.WrittenMemory).ShouldBe([(name, """{"message":"It broke."}""")]);
        (ConverseClient.Instance.StatusOf(error), ConverseClient.Instance.ErrorHeader(error)).ShouldBe((status, new KeyValuePair<string, string>("x-amzn-errortype", type)));
    }

    [Fact]
    public void Another_familys_reasoning_comes_back_with_its_own_signature()
    {
        var exchange = Exchange("gpt-5.2");
        exchange.Request.Reasoning = new ReasoningOptions { Mode = ReasoningMode.On };
        var output = new ArrayBufferWriter<byte>();
        var told = new AnswerNormalizer(exchange, ConverseClient.Instance.OpenStream(exchange, output));
        told.Write(AnswerEvent.Started(new AnswerStart()));
        told.Write(AnswerEvent.BlockStarted(0, new BlockStart { Kind = AnswerBlockKind.Reasoning, Id = "rs_1", IsSummary = true }));
        told.Write(AnswerEvent.ReasoningDelta(0, JsonText.From("so")));
        told.Write(AnswerEvent.SignatureDelta(0, JsonText.From("gAAAAsealed")));
        told.Write(AnswerEvent.BlockEnded(0));
        told.Write(AnswerEvent.Finished(new Finish(FinishReason.Stop)));
        var signature = JsonNode.Parse(Frames(output.WrittenMemory).Single(frame => frame.Data.Contains("signature", StringComparison.Ordinal)).Data)!["delta"]!["reasoningContent"]!["signature"]!.GetValue<string>();
        var back = Read("""{"messages":[{"role":"user","content":[{"text":"q"}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"so","signature":"SIGNATURE"}}}]},{"role":"user","content":[{"text":"r"}]}]}""".Replace("SIGNATURE", signature, StringComparison.Ordinal));
        var block = back.Turns[1].Blocks[0].ShouldBeOfType<ReasoningBlock>();
        (block.Signature.ToString(), block.Family, block.Id, block.IsSummary).ShouldBe(("gAAAAsealed", SignatureFamily.OpenAi, "rs_1", true));
    }

    [Fact]
    public void A_count_asks_for_either_form()
    {
        ConverseClient.Instance.ReadCountRequest("""{"input":{"converse":{"messages":[{"role":"user","content":[{"text":"hi"}]}]}}}"""u8.ToArray(), new RequestTarget("m")).Turns.Count.ShouldBe(1);
        Should.Throw<WireException>(() => ConverseClient.Instance.ReadCountRequest("""{"input":{}}"""u8.ToArray()));
    }

    private static void Tell(AnswerNormalizer told)
    {
        told.Write(AnswerEvent.Started(new AnswerStart()));
        told.Write(AnswerEvent.BlockStarted(0, BlockStart.Reasoning));
        told.Write(AnswerEvent.ReasoningDelta(0, JsonText.From("Let me")));
        told.Write(AnswerEvent.SignatureDelta(0, JsonText.From("Eq")));
        told.Write(AnswerEvent.SignatureDelta(0, JsonText.From("QB")));
        told.Write(AnswerEvent.BlockEnded(0));
        told.Write(AnswerEvent.BlockStarted(1, BlockStart.Text));
        told.Write(AnswerEvent.TextDelta(1, JsonText.From("Hel\"lo\n")));
        told.Write(AnswerEvent.TextDelta(1, JsonText.From("😀")));
        told.Write(AnswerEvent.BlockEnded(1));
        told.Write(AnswerEvent.BlockStarted(2, new BlockStart { Kind = AnswerBlockKind.ToolCall, Id = "tooluse_x1", Name = "ls" }));
        told.Write(AnswerEvent.ToolArgumentsDelta(2, JsonText.From("""{"path":""")));
        told.Write(AnswerEvent.ToolArgumentsDelta(2, JsonText.From("\".\"}")));
        told.Write(AnswerEvent.BlockEnded(2));
        told.Write(AnswerEvent.UsageChanged(new TokenUsage { InputTokens = 1036, OutputTokens = 30, CachedTokens = 1024 }));
        told.Write(AnswerEvent.Finished(new Finish(FinishReason.ToolCalls)));
    }

    private static ConversationRequest Read(string body) => ConverseClient.Instance.ReadRequest(Encoding.UTF8.GetBytes(body), new RequestTarget(Sonnet, Stream: false));

    private static TranslationContext Exchange(string model) => new(new ConversationRequest { Source = Protocol.BedrockConverse, Model = model }, new UpstreamModel(model));

    private static (JsonNode Written, Losses Losses) There(string body, string model)
    {
        var exchange = new TranslationContext(Read(body), new UpstreamModel(model));
        var output = new ArrayBufferWriter<byte>();
        ConverseUpstream.Instance.WriteRequest(exchange, output);
        return (JsonNode.Parse(output.WrittenSpan)!, exchange.Losses);
    }

    private static List<(string Name, string Data)> Frames(ReadOnlyMemory<byte> bytes, int size = int.MaxValue)
    {
        var frames = new List<(string, string)>();
        using var reader = new AwsEventStreamReader();
        for (long at = 0; at < bytes.Length; at += size)
        {
            reader.Append(bytes.Span[(int)at..(int)Math.Min(at + size, bytes.Length)]);
            while (reader.TryRead(out var frame)) frames.Add((Encoding.UTF8.GetString(frame.Name.Span), Encoding.UTF8.GetString(frame.Payload.Span)));
        }

        return frames;
    }
}
