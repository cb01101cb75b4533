using Dragoman.Gateway.Catalog;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Tests.Catalog;

public sealed class ModelCatalogTests
{
    private static readonly ModelCatalog Catalogue = ModelCatalog.BuiltIn;

    [Theory]
    [InlineData("claude-sonnet-4-5", "Claude Sonnet 4.5")]
    [InlineData("claude-sonnet-4-5-20250929", "Claude Sonnet 4.5")]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5")]
    [InlineData("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1", "Claude Opus 4.6")]
    [InlineData("anthropic/claude-sonnet-4.5", "Claude Sonnet 4.5")]
    [InlineData("claude-sonnet-4@20250514", "Claude Sonnet 4")]
    [InlineData("claude-sonnet-4-20250514", "Claude Sonnet 4")]
    [InlineData("claude-sonnet-4-6[1m]", "Claude Sonnet 4.6")]
    [InlineData("gpt-4o-2024-11-20", "GPT-4o")]
    [InlineData("gpt-4o-mini-2024-07-18", "GPT-4o mini")]
    [InlineData("openai/gpt-4.1-mini:free", "GPT-4.1 mini")]
    [InlineData("GPT-5", "GPT-5")]
    [InlineData("gemini-2.5-pro-preview-05-06", "Gemini 2.5 Pro")]
    [InlineData("models/gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite")]
    [InlineData("amazon.nova-pro-v1:0", "Nova Pro")]
    [InlineData("o3-mini-2025-01-31", "o3-mini")]
    [InlineData("kimi-k2-0905-preview", "Kimi K2")]
    public void A_model_is_known_by_any_of_its_names(string name, string display) => Catalogue.Find(name)!.DisplayName.ShouldBe(display);

    [Theory]
    [InlineData("claude-opus-4-9", "anthropic", 128_000)]
    [InlineData("claude-newborn-7", "anthropic", 128_000)]
    [InlineData("gpt-5.9", "openai", null)]
    [InlineData("gpt-4-32k", "openai", 8192)]
    [InlineData("kimi-k2.9", "moonshot", null)]
    public void A_newer_version_is_not_taken_for_an_older_one(string name, string vendor, int? output)
    {
        var facts = Catalogue.Find(name)!;
        facts.Vendor.ShouldBe(vendor);
        facts.MaxOutputTokens.ShouldBe(output);
    }

    [Fact]
    public void Unknown_names_are_unknown() => Catalogue.Find("my-own-model").ShouldBeNull();

    [Fact]
    public void What_models_are_told_to_reason_by_is_known()
    {
        Catalogue.Find("claude-opus-4-6")!.Reasoning.ShouldBe(ReasoningStyle.Adaptive);
        Catalogue.Find("claude-opus-4-5")!.Reasoning.ShouldBe(ReasoningStyle.Budget);
        Catalogue.Find("gemini-2.5-pro")!.Reasoning.ShouldBe(ReasoningStyle.Budget);
        Catalogue.Find("gemini-3-pro-preview")!.Reasoning.ShouldBe(ReasoningStyle.Level);
        Catalogue.Find("gpt-5-mini")!.Efforts.ShouldBe(["minimal", "low", "medium", "high"]);
    }

    [Fact]
    public void Every_entry_makes_sense()
    {
        Catalogue.All.Count.ShouldBeGreaterThan(80);
        foreach (var model in Catalogue.All)
        {
            model.Facts.DisplayName.ShouldNotBeNullOrEmpty(model.Id);
            model.Facts.Vendor.ShouldNotBeNullOrEmpty(model.Id);
            Catalogue.Find(model.Id).ShouldBe(model.Facts, model.Id);
            CanonicalName.VendorOf(CanonicalName.Normalize(model.Id)).ShouldBe(model.Facts.Vendor, model.Id);
        }
    }
}
