using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Client;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.Registry;
using Dragoman.Protocols.Tests.Support;

namespace Dragoman.Protocols.Tests.Conversation;

/// <summary>What only one provider holds or knows is refused or reported alike for every other.</summary>
public class HeldByProviderTests
{
    private static readonly (Protocol Target, string Model)[] Targets =
    [
        (Protocol.OpenAiChat, "gpt-4o"), (Protocol.OpenAiResponses, "gpt-4o"), (Protocol.AnthropicMessages, "claude-sonnet-4-5"), (Protocol.Gemini, "gemini-2.5-pro"),
        (Protocol.BedrockConverse, "anthropic.claude-sonnet-4-5-20250929-v1:0"), (Protocol.BedrockAnthropic, "anthropic.claude-sonnet-4-5-20250929-v1:0"), (Protocol.CodeWhisperer, "claude-sonnet-4.5"),
    ];

    public static TheoryData<string, string, string> Held => new()
    {
        { "chat", "OpenAi", """{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"file","file":{"file_id":"file-1"}}]}]}""" },
        { "responses", "OpenAi", """{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_file","file_id":"file-1"}]}]}""" },
        { "messages", "AnthropicMessages", """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"file","file_id":"file_1"}},{"type":"text","text":"a"}]}]}""" },
        { "messages", "AnthropicMessages", """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"file","file_id":"file_1"}}]}]}]}""" },
        { "gemini", "Gemini", """{"contents":[{"role":"user","parts":[{"text":"a"},{"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc","mimeType":"application/pdf"}}]}]}""" },
        { "gemini", "Gemini", """{"cachedContent":"cachedContents/abc","contents":[{"role":"user","parts":[{"text":"a"}]}]}""" },
    };

    [Theory, MemberData(nameof(Held))]
    public void Content_that_lies_with_a_provider_is_refused_for_every_other(string client, string home, string body)
    {
        foreach (var (target, model) in Targets)
        {
            var exchange = Of(client, body, model);
            if (target.ToString().StartsWith(home, StringComparison.Ordinal)) Should.NotThrow(() => Write(target, exchange), $"{target}");
            else Should.Throw<WireException>(() => Write(target, exchange), $"{target}").Error.Kind.ShouldBe(ErrorKind.InvalidRequest);
        }
    }

    [Fact]
    public void An_enum_as_the_whole_answer_is_reported_by_every_other()
    {
        const string body = """{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING","enum":["a","b"]}}}""";
        foreach (var (target, model) in Targets)
        {
            var exchange = Of("gemini", body, model);
            var sent = Write(target, exchange);
            var reported = exchange.Losses.Items.Select(loss => loss.Path).ToList();
            if (target == Protocol.Gemini)
            {
                sent.ShouldContain("text/x.enum");
                reported.ShouldBeEmpty();
            }
            else
            {
                reported.ShouldContain("generationConfig.responseMimeType", target.ToString());
                reported.ShouldContain("generationConfig.responseSchema", target.ToString());
            }
        }
    }

    private static TranslationContext Of(string client, string body, string model) => new(Replay.Request(client switch
    {
        "chat" => ChatClient.Instance,
        "responses" => ResponsesClient.Instance,
        "messages" => AnthropicClient.Instance,
        _ => (IClientProtocol)GeminiClient.Instance,
    }, body), new UpstreamModel(model) { Family = UpstreamModel.FamilyOf(model) });

    private static string Write(Protocol target, TranslationContext exchange) => Replay.Write(ProtocolRegistry.Upstream(target), exchange);
}
