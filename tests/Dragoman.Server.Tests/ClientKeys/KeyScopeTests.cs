using Dragoman.Server.Tests.Http;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>What a key may be used for.</summary>
[Trait("speed", "fast")]
public sealed class KeyScopeTests
{
    [Theory]
    [InlineData("/v1/chat/completions", "openai")]
    [InlineData("/v1/responses", "openai")]
    [InlineData("/v1/messages", "anthropic")]
    [InlineData("/v1/messages/count_tokens", "anthropic")]
    [InlineData("/v1beta/models/m:generateContent", "gemini")]
    [InlineData("/v1beta/models/m:countTokens", "gemini")]
    public async Task A_model_outside_the_scope_is_a_403_that_names_both(string path, string envelope)
    {
        await using var rig = await KeyFixture.StartAsync();
        var (id, key) = await rig.MakeAsync("narrow", "\"models\":[\"claude-*\",\"gpt-5*\"]");
        var body = path.Contains("responses", StringComparison.Ordinal) ? Talk.Responses("m") : envelope == "gemini" ? Talk.Gemini() : Talk.Messages("m");
        using var answer = await rig.AskAsync(key, body, path);
        ((int)answer.StatusCode).ShouldBe(403);
        var message = (await BodyTests.ErrorAsync(answer, envelope)).Message;
        message.ShouldContain("'narrow'");
        message.ShouldContain(id);
        message.ShouldContain("'m'");
        rig.Upstream.Calls.ShouldBe(0);
    }

    [Theory]
    [InlineData("m", "m", 200)]
    [InlineData("M*", "m", 200)]
    [InlineData("m", "m(high)", 200)]
    [InlineData("m", "m[1m]", 200)]
    [InlineData("m", "models/m", 200)]
    [InlineData("m(high)", "m(high)", 200)]
    [InlineData("m(high)", "m", 403)]
    [InlineData("mm", "m", 403)]
    [InlineData("*", "m", 200)]
    public async Task Names_are_compared_as_clients_write_them(string pattern, string asked, int status)
    {
        await using var rig = await KeyFixture.StartAsync();
        var (_, key) = await rig.MakeAsync("k", $"\"models\":[\"{pattern}\"]");
        (await rig.StatusAsync(key, Talk.Chat(asked))).ShouldBe(status);
    }

    [Fact]
    public async Task Lists_show_what_the_key_may_use_and_nothing_else()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var made = await rig.PostAsync("/api/v1/keys", """{"name":"k","models":["claude-*","chat-1"],"providers":["claude","openai"]}""");
        var key = (await made.JsonAsync())["key"]!.GetValue<string>();
        using var second = await rig.PostAsync("/api/v1/keys", """{"name":"by provider","providers":["gem*"]}""");
        var other = (await second.JsonAsync())["key"]!.GetValue<string>();
        (await NamesAsync("/v1/models", "data", "id", key)).ShouldBe(["chat-1", "claude-1"]);
        (await NamesAsync("/v1beta/models", "models", "name", key)).ShouldBe(["models/chat-1", "models/claude-1"]);
        (await NamesAsync("/v1/models", "data", "id", other)).ShouldBe(["gemini-1"]);
        using var hidden = await rig.GetAsync("/v1/models/nova-1", ("x-api-key", key));
        ((int)hidden.StatusCode).ShouldBe(404);
        using var shown = await rig.GetAsync("/v1/models/chat-1", ("x-api-key", key));
        ((int)shown.StatusCode).ShouldBe(200);

        async Task<string[]> NamesAsync(string path, string list, string member, string with)
        {
            using var answer = await rig.GetAsync(path, ("x-api-key", with));
            return [.. (await answer.JsonAsync())[list]!.AsArray().Select(model => model![member]!.GetValue<string>()).Order(StringComparer.Ordinal)];
        }
    }
}
