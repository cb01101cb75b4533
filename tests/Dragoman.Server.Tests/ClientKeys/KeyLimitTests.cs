using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using OpenAI;
using OpenAI.Chat;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>Requests and tokens a minute, and requests at once.</summary>
public sealed class KeyLimitTests
{
    [Fact]
    public async Task Requests_a_minute_are_exact_and_told_in_headers()
    {
        var time = new ManualTime();
        await using var rig = await KeyFixture.StartAsync(time: time);
        var (id, key) = await rig.MakeAsync("k", "\"requests_per_minute\":3");
        for (var left = 2; left >= 0; left--)
        {
            using var good = await rig.AskAsync(key);
            ((int)good.StatusCode).ShouldBe(200);
            good.Header("x-ratelimit-limit-requests").ShouldBe("3");
            good.Header("x-ratelimit-remaining-requests").ShouldBe(left.ToString(CultureInfo.InvariantCulture));
            good.Header("x-ratelimit-reset-requests").ShouldBe("1m1s");
            time.Advance(TimeSpan.FromSeconds(10));
        }

        using var refused = await rig.AskAsync(key);
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Header("retry-after").ShouldBe("31");
        refused.Header("x-ratelimit-remaining-requests").ShouldBe("0");
        var error = (await refused.JsonAsync())["error"]!;
        error["code"]!.GetValue<string>().ShouldBe("rate_limit_exceeded");
        error["message"]!.GetValue<string>().ShouldContain("Limit 3");
        time.Advance(TimeSpan.FromSeconds(29));
        (await rig.StatusAsync(key)).ShouldBe(429);
        time.Advance(TimeSpan.FromSeconds(2));
        (await rig.StatusAsync(key)).ShouldBe(200);
        (await rig.StatusAsync(key)).ShouldBe(429);
        var status = await rig.ManageAsync(HttpMethod.Get, $"keys/{id}/status");
        status["requests"]!["remaining"]!.GetValue<long>().ShouldBe(0);
        rig.Upstream.Calls.ShouldBe(4);
    }

    [Theory]
    [InlineData("/v1/responses", "rate_limit_exceeded", "code")]
    [InlineData("/v1/messages", "rate_limit_error", "type")]
    [InlineData("/v1beta/models/m:generateContent", "RESOURCE_EXHAUSTED", "status")]
    public async Task The_refusal_is_told_in_the_clients_language(string path, string word, string member)
    {
        await using var rig = await KeyFixture.StartAsync(time: new ManualTime());
        var (_, key) = await rig.MakeAsync("k", "\"requests_per_minute\":1,\"tokens_per_minute\":100000");
        var body = path.EndsWith("responses", StringComparison.Ordinal) ? Talk.Responses("m") : path.EndsWith("messages", StringComparison.Ordinal) ? Talk.Messages("m") : Talk.Gemini();
        using var good = await rig.AskAsync(key, body, path);
        using var refused = await rig.AskAsync(key, body, path);
        ((int)good.StatusCode).ShouldBe(200);
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Header("retry-after").ShouldBe("61");
        (await refused.JsonAsync())["error"]![member]!.GetValue<string>().ShouldBe(word);
        if (path.EndsWith("messages", StringComparison.Ordinal))
        {
            good.Header("anthropic-ratelimit-requests-limit").ShouldBe("1");
            good.Header("anthropic-ratelimit-requests-remaining").ShouldBe("0");
            good.Header("anthropic-ratelimit-requests-reset").ShouldBe("2026-01-01T00:01:01Z");
            good.Header("anthropic-ratelimit-tokens-limit").ShouldBe("100000");
            good.Header("x-ratelimit-limit-requests").ShouldBeNull();
        }
        else
        {
            refused.Header("x-ratelimit-limit-tokens").ShouldBe("100000");
        }
    }

    [Fact]
    public async Task Tokens_a_minute_are_taken_by_estimate_and_settled_by_use()
    {
        var time = new ManualTime();
        await using var rig = await KeyFixture.StartAsync(time: time);
        var (id, key) = await rig.MakeAsync("k", "\"tokens_per_minute\":1000");
        // Each is estimated at some 920 tokens and uses 15: only one at a time would fit by the estimate, and they come one after another.
        for (var i = 0; i < 5; i++) (await rig.StatusAsync(key, Talk.Chat("m", more: ",\"max_tokens\":900"))).ShouldBe(200);
        var status = await rig.ManageAsync(HttpMethod.Get, $"keys/{id}/status");
        status["tokens"]!["remaining"]!.GetValue<long>().ShouldBe(1000 - 75);
        using var refused = await rig.AskAsync(key, Talk.Chat("m", more: ",\"max_tokens\":950"));
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Header("x-ratelimit-remaining-tokens").ShouldBe("925");
        (await refused.JsonAsync())["error"]!["message"]!.GetValue<string>().ShouldContain("TPM");
        time.Advance(TimeSpan.FromSeconds(61));
        (await rig.StatusAsync(key, Talk.Chat("m", more: ",\"max_tokens\":5000"))).ShouldBe(200, "alone in its minute even a large wish is served");
        using var large = await rig.AskAsync(key, Talk.Chat("m", new string('x', 5000)));
        ((int)large.StatusCode).ShouldBe(429);
        large.Header("x-should-retry").ShouldBe("false");
        large.Header("retry-after").ShouldBeNull();
    }

    [Fact]
    public async Task Places_are_given_back_however_a_request_ends()
    {
        var come = new SemaphoreSlim(0);
        await using var rig = await KeyFixture.StartAsync(async (context, number) =>
        {
            if (number == 2)
            {
                await context.SayAsync(400, """{"error":{"message":"no","type":"invalid_request_error"}}""");
                return;
            }

            if (number is 1 or 3)
            {
                await context.OpenStreamAsync();
                await context.SendAsync(RawAnswers.ChatDelta);
                come.Release();
                if (number == 1) await Task.Delay(Timeout.Infinite, context.RequestAborted);
                context.Abort();
                return;
            }

            await context.SayAsync(200, KeyFixture.Whole);
        });
        var (id, key) = await rig.MakeAsync("k", "\"concurrency\":1");
        using (var leaving = new CancellationTokenSource())
        using (var stream = await rig.AskAsync(key, Talk.Chat("m", stream: true)))
        {
            await come.WaitAsync();
            (await rig.StatusAsync(key)).ShouldBe(429);
            using var refused = await rig.AskAsync(key);
            refused.Header("retry-after").ShouldBe("1");
        }

        await rig.Upstream.Aborted.Task;
        await FreeAsync();
        (await rig.StatusAsync(key)).ShouldBe(400);
        using (var broken = await rig.AskAsync(key, Talk.Chat("m", stream: true))) await broken.TextAsync();
        await FreeAsync();
        (await rig.StatusAsync(key, "{\"model\":\"m\",\"messages\":[")).ShouldBe(400);
        (await rig.StatusAsync(key)).ShouldBe(200);

        async Task FreeAsync()
        {
            await Poll.UntilAsync(async () => (await rig.ManageAsync(HttpMethod.Get, $"keys/{id}/status"))["open"]!.GetValue<int>() == 0);
        }
    }

    [Theory]
    [InlineData("\"requests_per_minute\":50", 50)]
    [InlineData("\"requests_per_minute\":50,\"budgets\":[{\"unit\":\"tokens\",\"period\":\"day\",\"limit\":3400}]", 30)]
    [InlineData("\"budgets\":[{\"unit\":\"tokens\",\"period\":\"total\",\"limit\":3400}]", 30)]
    public async Task Of_two_hundred_at_once_exactly_as_many_pass_as_may(string limits, int may)
    {
        var all = new TaskCompletionSource();
        var here = new TaskCompletionSource();
        var arrived = 0;
        await using var rig = await KeyFixture.StartAsync(async (context, _) =>
        {
            if (Interlocked.Increment(ref arrived) == may) here.SetResult();
            await all.Task;
            await context.SayAsync(200, KeyFixture.Whole);
        }, time: new ManualTime());
        var (id, key) = await rig.MakeAsync("k", limits);
        // The estimate is a quarter of the body's length and a quarter more, and the output asked for: 113 tokens each.
        var body = Talk.Chat("m", more: ",\"max_tokens\":90");
        var tasks = Enumerable.Range(0, 200).Select(_ => rig.StatusAsync(key, body)).ToArray();
        await using var ended = Task.WhenEach(tasks).GetAsyncEnumerator();
        for (var refused = 0; refused < 200 - may; refused++) await ended.MoveNextAsync();
        await here.Task;
        all.SetResult();
        var statuses = await Task.WhenAll(tasks);
        statuses.Count(status => status == 200).ShouldBe(may);
        statuses.Count(status => status == 429).ShouldBe(200 - may);
        rig.Upstream.Calls.ShouldBe(may);
        var standing = await rig.ManageAsync(HttpMethod.Get, $"keys/{id}/status");
        // An answer is with its client a moment before its budget is settled.
        while (standing["budgets"]!.AsArray().Any(budget => budget!["reserved"]!.GetValue<decimal>() > 0)) standing = await rig.ManageAsync(HttpMethod.Get, $"keys/{id}/status");
        foreach (var budget in standing["budgets"]!.AsArray())
        {
            budget!["spent"]!.GetValue<decimal>().ShouldBe(may * 15);
        }
    }

    [Fact]
    public async Task OpenAIs_own_client_sees_a_rate_limit_and_waits_as_long_as_it_is_told()
    {
        var time = new ManualTime();
        await using var rig = await KeyFixture.StartAsync(time: time);
        var (_, key) = await rig.MakeAsync("k", "\"requests_per_minute\":1");
        var timeout = new Patient(time);
        var client = new ChatClient("m", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(rig.Gateway.Address, "/v1"), RetryPolicy = timeout });
        (await client.CompleteChatAsync("one")).Value.Content[0].Text.ShouldBe("fine");
        (await client.CompleteChatAsync("two")).Value.Content[0].Text.ShouldBe("fine");
        timeout.Waited.ShouldHaveSingleItem().ShouldBe(TimeSpan.FromSeconds(61));

        var impatient = new ChatClient("m", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(rig.Gateway.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
        var fault = await Should.ThrowAsync<ClientResultException>(() => impatient.CompleteChatAsync("three"));
        fault.Status.ShouldBe(429);
        fault.Message.ShouldContain("rate_limit_exceeded");
    }

    [Fact]
    public async Task Counting_tokens_takes_a_request_and_no_place()
    {
        await using var rig = await KeyFixture.StartAsync(time: new ManualTime());
        var (_, key) = await rig.MakeAsync("k", "\"requests_per_minute\":1,\"concurrency\":1");
        using var good = await rig.AskAsync(key, Talk.Messages("m"), "/v1/messages/count_tokens");
        ((int)good.StatusCode).ShouldBe(200);
        good.Header("anthropic-ratelimit-requests-remaining").ShouldBe("0");
        using var refused = await rig.AskAsync(key, Talk.Messages("m"), "/v1/messages/count_tokens");
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Header("retry-after").ShouldBe("61");
    }

    /// <summary>The SDK's own policy, whose waiting moves the gateway's clock.</summary>
    private sealed class Patient(ManualTime time) : ClientRetryPolicy(3)
    {
        public List<TimeSpan> Waited { get; } = [];

        protected override Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
        {
            Waited.Add(wait);
            time.Advance(wait);
            return Task.CompletedTask;
        }
    }
}
