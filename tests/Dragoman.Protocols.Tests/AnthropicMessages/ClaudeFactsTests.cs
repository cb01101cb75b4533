using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

public sealed class ClaudeFactsTests
{
    [Theory]
    [InlineData("claude-opus-4-7", "Adaptive", 128000)]
    [InlineData("claude-opus-4.8", "Adaptive", 128000)]
    [InlineData("anthropic.claude-opus-4-6-v1", "Both", 128000)]
    [InlineData("global.anthropic.claude-sonnet-4-6", "Both", 128000)]
    [InlineData("claude-fable-5[1m]", "Adaptive", 128000)]
    [InlineData("claude-opus-5-5", "Adaptive", 128000)]
    [InlineData("global.anthropic.claude-haiku-5-5", "Adaptive", 128000)]
    [InlineData("anthropic/claude-sonnet-5.5", "Adaptive", 128000)]
    [InlineData("claude-fable-5-2", "Adaptive", 128000)]
    [InlineData("claude-haiku-4-5-20251001", "Enabled", 64000)]
    [InlineData("us.anthropic.claude-opus-4-1-20250805-v1:0", "Enabled", 32000)]
    [InlineData("claude-opus-4@20250514", "Enabled", 32000)]
    [InlineData("claude-sonnet-4-20250514", "Enabled", 64000)]
    [InlineData("anthropic.claude-3-7-sonnet-20250219-v1:0", "Enabled", 64000)]
    [InlineData("claude-3-5-haiku-20241022", "None", 8192)]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", "None", 4096)]
    [InlineData("anthropic.claude-v2:1", "None", 4096)]
    [InlineData("claude-instant-v1", "None", 4096)]
    [InlineData("kimi-k2-thinking", "Enabled", 32000)]
    public void Names_of_models_on_every_host(string id, string thinking, int maxOutput)
    {
        var facts = AnthropicModelFacts.Get(new UpstreamModel(id));
        facts.Thinking.ToString().ShouldBe(thinking);
        facts.MaxOutput.ShouldBe(maxOutput);
    }

    [Fact]
    public void The_catalogue_knows_better()
    {
        var facts = AnthropicModelFacts.Get(new UpstreamModel("claude-sonnet-4-5") { MaxOutputTokens = 5, Reasoning = ReasoningStyle.None });
        facts.MaxOutput.ShouldBe(5);
        facts.Thinking.ShouldBe(ThinkingStyle.None);
    }
}
