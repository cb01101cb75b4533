using System.Diagnostics;
using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>What becomes of an upstream's failure: who is asked next, how often, and what the client is told in the end.</summary>
[Trait("speed", "fast")]
public sealed class FailureTests
{
    private const string Rate = """{"error":{"message":"Slow down, friend.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}""";
    private const string Broken = """{"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}""";

    [Fact]
    public async Task A_passing_fault_is_mended_by_the_same_account_unseen()
    {
        await using var upstream = await RawUpstream.StartAsync((context, n) => n == 1 ? context.SayAsync(500, Broken) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await OneAsync(upstream);
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("x-dragoman-attempts").ShouldBe("2");
        upstream.Calls.ShouldBe(2);
    }

    [Fact]
    [Trait("check", "cliproxy 36")]
    public async Task A_rate_limit_moves_on_to_the_next_account()
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "60")));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await TwoAsync(first, second);
        for (var i = 0; i < 3; i++)
        {
            using var answer = await PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(200);
            answer.Header("x-dragoman-account").ShouldBe("two");
        }

        first.Calls.ShouldBe(1, "a lane that rests is left alone");
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"Invalid value: 'x'.","type":"invalid_request_error","param":"messages","code":"invalid_value"}}""")]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 100 tokens. However, your messages resulted in 200 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""")]
    [InlineData(400, """{"error":{"message":"The response was filtered due to the prompt triggering content management policy.","type":null,"param":"prompt","code":"content_filter"}}""")]
    [InlineData(400, """{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}""")]
    [InlineData(404, """{"error":{"message":"Previous response with id 'resp_1' not found.","type":"invalid_request_error","param":"previous_response_id","code":"previous_response_not_found"}}""")]
    [Trait("check", "cliproxy 38")]
    public async Task A_fault_of_the_request_is_told_at_once_and_rests_nobody(int status, string body)
    {
        await using var first = await RawUpstream.StartAsync((context, n) => n == 1 ? context.SayAsync(status, body) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await TwoAsync(first, second, "routing: { strategy: fill-first }\n");
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(status);
        (await answer.TextAsync()).ShouldBe(body);
        second.Calls.ShouldBe(0);
        using var again = await PostAsync(gateway, Talk.Chat("m"));
        again.Header("x-dragoman-account").ShouldBe("one");
    }

    [Fact]
    [Trait("check", "cliproxy 26")]
    public async Task The_last_error_reaches_a_client_of_the_same_language_byte_for_byte()
    {
        const string body = "{\"error\" : {\"message\":\"Slow down, friend.\",\"type\":\"rate_limit_error\",\"odd\":[1, 2]}}\n";
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, body, headers: [("retry-after", "120"), ("x-request-id", "req_upstream")]));
        await using var gateway = await OneAsync(upstream);
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(429);
        (await answer.TextAsync()).ShouldBe(body);
        answer.Header("retry-after").ShouldBe("120");
        answer.Header("x-request-id").ShouldBe("req_upstream");
        upstream.Calls.ShouldBe(1, "two minutes are longer than max-retry-interval");
    }

    [Fact]
    [Trait("check", "cliproxy 26")]
    public async Task The_last_errors_words_reach_a_client_of_another_language_in_its_own_envelope()
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "120")));
        await using var gateway = await OneAsync(upstream);
        using var answer = await PostAsync(gateway, Talk.Messages("m"), "/v1/messages");
        ((int)answer.StatusCode).ShouldBe(429);
        var json = await answer.JsonAsync();
        json["type"]!.GetValue<string>().ShouldBe("error");
        json["error"]!["type"]!.GetValue<string>().ShouldBe("rate_limit_error");
        json["error"]!["message"]!.GetValue<string>().ShouldBe("Slow down, friend.");
        answer.Header("retry-after").ShouldBe("120");
        answer.Header("request-id").ShouldBe(json["request_id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_short_wait_that_the_upstream_asks_for_is_waited()
    {
        await using var upstream = await RawUpstream.StartAsync((context, n) => n == 1 ? context.SayAsync(429, Rate, headers: ("retry-after", "1")) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await OneAsync(upstream);
        var clock = Stopwatch.StartNew();
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(200);
        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
        upstream.Calls.ShouldBe(2);
    }

    [Fact]
    [Trait("check", "cliproxy 37")]
    public async Task All_cooling_down_is_a_429_that_says_how_long()
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "120")));
        await using var gateway = await OneAsync(upstream);
        using (await PostAsync(gateway, Talk.Chat("m")))
        {
        }

        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(429);
        (await answer.JsonAsync())["error"]!["code"]!.GetValue<string>().ShouldBe("model_cooldown");
        int.Parse(answer.Header("retry-after")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(100, 120);
        upstream.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_single_account_is_never_locked_out_by_passing_faults(int status)
    {
        var broken = true;
        await using var upstream = await RawUpstream.StartAsync((context, _) => broken ? context.SayAsync(status, Broken) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await OneAsync(upstream, "request-retry: 0\n");
        for (var i = 0; i < 4; i++)
        {
            using var refused = await PostAsync(gateway, Talk.Chat("m"));
            (await refused.TextAsync()).ShouldBe(Broken);
        }

        broken = false;
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(200);
    }

    [Fact]
    [Trait("check", "cliproxy 41")]
    public async Task Rounds_are_as_many_as_configured_and_an_accounts_own_number_counts()
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(503, Broken));
        await using (var gateway = await OneAsync(upstream, "request-retry: 2\n"))
        {
            using var answer = await PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(503);
            upstream.Calls.ShouldBe(3);
        }

        await using (var gateway = await OneAsync(upstream, "request-retry: 2\n", "request-retry: 0"))
        {
            using var answer = await PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(503);
            upstream.Calls.ShouldBe(4);
        }
    }

    [Fact]
    [Trait("check", "cliproxy 41")]
    public async Task A_round_tries_no_more_accounts_than_configured()
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(503, Broken));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(503, Broken));
        await using var gateway = await TwoAsync(first, second, "request-retry: 0\nmax-retry-credentials: 1\n");
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        (first.Calls + second.Calls).ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_inside_a_200_is_a_failed_attempt(bool stream)
    {
        var inside = stream ? $"data: {Broken}\n\n" : Broken;
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, inside, stream ? "text/event-stream" : "application/json"));
        await using var second = await RawUpstream.StartAsync((context, _) => stream
            ? context.SayAsync(200, RawAnswers.ChatDelta + RawAnswers.ChatEnd, "text/event-stream")
            : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await TwoAsync(first, second, "routing: { strategy: fill-first }\n");
        using var answer = await PostAsync(gateway, Talk.Chat("m", stream: stream));
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("x-dragoman-account").ShouldBe("two");
    }

    [Theory]
    [InlineData("/v1/chat/completions", "", "text/event-stream")]
    [InlineData("/v1/messages", "", "text/event-stream")]
    [InlineData("/v1/chat/completions", "<html><body>Please log in</body></html>", "text/html")]
    [InlineData("/v1/messages", "<html><body>Please log in</body></html>", "text/html")]
    public async Task An_empty_stream_or_a_page_is_a_failed_attempt(string path, string body, string type)
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, body, type));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatDelta + RawAnswers.ChatEnd, "text/event-stream"));
        await using var gateway = await TwoAsync(first, second, "routing: { strategy: fill-first }\n");
        using var answer = await PostAsync(gateway, Talk.Messages("m", stream: true), path);
        ((int)answer.StatusCode).ShouldBe(200);
        answer.Header("x-dragoman-account").ShouldBe("two");
        (await answer.TextAsync()).ShouldContain("ne");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task An_error_page_is_told_by_its_status_and_not_as_html(string path)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(502, "<html><h1>Bad gateway</h1></html>", "text/html"));
        await using var gateway = await OneAsync(upstream, "request-retry: 0\n");
        using var answer = await PostAsync(gateway, Talk.Messages("m"), path);
        ((int)answer.StatusCode).ShouldBe(502);
        var message = (await answer.JsonAsync())["error"]!["message"]!.GetValue<string>();
        message.ShouldContain("502");
        message.ShouldNotContain("<");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task A_page_or_a_redirect_in_place_of_an_answer_points_to_the_base_url(string path)
    {
        await using var upstream = await RawUpstream.StartAsync((context, n) => n % 2 == 1 && !context.Request.Headers.ContainsKey("x-none")
            ? context.SayAsync(302, "", "text/html", ("location", "https://login.example/"))
            : context.SayAsync(200, "<html>", "text/html"));
        await using var gateway = await OneAsync(upstream, "request-retry: 0\n");
        for (var i = 0; i < 2; i++)
        {
            using var answer = await PostAsync(gateway, Talk.Messages("m"), path);
            ((int)answer.StatusCode).ShouldBe(502);
            (await answer.JsonAsync())["error"]!["message"]!.GetValue<string>().ShouldContain("base-url");
        }
    }

    [Fact]
    public async Task A_refused_connection_names_the_account_and_not_the_key()
    {
        await using var gateway = await StartAsync(Account("lonely", "http://127.0.0.1:1", "sk-very-secret-key-12345") + "request-retry: 0\n");
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(502);
        var text = await answer.TextAsync();
        text.ShouldContain("'lonely'");
        text.ShouldNotContain("sk-very");
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task An_upstream_that_repeats_the_accounts_key_does_not_give_it_away(string path)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(401, $$$"""{"error":{"message":"Incorrect API key: {{{context.Request.Headers.Authorization.ToString()[7..]}}}","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"""));
        await using var gateway = await OneAsync(upstream, key: "sk-very-secret-key-12345");
        using var answer = await PostAsync(gateway, Talk.Messages("m"), path);
        // It is the account's key that is refused, not the client's: a client would ask its user to sign in.
        ((int)answer.StatusCode).ShouldBe(424);
        answer.Header("x-should-retry").ShouldBe("false");
        var text = await answer.TextAsync();
        text.ShouldContain("(401: Incorrect API key: [redacted])");
        text.ShouldNotContain("sk-very");
        upstream.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/messages", true)]
    public async Task An_upstream_that_never_answers_is_given_up(string path, bool stream)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var gateway = await OneAsync(upstream, "request-retry: 0\nstreaming: { first-byte-timeout-seconds: 1 }\n");
        using var answer = await PostAsync(gateway, Talk.Messages("m", stream: stream), path);
        ((int)answer.StatusCode).ShouldBe(504);
        (await answer.TextAsync()).ShouldContain("did not answer in time");
        upstream.Calls.ShouldBe(1);
        await upstream.Aborted.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task An_answer_that_stalls_ends_in_an_error(string path)
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            await context.SendAsync(RawAnswers.ChatDelta);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var gateway = await OneAsync(upstream, "streaming: { idle-timeout-seconds: 1 }\n");
        using var answer = await PostAsync(gateway, Talk.Messages("m", stream: true), path);
        ((int)answer.StatusCode).ShouldBe(200);
        var text = await answer.TextAsync();
        text.ShouldContain("did not answer in time");
        text.ShouldNotContain("[DONE]");
        text.ShouldNotContain("message_stop");
        upstream.Calls.ShouldBe(1);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/messages")]
    public async Task An_answer_that_stops_dead_never_looks_like_a_normal_ending(string path)
    {
        await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatDelta, "text/event-stream"));
        await using var gateway = await OneAsync(upstream);
        using var answer = await PostAsync(gateway, Talk.Messages("m", stream: true), path);
        var text = await answer.TextAsync();
        text.ShouldContain("\"error\"");
        text.ShouldNotContain("[DONE]");
        text.ShouldNotContain("message_stop");
    }

    [Fact]
    [Trait("check", "cliproxy 39")]
    public async Task A_dead_key_rests_its_account_and_another_answers()
    {
        await using var rig = await GatewayFixture.StartWithAsync(address => Account("one", address + "/v1", "invalid-key") + Account("two", address + "/v1", "good-key", first: false) + "routing: { strategy: fill-first }\n");
        for (var i = 0; i < 2; i++)
        {
            using var answer = await rig.PostAsync("/v1/chat/completions", Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(200);
            answer.Header("x-dragoman-attempts").ShouldBe(i == 0 ? "2" : "1");
        }
    }

    [Fact]
    public async Task A_whole_answer_to_a_stream_and_a_stream_to_a_whole_one_are_told_in_the_form_asked_for()
    {
        await using var whole = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using (var gateway = await OneAsync(whole))
        {
            using var answer = await PostAsync(gateway, Talk.Chat("m", stream: true));
            answer.Header("content-type").ShouldBe("text/event-stream");
            var text = await answer.TextAsync();
            text.ShouldContain("fine");
            text.ShouldEndWith("data: [DONE]\n\n");
        }

        await using var stream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatDelta + RawAnswers.ChatEnd, "text/event-stream"));
        await using (var gateway = await OneAsync(stream))
        {
            using var answer = await PostAsync(gateway, Talk.Chat("m"));
            (await answer.JsonAsync())["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("fine");
        }
    }

    [Fact]
    public async Task A_compressed_answer_that_nobody_asked_for_is_read()
    {
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "application/json";
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new System.IO.Compression.GZipStream(context.Response.Body, System.IO.Compression.CompressionLevel.Fastest);
            await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(RawAnswers.ChatWhole));
        });
        await using var gateway = await OneAsync(upstream);
        foreach (var path in (string[])["/v1/chat/completions", "/v1/messages"])
        {
            using var answer = await PostAsync(gateway, Talk.Messages("m"), path);
            (await answer.TextAsync()).ShouldContain("fine");
        }
    }

    internal static Task<GatewayHost> OneAsync(RawUpstream upstream, string more = "", string entry = "", string key = "key-one")
        => StartAsync(Account("one", upstream.Address, key, entry) + more);

    internal static Task<GatewayHost> TwoAsync(RawUpstream first, RawUpstream second, string more = "")
        => StartAsync(Account("one", first.Address, "key-one") + Account("two", second.Address, "key-two", first: false) + more);

    internal static Task<GatewayHost> StartAsync(string config)
        => GatewayHost.StartAsync(new StartOptions { ConfigText = config, Port = 0, LogLevel = LogLevel.None });

    internal static async Task<HttpResponseMessage> PostAsync(GatewayHost gateway, string json, string path = "/v1/chat/completions")
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        return await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
    }

    internal static string Account(string name, string address, string key, string more = "", bool first = true)
        => $"{(first ? "openai-compatibility:\n" : "")}  - {{ name: {name}, base-url: '{address}', api-key-entries: [ {{ api-key: {key} }} ], models: [ m ]{(more.Length > 0 ? ", " + more : "")} }}\n";
}
