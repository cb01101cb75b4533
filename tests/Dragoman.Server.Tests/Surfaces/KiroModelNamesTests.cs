using Dragoman.Gateway.Routing;
using Dragoman.Server.Surfaces.Kiro;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>Names of models at a Kiro proxy: wire note kiro-and-bedrock.md C.1, C.2.</summary>
[Trait("speed", "fast")]
public sealed class KiroModelNamesTests
{
    [Theory]
    [InlineData("gpt-4o", "claude-sonnet-4")]
    [InlineData("gpt-4", "claude-sonnet-4")]
    [InlineData("gpt-4o-mini", "claude-haiku-4.5")]
    [InlineData("gpt-3.5-turbo", "claude-haiku-4.5")]
    [InlineData("o1", "claude-opus-4.5")]
    [InlineData("o1-preview", "claude-opus-4.5")]
    [InlineData("gpt-4-turbo", "claude-sonnet-4")]
    [InlineData("o3", "claude-opus-4.5")]
    [InlineData("o4-mini", "claude-sonnet-4")]
    [InlineData("o3-mini", "claude-sonnet-4")]
    [InlineData("claude-3-5-sonnet-latest", "claude-sonnet-4")]
    [InlineData("claude-3-5-sonnet-20241022", "claude-sonnet-4")]
    [InlineData("claude-3-sonnet-20240229", "claude-sonnet-4")]
    [InlineData("claude-3-5-haiku-20241022", "claude-haiku-4.5")]
    [InlineData("claude-3-haiku-20240307", "claude-haiku-4.5")]
    [InlineData("claude-3-opus-latest", "claude-opus-4.5")]
    [InlineData("claude-3-7-sonnet-20250219", "CLAUDE_3_7_SONNET_20250219_V1_0")]
    [InlineData("gemini-1.5-pro", "claude-sonnet-4.5")]
    [InlineData("gemini-2.0-flash-thinking", "claude-opus-4.5")]
    [InlineData("auto-kiro", "auto")]
    [InlineData("OPUS", "claude-opus-4.5")]
    [InlineData("", "claude-sonnet-4")]
    // What is no alias stays what the client says: the service knows these spellings.
    [InlineData("claude-sonnet-4-20250514", "claude-sonnet-4-20250514")]
    [InlineData("deepseek-3.2", "deepseek-3.2")]
    [Trait("check", "kiro N3")]
    [Trait("check", "kiro N6")]
    [Trait("check", "kiro N7")]
    [Trait("check", "kiro N8")]
    [Trait("check", "kiro N9")]
    public void An_alias_means_its_model_where_nobody_knows_what_is_there(string requested, string model) => KiroModelNames.Resolve(requested, [], static _ => false).ShouldBe(model);

    [Theory]
    [InlineData("claude-sonnet-4-5-20250929", "claude-sonnet-4.5")]
    [InlineData("claude-sonnet-4-5", "claude-sonnet-4.5")]
    [InlineData("claude-sonnet-4-20250514", "claude-sonnet-4")]
    [InlineData("claude-4.5-opus-high", "claude-opus-4.5")]
    [InlineData("claude-haiku-4-5-latest", "claude-haiku-4.5")]
    [InlineData("claude-3-7-sonnet-latest", "claude-3.7-sonnet")]
    [InlineData("gpt-4o", "gpt-4o")]
    public void Versions_are_spelled_as_the_service_does(string name, string spelling) => KiroModelNames.Normalize(name).ShouldBe(spelling);

    [Fact]
    public void A_model_that_is_gone_is_replaced_by_the_newest_of_its_family()
    {
        IReadOnlyList<VisibleModel> models = [Served("claude-sonnet-4-5"), Served("claude-sonnet-5"), Served("claude-haiku-4-5")];
        KiroModelNames.Resolve("gpt-4o", models, static _ => false).ShouldBe("claude-sonnet-5");
        KiroModelNames.Resolve("gpt-4o", models, static name => name == "claude-sonnet-4").ShouldBe("claude-sonnet-4", "the service has it, though nobody shows it");
        KiroModelNames.Resolve("o1", models, static _ => false).ShouldBe("claude-opus-4.5", "there is none of its family");
        KiroModelNames.Resolve("claude-haiku-4.5", models, static _ => false).ShouldBe("claude-haiku-4.5", "what is served in another spelling stays");
        KiroModelNames.Resolve("gpt-4o", [.. models, Served("gpt-4o")], static _ => false).ShouldBe("gpt-4o");
    }

    private static VisibleModel Served(string id) => new(id, new(), [new Dragoman.Gateway.Accounts.Account { Id = "kiro-1", Label = "k", Provider = "kiro", Protocol = Dragoman.Protocols.Protocol.CodeWhisperer, BaseUrl = "http://127.0.0.1:9", Credential = new Dragoman.Gateway.Accounts.ApiKeyCredential("ksk_1") }]);
}
