using System.ClientModel;
using System.Text;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;

namespace Dragoman.Emulators.Tests;

/// <summary>The providers' own SDKs take the emulator for the provider.</summary>
public sealed class SdkTests
{
    [Fact]
    public async Task OpenAI_s_SDK_streams_a_tool_call()
    {
        await using var emulator = await Emulator.StartAsync();
        var client = new OpenAIClient(new ApiKeyCredential("test"), new OpenAIClientOptions { Endpoint = new Uri(emulator.Host.Address, "v1") }).GetChatClient("gpt-5.2");
        var options = new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("weather", "Weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")) },
        };
        var arguments = new StringBuilder();
        ChatFinishReason? finish = null;
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("call:weather {\"city\":\"Oslo\"}")], options))
        {
            foreach (var call in update.ToolCallUpdates)
                arguments.Append(call.FunctionArgumentsUpdate?.ToString());
            finish = update.FinishReason ?? finish;
        }

        arguments.ToString().ShouldBe("""{"city":"Oslo"}""");
        finish.ShouldBe(ChatFinishReason.ToolCalls);
    }

    [Fact]
    public async Task Anthropic_s_SDK_reads_a_message()
    {
        await using var emulator = await Emulator.StartAsync();
        var client = new AnthropicClient { ApiKey = "test", BaseUrl = emulator.Host.Address.ToString().TrimEnd('/') };
        var message = await client.Messages.Create(new MessageCreateParams
        {
            Model = "claude-sonnet-4-5",
            MaxTokens = 100,
            Messages = [new UserMessageParam { Content = "say:hello" }],
        });
        message.ToString().ShouldContain("hello");
        emulator.Host.Requests[0].Refused.ShouldBeNull();
    }
}
