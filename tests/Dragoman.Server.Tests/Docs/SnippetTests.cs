using System.ClientModel;
using Anthropic;
using Anthropic.Models.Messages;
using Dragoman.Server.Tests.Support;
using OpenAI;
using OpenAI.Chat;

namespace Dragoman.Server.Tests.Docs;

/// <summary>The C# snippets of docs/guide/clients.md, as they stand there but for address and model.</summary>
[Trait("speed", "fast")]
public sealed class SnippetTests
{
    [Fact]
    public async Task The_openai_snippet_works()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var client = new ChatClient("claude-1", new ApiKeyCredential("any-key"), new OpenAIClientOptions { Endpoint = new Uri(rig.Gateway.Address, "/v1") });
        (await client.CompleteChatAsync("Hello")).Value.Content[0].Text.ShouldContain("Hello");
    }

    [Fact]
    public async Task The_anthropic_snippet_works()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var client = new AnthropicClient { BaseUrl = rig.Gateway.Address.ToString().TrimEnd('/'), ApiKey = "any-key" };
        var answer = await client.Messages.Create(new MessageCreateParams
        {
            Model = "chat-1",
            MaxTokens = 200,
            Messages = [new UserMessageParam { Content = "Hello" }],
        });
        answer.ToString().ShouldContain("Hello");
    }
}
