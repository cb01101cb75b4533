using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Api.Shared;

/// <summary>Headers that are part of a language: where they go, and where they become something else.</summary>
public sealed class ProtocolHeaderTests
{
    private const string Betas = "interleaved-thinking-2025-05-14,never-heard-of-2030-01-01";

    [Fact]
    public async Task Beta_flags_reach_anthropic_by_header_in_both_lanes()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using (await rig.PostAsync("/v1/messages", Talk.Messages("claude-1"), ("anthropic-beta", Betas)))
        {
            rig.Upstream.Requests[^1].Headers["anthropic-beta"].ShouldBe(Betas);
        }

        // A suffix on the model's name takes the request through the translate lane.
        using (var answer = await rig.PostAsync("/v1/messages", Talk.Messages("claude-1(low)").Replace("\"max_tokens\":200", "\"max_tokens\":9000", StringComparison.Ordinal), ("anthropic-beta", Betas)))
        {
            ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
            rig.Upstream.Requests[^1].Headers["anthropic-beta"].ShouldContain("interleaved-thinking-2025-05-14");
        }
    }

    [Fact]
    public async Task Bedrock_gets_those_it_knows_in_the_body_and_other_languages_none()
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => GatewayFixture.Everything(address).Replace(
            "models: [ { name: \"amazon.nova-pro-v1:0\", alias: nova-1 } ]",
            "models: [ { name: \"anthropic.claude-sonnet-4-5-20250929-v1:0\", alias: aws-claude } ]",
            StringComparison.Ordinal));
        using var answer = await rig.PostAsync("/v1/messages", Talk.Messages("aws-claude"), ("anthropic-beta", Betas));
        ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        var sent = rig.Upstream.Requests[^1];
        sent.Json!["anthropic_beta"]!.AsArray().Select(beta => beta!.GetValue<string>()).ShouldBe(["interleaved-thinking-2025-05-14"]);
        sent.Headers.ContainsKey("anthropic-beta").ShouldBeFalse();

        using var other = await rig.PostAsync("/v1/messages", Talk.Messages("chat-1"), ("anthropic-beta", Betas));
        ((int)other.StatusCode).ShouldBe(200);
        (other.Header("x-dragoman-losses") ?? "").ShouldNotContain("beta");
        rig.Upstream.Requests[^1].Text.ShouldNotContain("interleaved");
    }

    [Fact]
    public async Task Reasoning_of_another_family_is_not_relayed()
    {
        await using var rig = await GatewayFixture.StartAsync();
        const string input = """[{"role":"user","content":"hi"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"dragoman1.claude.abc"},{"role":"assistant","content":"hello"},{"role":"user","content":"say:on"}]""";
        using var responses = await rig.PostAsync("/v1/responses", $$"""{"model":"resp-1","store":false,"input":{{input}}}""");
        (await responses.TextAsync()).ShouldContain("on");
        rig.Upstream.Requests[^1].Text.ShouldNotContain("dragoman1");
        rig.Upstream.Requests[^1].Refused.ShouldBeNull();

        const string messages = """[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"dragoman1:o::abc"},{"type":"text","text":"hello"}]},{"role":"user","content":"say:on"}]""";
        using var claude = await rig.PostAsync("/v1/messages", $$"""{"model":"claude-1","max_tokens":100,"messages":{{messages}}}""");
        (await claude.TextAsync()).ShouldContain("on");
        rig.Upstream.Requests[^1].Text.ShouldNotContain("dragoman1");
    }

    [Theory]
    [InlineData("gemini-1")]
    [InlineData("nova-1")]
    public async Task A_picture_by_address_that_the_upstream_cannot_fetch_is_an_error_that_says_so(string model)
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.PostAsync("/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://127.0.0.1:1/cat.png"} },{"type":"text","text":"hi"}]}]}""");
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(400, text);
        text.ShouldContain("base64");
        rig.Upstream.Requests.ShouldBeEmpty();
    }
}
