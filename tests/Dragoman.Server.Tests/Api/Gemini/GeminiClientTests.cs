using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Api.Responses;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Api.Gemini;

/// <summary>Streams as Google's SDKs read them: silent, broken off, failed, and failed before their first word.</summary>
[Trait("speed", "fast")]
public sealed class GeminiClientTests
{
    private const string Path = "/v1beta/models/m:streamGenerateContent?alt=sse";

    /// <summary>Google's own way of telling an error in a running stream: outside any event, over several lines.</summary>
    private const string Pretty = "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"The model is overloaded. {Try} again later.\",\n    \"status\": \"UNAVAILABLE\",\n    \"details\": [ { \"@type\": \"type.googleapis.com/google.rpc.DebugInfo\", \"detail\": \"own words\" } ]\n  }\n}\n";

    public static TheoryData<string> Upstreams => new("gemini", "gemini-crlf", "chat");

    [Theory, MemberData(nameof(Upstreams))]
    public async Task A_silent_stream_is_kept_open_in_a_way_that_they_pass_over(string kind)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var (begin, between) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await begin.Task;
            await context.OpenStreamAsync();
            await context.SendAsync(Delta(kind, "one "));
            await between.Task;
            await context.SendAsync(Delta(kind, "two") + End(kind));
        });
        var clock = new ShiftedTimeProvider();
        await using var gateway = await StartAsync(kind, upstream, clock);
        var asked = PieceClient.PostAsync(gateway.Address, Path, Talk.Gemini(), limit.Token);
        // Until the request has come there is nothing to keep open.
        await Poll.UntilAsync(() => upstream.Calls > 0);
        clock.Turn(TimeSpan.FromSeconds(16));
        await using var client = await asked;
        List<string> pieces = [(await client.NextAsync(limit.Token))!];
        begin.SetResult();
        pieces.Add((await client.NextAsync(limit.Token))!);
        clock.Turn(TimeSpan.FromSeconds(16));
        pieces.Add((await client.NextAsync(limit.Token))!);
        between.SetResult();
        pieces.AddRange(await client.RestAsync(limit.Token));

        pieces[0].Trim('\r', '\n').ShouldBeEmpty("a keep-alive of blank lines");
        pieces[2].Trim('\r', '\n').ShouldBeEmpty("a keep-alive of blank lines");
        AllRead(pieces, "one two", null);
    }

    [Theory, MemberData(nameof(Upstreams))]
    public async Task A_stream_that_breaks_off_is_an_error_to_them_and_not_an_end(string kind)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var begun = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(Delta(kind, "half"));
            await begun.Task;
            context.Abort();
        });
        await using var gateway = await StartAsync(kind, upstream);
        await using var client = await PieceClient.PostAsync(gateway.Address, Path, Talk.Gemini(), limit.Token);
        List<string> pieces = [(await client.NextAsync(limit.Token))!];
        begun.SetResult();
        pieces.AddRange(await client.RestAsync(limit.Token));
        AllRead(pieces, "half", 502);
        pieces[^1].ShouldStartWith("{\"error\":{\"code\":502,");
        pieces[^1].TrimEnd('\n').ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("gemini", false)]
    [InlineData("gemini", true)]
    [InlineData("gemini-crlf", true)]
    [InlineData("chat", true)]
    public async Task An_error_told_in_the_stream_goes_out_alone_on_one_line(string kind, bool atOnce)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var error = kind == "chat" ? "data: {\"error\":{\"message\":\"The model is overloaded.\",\"code\":503}}\n\n" : kind == "gemini" ? Pretty : Pretty.Replace("\n", "\r\n", StringComparison.Ordinal);
        var begun = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(Delta(kind, "ha"));
            await begun.Task;
            if (atOnce)
            {
                await context.SendAsync(Delta(kind, "lf") + error);
                return;
            }

            await context.SendAsync(Delta(kind, "lf"));
            foreach (var letter in error) await context.SendAsync(letter.ToString());
        });
        await using var gateway = await StartAsync(kind, upstream);
        await using var client = await PieceClient.PostAsync(gateway.Address, Path, Talk.Gemini(), limit.Token);
        List<string> pieces = [(await client.NextAsync(limit.Token))!];
        begun.SetResult();
        pieces.AddRange(await client.RestAsync(limit.Token));
        AllRead(pieces, "half", 503);
        pieces[^1].ShouldContain("overloaded");
        if (kind != "chat") JsonNode.Parse(pieces[^1])!["error"]!["details"]![0]!["detail"]!.GetValue<string>().ShouldBe("own words", "nothing of Google's own error is lost");
    }

    [Theory, MemberData(nameof(Upstreams))]
    public async Task A_failure_behind_a_keep_alive_is_told_in_the_stream(string kind)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var go = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await go.Task;
            await context.SayAsync(400, """{"error":{"code":400,"message":"Not so.","status":"INVALID_ARGUMENT","type":"invalid_request_error"}}""");
        });
        var clock = new ShiftedTimeProvider();
        await using var gateway = await StartAsync(kind, upstream, clock);
        var asked = PieceClient.PostAsync(gateway.Address, Path, Talk.Gemini(), limit.Token);
        await Poll.UntilAsync(() => upstream.Calls > 0);
        clock.Turn(TimeSpan.FromSeconds(16));
        await using var client = await asked;
        List<string> pieces = [(await client.NextAsync(limit.Token))!];
        go.SetResult();
        pieces.AddRange(await client.RestAsync(limit.Token));
        AllRead(pieces, "", 400);
    }

    [Fact]
    public async Task Their_other_calls_are_answered_in_their_form_under_any_version()
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var header in (string[])["x-goog-api-key", "x-goog-api-client"])
        {
            foreach (var version in (string[])["v1", "v1beta", "v1alpha"])
            {
                using var list = await rig.GetAsync($"/{version}/models?pageSize=100", (header, "a"));
                (await list.JsonAsync())["models"]!.AsArray().Select(model => model!["name"]!.GetValue<string>()).ShouldContain("models/gemini-1");
                using var one = await rig.GetAsync($"/{version}/models/gemini-1", (header, "a"));
                (await one.JsonAsync())["name"]!.GetValue<string>().ShouldBe("models/gemini-1");
                using var none = await rig.GetAsync($"/{version}/models/none", (header, "a"));
                ((int)none.StatusCode).ShouldBe(404);
                (await none.JsonAsync())["error"]!["status"]!.GetValue<string>().ShouldBe("NOT_FOUND");
                foreach (var path in (string[])["files", "files/abc", "cachedContents"])
                {
                    using var unserved = await rig.GetAsync($"/{version}/{path}", (header, "a"));
                    ((int)unserved.StatusCode).ShouldBe(404);
                    (await unserved.JsonAsync())["error"]!["status"]!.GetValue<string>().ShouldBe("NOT_FOUND");
                }
            }
        }
    }

    private static void AllRead(List<string> pieces, string text, int? error)
    {
        var expected = new SdkReading(text, error);
        GeminiSdkRules.JavaScript(pieces).ShouldBe(expected, "js-genai: " + string.Join('|', pieces));
        foreach (var cut in (List<string>[])[pieces, [string.Concat(pieces)], [.. string.Concat(pieces).Select(letter => letter.ToString())]])
        {
            GeminiSdkRules.Python(cut).ShouldBe(expected, "python-genai: " + string.Join('|', pieces));
            GeminiSdkRules.Go(cut).ShouldBe(expected, "go-genai: " + string.Join('|', pieces));
        }
    }

    private static string Delta(string kind, string text) => kind == "chat"
        ? $"data: {{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n"
        : Lines(kind, $"data: {{\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[{{\"text\":\"{text}\"}}]}},\"index\":0}}],\"modelVersion\":\"m\",\"responseId\":\"r\"}}\n\n");

    private static string End(string kind) => kind == "chat"
        ? "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
        : Lines(kind, "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[]},\"finishReason\":\"STOP\",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":1,\"candidatesTokenCount\":2,\"totalTokenCount\":3},\"modelVersion\":\"m\",\"responseId\":\"r\"}\n\n");

    private static string Lines(string kind, string text) => kind == "gemini-crlf" ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;

    private static Task<GatewayHost> StartAsync(string kind, RawUpstream upstream, TimeProvider? time = null) => GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = (kind == "chat"
            ? $$"""
            openai-compatibility: [ { name: up, base-url: "{{upstream.Address}}/v1", api-key-entries: [ { api-key: k } ], models: [ m ] } ]
            """
            : $$"""
            gemini-api-key: [ { name: up, base-url: "{{upstream.Address}}", api-key: k, models: [ m ] } ]
            """) + "\nrequest-retry: 0\n",
        Port = 0,
        LogLevel = LogLevel.None,
        Time = time ?? TimeProvider.System,
    });
}
