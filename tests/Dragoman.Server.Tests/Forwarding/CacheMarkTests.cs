using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>Claude's marks for the prompt cache in Chat, which clients set by the name that they know a model by: they reach servers that take them, and no others, which refuse what they do not know.</summary>
public sealed class CacheMarkTests
{
    private const string Marked = """
        {"model":"m","cache_control":{"type":"ephemeral"}, "messages":[{"role":"system","content":[{"type":"text","text":"\"cache_control\":{}","cache_control":{"type":"ephemeral"}}]},
        {"cache_control": {"type":"ephemeral"} , "role":"user","content":[{"cache_control":{"type":"ephemeral"},"type":"text","text":"hi"}, {"type":"text","text":"there"}]},{"role":"user","content":"b","cache_control":{"a":1},"cache_control":{"type":"ephemeral"}}],
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"cache_control":{"type":"string"}}}},"cache_control":{"type":"ephemeral","ttl":"1h"}}]}
        """;

    private const string Bare = """
        {"model":"MODEL", "messages":[{"role":"system","content":[{"type":"text","text":"\"cache_control\":{}"}]},
        { "role":"user","content":[{"type":"text","text":"hi"}, {"type":"text","text":"there"}]},{"role":"user","content":"b"}],
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"cache_control":{"type":"string"}}}}}]}
        """;

    [Theory]
    [InlineData("gpt-5.2", false)]
    [InlineData("llama-3.3-70b-versatile", false)]
    [InlineData("claude-sonnet-4-5", true)]
    [InlineData("google/gemini-2.5-pro", true)]
    [InlineData("qwen3-max", true)]
    public async Task Marks_pass_where_they_are_taken_and_are_cut_out_elsewhere(string model, bool pass)
    {
        await using var upstream = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.StartAsync($"openai-compatibility:\n  - {{ name: one, base-url: '{upstream.Address}', api-key-entries: [ {{ api-key: k }} ], models: [ {{ name: {model}, alias: m }} ] }}\n");
        using var answer = await FailureTests.PostAsync(gateway, Marked);
        ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        upstream.Bodies.ShouldHaveSingleItem().ShouldBe(pass ? Marked.Replace("\"model\":\"m\"", $"\"model\":\"{model}\"", StringComparison.Ordinal) : Bare.Replace("MODEL", model, StringComparison.Ordinal));
        (answer.Header("x-dragoman-losses") ?? "").Contains("cache_control dropped", StringComparison.Ordinal).ShouldBe(!pass);
    }

    [Fact]
    public async Task A_body_without_marks_passes_as_it_came()
    {
        await using var upstream = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.OneAsync(upstream);
        const string body = """{"model":"m","messages":[{"role":"user","content":"cache_control"}],  "x":1}""";
        using var answer = await FailureTests.PostAsync(gateway, body);
        upstream.Bodies.ShouldHaveSingleItem().ShouldBe(body);
        answer.Header("x-dragoman-losses").ShouldBeNull();
    }
}
