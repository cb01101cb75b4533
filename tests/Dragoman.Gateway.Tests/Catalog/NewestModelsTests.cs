using System.Text.RegularExpressions;
using Dragoman.Gateway.Catalog;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Tests.Catalog;

/// <summary>The newest models of each vendor on 2026-11-29, by their public lists. When this fails to name today's, the catalogue is to be brought up.</summary>
public sealed partial class NewestModelsTests
{
    private static readonly DateOnly Today = new(2026, 11, 29);

    [Theory]
    [InlineData("anthropic", "claude-opus-5-5", 1_000_000, 128_000, 4, 20)]
    [InlineData("anthropic", "claude-sonnet-5-5", 1_000_000, 128_000, 2, 10)]
    [InlineData("anthropic", "claude-haiku-5-5", 1_000_000, 128_000, 0.1, 0.5)]
    [InlineData("anthropic", "claude-fable-5-2", 1_000_000, 128_000, 8, 40)]
    [InlineData("openai", "gpt-6.2-sol", 1_050_000, 128_000, 2, 10)]
    [InlineData("openai", "gpt-6.2-astra", 1_050_000, 128_000, 8, 40)]
    [InlineData("openai", "gpt-6.1-terra", 1_050_000, 128_000, 1, 5)]
    [InlineData("openai", "gpt-6-luna", 1_050_000, 128_000, 0.1, 0.5)]
    [InlineData("google", "gemini-4-neon", 1_048_576, 65_536, 3, 15)]
    [InlineData("google", "gemini-4-hydrogen", 1_048_576, 65_536, 1.5, 7.5)]
    [InlineData("google", "gemini-3.8-flash", 1_048_576, 65_536, 0.75, 3.75)]
    [InlineData("xai", "grok-4.7", 500_000, 500_000, 2, 6)]
    [InlineData("moonshot", "kimi-k3.1-pro", 1_048_576, null, 2, 10)]
    [InlineData("deepseek", "deepseek-flash", 1_000_000, 384_000, 0.3, 1.2)]
    [InlineData("deepseek", "deepseek-v4-pro", 1_000_000, 384_000, 1.32, 3.96)]
    [InlineData("zai", "glm-5.3", 1_000_000, 131_072, 1.4, 4.4)]
    [InlineData("qwen", "qwen4-max", 1_000_000, 393_216, 1.5, 4.5)]
    [InlineData("qwen", "qwen3.8-flash", 1_000_000, 131_072, 0.15, 0.47)]
    [InlineData("minimax", "MiniMax-M3.1-Flash", 1_000_000, 524_288, 0.15, 0.6)]
    [InlineData("mistral", "mistral-large-4", 1_048_576, 262_144, 0.7, 2.1)]
    [InlineData("amazon", "nova-2-lite", 1_000_000, 65_535, 0.33, 2.75)]
    [InlineData("meta", "muse-wonder-1.0", 1_048_576, 131_072, 4, 20)]
    [InlineData("xiaomi", "mimo-v2.6-pro", 1_048_576, 131_072, 0.435, 0.87)]
    public void Each_vendors_newest_are_known_whole(string vendor, string model, int context, int? output, double input, double answer)
    {
        var facts = ModelCatalog.BuiltIn.Find(model).ShouldNotBeNull();
        facts.Vendor.ShouldBe(vendor);
        facts.ContextWindow.ShouldBe(context);
        facts.MaxOutputTokens.ShouldBe(output);
        facts.Images.ShouldNotBeNull();
        facts.Tools.ShouldBe(true);
        facts.Retires.ShouldBeNull();
        ModelCatalog.BuiltIn.All.ShouldContain(entry => entry.Id == model && entry.Listed);
        var price = new PriceCatalog([]).Find(vendor == "amazon" ? "bedrock" : "openai", model).ShouldNotBeNull();
        price.Rates.Input.ShouldBe((decimal)input);
        price.Rates.Output.ShouldBe((decimal)answer);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", "2026-11-30")]
    [InlineData("us.anthropic.claude-opus-4-5-20251101-v1:0", "2027-01-22")]
    [InlineData("gpt-5-mini", "2026-12-11")]
    [InlineData("gpt-5.1", "2027-04-01")]
    [InlineData("gemini-2.5-pro", "2026-12-01")]
    [InlineData("deepseek-chat", "2026-07-24")]
    [InlineData("grok-4-fast", "2026-05-15")]
    public void The_days_on_which_models_end_are_known(string model, string day)
        => ModelCatalog.BuiltIn.Find(model)!.Retires.ShouldBe(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void What_has_ended_is_known_and_not_shown()
        => ModelCatalog.BuiltIn.All.Where(model => model.Facts.Retires <= Today && model.Listed).Select(model => model.Id).ShouldBeEmpty();

    [Theory]
    [InlineData("gpt-6.2-sol", ReasoningStyle.Effort)]
    [InlineData("gemini-4-neon", ReasoningStyle.Level)]
    [InlineData("claude-opus-5-5", ReasoningStyle.Adaptive)]
    [InlineData("claude-opus-7", ReasoningStyle.Adaptive)]
    public void How_the_newest_reason_is_known(string model, ReasoningStyle style) => ModelCatalog.BuiltIn.Find(model)!.Reasoning.ShouldBe(style);

    /// <summary>Examples are copied: none may name a model that has ended, or ends within a month.</summary>
    [Fact]
    public void No_page_and_no_command_recommends_a_model_that_ends()
    {
        if (Root() is not { } root) return;
        var files = Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("fidelity.md" or "performance.md"))
            .Append(Path.Combine(root, "README.md"))
            .Concat(Directory.EnumerateFiles(Path.Combine(root, "src", "Dragoman.Cli", "Connect"), "*.cs", SearchOption.AllDirectories))
            // What Gemini CLI asks for by itself is a list of names to replace.
            .Where(file => Path.GetFileName(file) != "GeminiHelperModels.cs");
        var ending = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            foreach (Match match in ModelName().Matches(File.ReadAllText(file)))
            {
                if (ModelCatalog.BuiltIn.Find(match.Value)?.Retires < Today.AddMonths(1)) ending.Add($"{Path.GetRelativePath(root, file)}: {match.Value}");
            }
        }

        ending.ShouldBeEmpty();
    }

    private static string? Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) return folder.FullName;
        return null;
    }

    [GeneratedRegex(@"\b(claude-(opus|sonnet|haiku|fable|3)-[0-9][a-z0-9.-]*|gpt-[0-9][a-z0-9.-]*[a-z0-9]|gemini-[0-9][a-z0-9.-]*[a-z0-9]|deepseek-(chat|reasoner)|grok-[0-9][a-z0-9.-]*[a-z0-9]|\bo[134](-mini)?\b)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ModelName();
}
