using System.ClientModel;
using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Dragoman.Server.Tests.Conformance;

/// <content>The official .NET SDKs as clients.</content>
public abstract partial class UpstreamConformance
{
    private OpenAIClient OpenAi => new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(House.Http.BaseAddress!, "v1") });

    private AnthropicClient AnthropicSdk => new() { ApiKey = "any", BaseUrl = House.Http.BaseAddress!.ToString().TrimEnd('/') };

    [Fact]
    public async Task OpenAIs_SDK_chats_and_calls_tools()
    {
        var client = OpenAi.GetChatClient("m");
        (await client.CompleteChatAsync("say:Hello.")).Value.Content[0].Text.ShouldBe("Hello.");
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("weather", "Weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")) } };
        List<ChatMessage> messages = [new UserChatMessage("call:weather {\"city\":\"Oslo\"}")];
        var first = (await client.CompleteChatAsync(messages, options)).Value;
        first.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        messages.Add(new AssistantChatMessage(first));
        messages.Add(new ToolChatMessage(first.ToolCalls.ShouldHaveSingleItem().Id, "rain"));
        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        await foreach (var update in client.CompleteChatStreamingAsync(messages, options))
        {
            foreach (var part in update.ContentUpdate) text.Append(part.Text);
            finish = update.FinishReason ?? finish;
        }

        text.ToString().ShouldBe("weather answered: rain");
        finish.ShouldBe(ChatFinishReason.Stop);
    }

#pragma warning disable OPENAI001 // The SDK calls its Responses client experimental.
    [Fact]
    public async Task OpenAIs_SDK_asks_for_responses_and_calls_tools()
    {
        var client = OpenAi.GetResponsesClient();
        var ask = new CreateResponseOptions { Model = "m", InputItems = { ResponseItem.CreateUserMessageItem("call:weather {\"city\":\"Oslo\"}") } };
        ask.Tools.Add(ResponseTool.CreateFunctionTool("weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""), strictModeEnabled: false));
        var first = (await client.CreateResponseAsync(ask)).Value;
        var call = first.OutputItems.OfType<FunctionCallResponseItem>().ShouldHaveSingleItem();
        call.FunctionName.ShouldBe("weather");
        foreach (var item in first.OutputItems) ask.InputItems.Add(item);
        ask.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rain"));
        (await client.CreateResponseAsync(ask)).Value.GetOutputText().ShouldBe("weather answered: rain");
        ask.StreamingEnabled = true;
        var text = new StringBuilder();
        ResponseResult? last = null;
        await foreach (var update in await client.CreateResponseStreamingAsync(ask))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate piece) text.Append(piece.Delta);
            else if (update is StreamingResponseCompletedUpdate completed) last = completed.Response;
        }

        text.ToString().ShouldBe("weather answered: rain");
        last.ShouldNotBeNull().Status.ShouldBe(ResponseStatus.Completed);
    }
#pragma warning restore OPENAI001

    [Fact]
    public async Task Anthropics_SDK_reads_messages_whole_and_streamed()
    {
        var ask = new MessageCreateParams { Model = "m", MaxTokens = 500, Messages = [new UserMessageParam { Content = "say:Hello there, you." }] };
        (await AnthropicSdk.Messages.Create(ask)).ToString().ShouldContain("Hello there, you.");
        var text = new StringBuilder();
        await foreach (var item in AnthropicSdk.Messages.CreateStreaming(ask))
        {
            if (item.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece)) text.Append(piece.Text);
        }

        text.ToString().ShouldBe("Hello there, you.");
    }

    [Fact]
    public async Task Anthropics_SDK_calls_tools_and_hands_in_their_results()
    {
        var schema = new InputSchema { Properties = new Dictionary<string, JsonElement> { ["city"] = JsonSerializer.SerializeToElement(new { type = "string" }) } };
        var ask = new MessageCreateParams
        {
            Model = "m",
            MaxTokens = 500,
            Tools = [new Anthropic.Models.Messages.Tool { Name = "weather", Description = "Weather", InputSchema = schema }],
            Messages = [new UserMessageParam { Content = "call:weather {\"city\":\"Oslo\"}" }],
        };
        var first = await AnthropicSdk.Messages.Create(ask);
        first.StopReason.ShouldNotBeNull().Raw().ShouldBe("tool_use");
        ToolUseBlock? call = null;
        foreach (var block in first.Content) call = block.TryPickToolUse(out var use) ? use : call;
        call.ShouldNotBeNull().Name.ShouldBe("weather");
        call.Input["city"].GetString().ShouldBe("Oslo");
        ask = ask with
        {
            Messages =
            [
                .. ask.Messages,
                new AssistantMessageParam { Content = new List<ContentBlockParam> { new ToolUseBlockParam { ID = call.ID, Name = call.Name, Input = call.Input } } },
                new UserMessageParam { Content = new List<ContentBlockParam> { new ToolResultBlockParam { ToolUseID = call.ID, Content = "rain" } } },
            ],
        };
        var text = new StringBuilder();
        await foreach (var item in AnthropicSdk.Messages.CreateStreaming(ask))
        {
            if (item.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece)) text.Append(piece.Text);
        }

        text.ToString().ShouldBe("weather answered: rain");
    }
}
