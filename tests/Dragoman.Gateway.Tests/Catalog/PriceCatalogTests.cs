using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Tests.Catalog;

public sealed class PriceCatalogTests
{
    private static readonly PriceCatalog BuiltIn = new([]);

    [Theory]
    [InlineData("claude", "claude-sonnet-4-5", "claude-sonnet-4-5")]
    [InlineData("claude", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5")]
    [InlineData("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5")]
    [InlineData("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5")]
    [InlineData("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu.anthropic.claude-sonnet-4-5*")]
    [InlineData("openai", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5")]
    [InlineData("gemini", "claude-sonnet-4-5@20250929", "claude-sonnet-4-5")]
    [InlineData("openai", "gpt-5-mini-2025-08-07", "gpt-5-mini")]
    [InlineData("openai", "gpt-5", "gpt-5")]
    [InlineData("openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13")]
    [InlineData("gemini", "gemini-2.5-flash-preview-09-2025", "gemini-2-5-flash")]
    [InlineData("gemini", "gemini-2.0-flash-001", "gemini-2-0-flash")]
    [InlineData("bedrock", "amazon.nova-pro-v1:0", "nova-pro")]
    [InlineData("bedrock", "us.amazon.nova-lite-v1:0", "nova-lite")]
    [InlineData("openai", "kimi-k2-0905-preview", "kimi-k2-0905-preview")]
    [InlineData("openai", "glm-4.6", "glm-4-6")]
    [InlineData("openai", "deepseek-chat", "deepseek-chat")]
    [InlineData("openai", "grok-4-0709", "grok-4")]
    [InlineData("openai", "mistral-large-latest", "mistral-large-latest")]
    [InlineData("openai", "qwen3-max-2025-09-23", "qwen3-max")]
    public void Names_of_every_host_find_their_price(string provider, string model, string price)
        => BuiltIn.Find(provider, model).ShouldNotBeNull().Model.ShouldBe(price);

    [Theory]
    [InlineData("claude", "claude-sonnet-4-9")]
    [InlineData("claude", "claude-opus-4-99")]
    [InlineData("openai", "gpt-5-huge")]
    [InlineData("openai", "gpt-7")]
    [InlineData("openai", "my-model")]
    [InlineData("openai", "")]
    public void A_name_that_only_begins_like_a_known_one_has_no_price(string provider, string model)
        => BuiltIn.Find(provider, model).ShouldBeNull();

    [Fact]
    public void Models_the_catalogue_shows_have_prices()
    {
        var unknown = ModelCatalog.BuiltIn.All.Where(model => model.Listed && BuiltIn.Find("openai", model.Id) is null).Select(model => model.Id);
        unknown.ShouldBeEmpty("a new model is to be priced");
        BuiltIn.All.ShouldAllBe(price => PriceCatalog.Sources.ContainsKey(price.Source) && price.Rates.Input > 0);
        BuiltIn.All.Select(price => (price.Model, price.Provider)).ShouldBeUnique();
    }

    [Fact]
    public void Parts_of_a_prompt_have_their_own_prices()
    {
        var price = BuiltIn.Find("claude", "claude-sonnet-4-5")!;
        price.CostOf(new TokenUsage { InputTokens = 1_000_000, OutputTokens = 1_000_000 }).ShouldBe(18);
        // 100k plain, 400k read, 300k written for five minutes, 200k for an hour.
        price.CostOf(new TokenUsage { InputTokens = 1_000_000, CachedTokens = 400_000, CacheWriteTokens = 500_000, CacheWrite1HourTokens = 200_000 })
            .ShouldBe(0.1m * 3 + 0.4m * 0.3m + 0.3m * 3.75m + 0.2m * 6);
        BuiltIn.Find("openai", "gpt-5")!.CostOf(new TokenUsage { InputTokens = 1_000_000, CachedTokens = 1_000_000, ReasoningTokens = 10, OutputTokens = 100_000 }).ShouldBe(0.125m + 1);
        BuiltIn.Find("openai", "qwen-plus")!.CostOf(new TokenUsage { OutputTokens = 1_000_000, ReasoningTokens = 500_000 }).ShouldBe(0.5m * 1.2m + 0.5m * 4);
    }

    [Fact]
    public void A_long_prompt_makes_the_whole_request_dearer()
    {
        var price = BuiltIn.Find("gemini", "gemini-2.5-pro")!;
        price.CostOf(new TokenUsage { InputTokens = 200_000, OutputTokens = 1_000 }).ShouldBe(0.25m + 0.01m);
        price.CostOf(new TokenUsage { InputTokens = 200_001, OutputTokens = 1_000 }).ShouldBe(200_001 * 2.5m / 1_000_000 + 0.015m);
        price.MaxCost(300_000, 1_000).ShouldBe(0.75m + 0.015m);
    }

    [Fact]
    public void The_configuration_comes_first_and_the_closest_pattern_wins()
    {
        var config = Config.Load("""
            prices:
              - { model: "*", input: 9, output: 9 }
              - { model: "claude-*", input: 1, output: 2, cached: 0.5, cache-write: 1.5, cache-write-1h: 2, reasoning: 3, above: [ { tokens: 1000, input: 10, output: 20 } ] }
              - { model: "claude-*", provider: bedrock, input: 4, output: 5 }
            """);
        var book = new PriceCatalog(config.Prices);
        book.Find("claude", "claude-sonnet-4-5-20250929")!.Rates.ShouldBe(new PriceRates { Input = 1, Output = 2, Cached = 0.5m, CacheWrite = 1.5m, CacheWrite1Hour = 2, Reasoning = 3 });
        book.Find("claude", "claude-x")!.CostOf(new TokenUsage { InputTokens = 1001, OutputTokens = 0 }).ShouldBe(0.01001m);
        book.Find("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0")!.Rates.Input.ShouldBe(4);
        book.Find("openai", "anything")!.Rates.Input.ShouldBe(9);
        book.Configure([]);
        book.Find("openai", "anything").ShouldBeNull();
    }
}
