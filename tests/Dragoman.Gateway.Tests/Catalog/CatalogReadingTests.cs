using System.Text;
using Dragoman.Gateway.Catalog;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Tests.Catalog;

public sealed class CatalogReadingTests
{
    [Fact]
    public void Our_own_form_is_that_of_the_tables_that_ship()
    {
        var data = Read("""
            {"models": [{"id": "gpt-9.1", "name": "GPT-9.1", "context": 2000000, "output": 200000, "inputs": ["text", "image"], "tools": true, "reasoning": "effort", "efforts": ["low", "max"], "created": "2027-01-02", "retires": "2028-01-01"}],
             "prices": [{"model": "gpt-9.1", "input": 3, "output": 9, "cached": 0.3, "above": [{"tokens": 272000, "input": 6, "output": 18}]}]}
            """);
        data.Form.ShouldBe("dragoman");
        var catalog = ModelCatalog.BuiltIn.With(data.Models);
        var facts = catalog.Find("openai/gpt-9.1-2027-01-02").ShouldNotBeNull();
        (facts.Vendor, facts.ContextWindow, facts.MaxOutputTokens, facts.Images, facts.Reasoning).ShouldBe(("openai", 2_000_000, 200_000, true, ReasoningStyle.Effort));
        facts.Created.ShouldBe(1_798_848_000);
        facts.Retires.ShouldBe(new DateOnly(2028, 1, 1));
        catalog.All[0].Id.ShouldBe("gpt-9.1");
        catalog.Find("claude-opus-5-5").ShouldBe(ModelCatalog.BuiltIn.Find("claude-opus-5-5"));
        var book = new PriceCatalog([]);
        book.List(data.Prices);
        book.Find("openai", "gpt-9.1")!.Rates.Cached.ShouldBe(0.3m);
        book.Find("openai", "gpt-9.1")!.Above.ShouldHaveSingleItem().Tokens.ShouldBe(272_000);
    }

    [Fact]
    public void A_list_counts_more_than_the_table_and_says_nothing_where_it_is_silent()
    {
        var data = Read("""{"models": [{"id": "claude-opus-5-5", "context": 3000000}], "prices": [{"model": "claude-opus-5-5", "input": 1, "output": 2}]}""");
        var facts = ModelCatalog.BuiltIn.With(data.Models).Find("claude-opus-5-5")!;
        facts.ContextWindow.ShouldBe(3_000_000);
        facts.MaxOutputTokens.ShouldBe(128_000);
        facts.Reasoning.ShouldBe(ReasoningStyle.Adaptive);
        var owners = new ModelPrice { Model = "claude-*", Rates = new PriceRates { Input = 7, Output = 8 }, Source = "config" };
        var book = new PriceCatalog([]);
        book.List(data.Prices);
        book.Find("claude", "claude-opus-5-5")!.Rates.Input.ShouldBe(1);
        book.Configure([owners]);
        book.Find("claude", "claude-opus-5-5")!.Rates.Input.ShouldBe(7);
        book.Configure([]);
        book.List([]);
        book.Find("claude", "claude-opus-5-5")!.Rates.Input.ShouldBe(4);
    }

    [Fact]
    public void Of_OpenRouters_list_its_prices_are_taken_and_hold_there_alone()
    {
        var data = Read("""
            {"data": [
              {"id": "openrouter/auto", "name": "Auto", "context_length": 2000000, "pricing": {"prompt": "-1", "completion": "-1"}},
              {"id": "anthropic/claude-opus-5.5", "name": "Claude Opus 5.5", "pricing": {"prompt": "0.0000045", "completion": "0.0000225", "input_cache_read": "0.00000045", "input_cache_write": "0.0000055", "internal_reasoning": "0", "web_search": "0.01"}},
              {"id": "deepseek/deepseek-v9:free", "pricing": {"prompt": "0", "completion": "0"}},
              {"id": "deepseek/deepseek-v9", "pricing": {"prompt": "0.0000003", "completion": "0.000001"}},
              {"id": "odd/one", "pricing": {"prompt": "cheap", "completion": "7"}}, 7]}
            """);
        (data.Form, data.Models.Count, data.Prices.Count).ShouldBe(("openrouter", 0, 3));
        var book = new PriceCatalog([]);
        book.List(data.Prices);
        var there = book.Find("openrouter", "anthropic/claude-opus-5.5")!.Rates;
        (there.Input, there.Output, there.Cached, there.CacheWrite, there.Reasoning).ShouldBe((4.5m, 22.5m, 0.45m, 5.5m, null));
        book.Find("claude", "claude-opus-5-5")!.Rates.Input.ShouldBe(4, "the maker's own price");
        book.Find("openrouter", "deepseek/deepseek-v9")!.Rates.Input.ShouldBe(0.3m);
        book.Find("openrouter", "deepseek/deepseek-v9:free")!.Rates.Output.ShouldBe(0);
        book.Find("openrouter", "openrouter/auto").ShouldBeNull();
        book.Find("openai", "deepseek-v9").ShouldBeNull();
    }

    [Fact]
    public void The_form_of_models_dev_is_read()
    {
        var data = Read("""
            {"anthropic": {"id": "anthropic", "models": {"claude-opus-9": {"id": "claude-opus-9", "name": "Claude Opus 9", "tool_call": true, "release_date": "2027-02-03",
              "modalities": {"input": ["text", "image", "pdf"], "output": ["text"]}, "limit": {"context": 2000000, "output": 256000},
              "cost": {"input": 4, "output": 20, "cache_read": 0.4, "cache_write": 5, "context_over_200k": {"input": 8, "output": 30}}},
              "odd": {"limit": {"context": "many", "output": -4}, "cost": {"input": "free"}}, "odder": 7}},
             "reseller": {"models": {"claude-opus-9": {"limit": {"context": 1}, "cost": {"input": 99, "output": 99}}}}}
            """);
        data.Form.ShouldBe("models.dev");
        data.Models.Select(model => model.Id).ShouldBe(["claude-opus-9", "odd"], ignoreOrder: true);
        var facts = data.Models.Single(model => model.Id == "claude-opus-9").Facts;
        (facts.Vendor, facts.DisplayName, facts.ContextWindow, facts.MaxOutputTokens, facts.Images, facts.Tools).ShouldBe(("anthropic", "Claude Opus 9", 2_000_000, 256_000, true, true));
        var price = data.Prices.ShouldHaveSingleItem();
        (price.Rates.Input, price.Rates.CacheWrite, price.Above.Single().Rates.Input).ShouldBe((4m, 5m, 8m));
    }

    [Fact]
    public void LiteLLMs_form_is_read()
    {
        var data = Read("""
            {"sample_spec": {"max_tokens": "set to max", "litellm_provider": "one of"},
             "claude-opus-9": {"litellm_provider": "anthropic", "mode": "chat", "max_input_tokens": 2000000, "max_output_tokens": 256000, "input_cost_per_token": 4e-06, "output_cost_per_token": 2e-05,
               "cache_read_input_token_cost": 4e-07, "input_cost_per_token_above_200k_tokens": 8e-06, "output_cost_per_token_above_200k_tokens": 3e-05, "supports_vision": true, "supports_function_calling": true, "deprecation_date": "2028-05-06"},
             "gemini/gemini-9": {"litellm_provider": "gemini", "mode": "chat", "max_tokens": 8192, "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
             "us.anthropic.claude-opus-9-v1:0": {"litellm_provider": "bedrock_converse", "mode": "chat", "input_cost_per_token": 5e-06, "output_cost_per_token": 2.5e-05},
             "dall-e-9": {"litellm_provider": "openai", "mode": "image_generation", "input_cost_per_token": 1},
             "azure/gpt-9": {"litellm_provider": "azure", "mode": "chat", "max_tokens": 5}}
            """);
        data.Form.ShouldBe("litellm");
        data.Models.Select(model => model.Id).ShouldBe(["claude-opus-9", "gemini-9"], ignoreOrder: true);
        data.Models[0].Facts.Retires.ShouldBe(new DateOnly(2028, 5, 6));
        var book = new PriceCatalog([]);
        book.List(data.Prices);
        book.Find("claude", "claude-opus-9-20280101")!.Rates.ShouldBe(new PriceRates { Input = 4, Output = 20, Cached = 0.4m });
        book.Find("claude", "claude-opus-9")!.Above.Single().Rates.Output.ShouldBe(30);
        book.Find("bedrock", "us.anthropic.claude-opus-9-v1:0")!.Rates.Input.ShouldBe(5);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("<html></html>")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"error": {"message": "rate limited"}}""")]
    [InlineData("""{"models": []}""")]
    [InlineData("""{"models": ["gpt-9"]}""")]
    [InlineData("""{"models": [{"id": ""}]}""")]
    [InlineData("""{"models": [{"id": "a", "context": -1}]}""")]
    [InlineData("""{"models": [{"id": "a", "context": 1e99}]}""")]
    [InlineData("""{"models": [{"id": "a", "reasoning": "much"}]}""")]
    [InlineData("""{"models": [{"id": "a", "retires": "soon"}]}""")]
    [InlineData("""{"models": [{"id": "a-1"}, {"id": "A.1"}]}""")]
    [InlineData("""{"prices": [{"model": "a", "input": -1, "output": 1}]}""")]
    [InlineData("""{"prices": [{"model": "a", "input": 1}]}""")]
    [InlineData("""{"prices": [{"model": "a", "input": "1", "output": 1}]}""")]
    public void What_is_no_list_is_refused_whole(string json)
        => Should.Throw<CatalogException>(() => Read(json)).Message.ShouldNotBeEmpty();

    private static CatalogData Read(string json) => CatalogReader.Read(Encoding.UTF8.GetBytes(json));
}
