using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.ClientKeys;

/// <summary>Budgets: reserved before the call, settled after it, on SQLite. A request of these tests may need 23 tokens in and 90 out (0.203 dollars), and uses 10 and 5 (0.02).</summary>
public sealed class BudgetTests
{
    private static readonly string Body = Talk.Chat("m", more: ",\"max_tokens\":90");

    [Fact]
    public async Task A_budget_in_money_is_spent_refused_and_new_the_next_day()
    {
        var time = new ManualTime();
        await using var rig = await KeyFixture.StartAsync(time: time);
        var (id, key) = await rig.MakeAsync("k", """ "budgets":[{"unit":"money","period":"day","limit":0.26}] """);
        for (var i = 0; i < 3; i++)
        {
            (await rig.StatusAsync(key, Body)).ShouldBe(200);
            await SettledAsync(rig, id, 0.02m * (i + 1));
        }

        // 0.06 is spent: 0.203 more does not fit into 0.26.
        using var refused = await rig.AskAsync(key, Body);
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Header("retry-after").ShouldBe("86400");
        refused.Header("x-should-retry").ShouldBe("false");
        var error = (await refused.JsonAsync())["error"]!;
        error["type"]!.GetValue<string>().ShouldBe("insufficient_quota");
        error["code"]!.GetValue<string>().ShouldBe("budget_exceeded");
        error["message"]!.GetValue<string>().ShouldContain("daily budget of the API key 'k' has $0.2 of $0.26 left; this request may need up to $0.203");
        error["message"]!.GetValue<string>().ShouldContain("2026-01-02T00:00:00Z");
        (await rig.StatusAsync(key, Talk.Chat("m", more: ",\"max_tokens\":80"))).ShouldBe(200, "a smaller one fits");
        rig.Upstream.Calls.ShouldBe(4);
        time.Advance(TimeSpan.FromDays(1));
        (await rig.StatusAsync(key, Body)).ShouldBe(200);
        await SettledAsync(rig, id, 0.02m);
        (await rig.UsageAsync("?by=key"))["total"]!["cost"]!.GetValue<decimal>().ShouldBe(0.1m);
    }

    [Theory]
    [InlineData("/v1/messages", "rate_limit_error", "type")]
    [InlineData("/v1/responses", "usage_limit_reached", "type")]
    [InlineData("/v1beta/models/m:generateContent", "RESOURCE_EXHAUSTED", "status")]
    public async Task A_budget_that_is_used_up_is_told_in_the_clients_language(string path, string word, string member)
    {
        await using var rig = await KeyFixture.StartAsync(time: new ManualTime());
        var (_, key) = await rig.MakeAsync("k", """ "budgets":[{"unit":"tokens","period":"total","limit":10}] """);
        var body = path.EndsWith("responses", StringComparison.Ordinal) ? Talk.Responses("m") : path.EndsWith("messages", StringComparison.Ordinal) ? Talk.Messages("m") : Talk.Gemini();
        using var refused = await rig.AskAsync(key, body, path);
        ((int)refused.StatusCode).ShouldBe(429);
        refused.Header("retry-after").ShouldBeNull("it never resets");
        var error = (await refused.JsonAsync())["error"]!;
        error[member]!.GetValue<string>().ShouldBe(word);
        error["message"]!.GetValue<string>().ShouldContain("It does not reset");
        rig.Upstream.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task What_never_reached_an_answer_is_released()
    {
        await using var rig = await KeyFixture.StartAsync((context, _) => context.SayAsync(400, """{"error":{"message":"no","type":"invalid_request_error"}}"""));
        var (id, key) = await rig.MakeAsync("k", """ "budgets":[{"unit":"tokens","period":"total","limit":115}] """);
        for (var i = 0; i < 3; i++)
        {
            (await rig.StatusAsync(key, Body)).ShouldBe(400);
            await SettledAsync(rig, id, 0);
        }

        foreach (var entry in await rig.EntriesAsync(3))
        {
            entry!["status"]!.GetValue<int>().ShouldBe(400);
            entry["cost"]!.GetValue<decimal>().ShouldBe(0);
            entry["failed"]!.GetValue<bool>().ShouldBeTrue();
        }

        (await rig.UsageAsync())["total"]!["errors"]!.GetValue<long>().ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_pays_for_what_was_used(bool stream)
    {
        var come = new TaskCompletionSource();
        await using var rig = await KeyFixture.StartAsync(async (context, _) =>
        {
            if (stream)
            {
                await context.OpenStreamAsync();
                for (var i = 0; i < 12; i++) await context.SendAsync(RawAnswers.ChatDelta);
            }

            come.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var (id, key) = await rig.MakeAsync("k", """ "budgets":[{"unit":"tokens","period":"total","limit":100000}] """);
        using (var leave = new CancellationTokenSource())
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(Talk.Chat("m", stream: stream), System.Text.Encoding.UTF8, "application/json") };
            request.Headers.Add("x-api-key", key);
            var asking = rig.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
            await come.Task;
            if (stream)
            {
                using var answer = await asking;
                var body = await answer.Content.ReadAsStreamAsync(leave.Token);
                var buffer = new byte[12 * RawAnswers.ChatDelta.Length];
                await body.ReadExactlyAsync(buffer, leave.Token);
            }

            await leave.CancelAsync();
        }

        await rig.Upstream.Aborted.Task;
        var status = await SettledAsync(rig, id, null);
        var entry = (await rig.EntriesAsync(1)).ShouldHaveSingleItem()!;
        entry["estimated"]!.GetValue<bool>().ShouldBeTrue();
        entry["status"]!.GetValue<int>().ShouldBe(499);
        entry["input_tokens"]!.GetValue<long>().ShouldBeInRange(1, 30);
        entry["output_tokens"]!.GetValue<long>().ShouldBeInRange(stream ? 12 : 0, stream ? 60 : 0);
        entry["account"]!.GetValue<string>().ShouldNotBeEmpty();
        status["spent"]!.GetValue<decimal>().ShouldBe(entry["input_tokens"]!.GetValue<long>() + entry["output_tokens"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_stream_that_outgrows_its_reservation_reserves_more()
    {
        var end = new TaskCompletionSource();
        await using var rig = await KeyFixture.StartAsync(async (context, _) =>
        {
            await context.OpenStreamAsync();
            for (var i = 0; i < 200; i++) await context.SendAsync(RawAnswers.ChatDelta);
            await end.Task;
            await context.SendAsync(RawAnswers.ChatEnd.Replace("data: [DONE]\n\n", "", StringComparison.Ordinal));
            await context.SendAsync("data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":201,\"total_tokens\":211}}\n\ndata: [DONE]\n\n");
        }, more: "budgets: { max-output: 20 }\n");
        var (id, key) = await rig.MakeAsync("k", """ "budgets":[{"unit":"tokens","period":"day","limit":100000}] """);
        using var stream = await rig.AskAsync(key, Talk.Chat("m", stream: true));
        await Poll.UntilAsync(async () => (await StandingAsync(rig, id))["reserved"]!.GetValue<decimal>() >= 200);
        end.SetResult();
        await stream.TextAsync();
        var entry = (await rig.EntriesAsync(1))[0]!;
        entry["output_tokens"]!.GetValue<long>().ShouldBe(201, entry.ToJsonString());
        var status = await SettledAsync(rig, id, 211);
        status["remaining"]!.GetValue<decimal>().ShouldBe(100_000 - 211);
        (await rig.EntriesAsync(1)).ShouldHaveSingleItem()!["estimated"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("budgets: { unknown-price: refuse }\n", 403)]
    public async Task A_price_nobody_knows_is_unknown_and_counts_no_money(string more, int status)
    {
        await using var rig = await KeyFixture.StartAsync(more: more, prices: "");
        var (id, key) = await rig.MakeAsync("k", """ "budgets":[{"unit":"money","period":"day","limit":1}] """);
        using var answer = await rig.AskAsync(key, Body);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 403)
        {
            (await answer.JsonAsync())["error"]!["code"]!.GetValue<string>().ShouldBe("unknown_price");
            var (_, other) = await rig.MakeAsync("in tokens", """ "budgets":[{"unit":"tokens","period":"day","limit":1000}] """);
            (await rig.StatusAsync(other, Body)).ShouldBe(200);
            return;
        }

        await SettledAsync(rig, id, 0);
        (await rig.EntriesAsync(1)).ShouldHaveSingleItem()!.AsObject().ContainsKey("cost").ShouldBeFalse();
        var total = (await rig.UsageAsync())["total"]!;
        total["unpriced"]!.GetValue<long>().ShouldBe(1);
        total.AsObject().ContainsKey("cost").ShouldBeFalse();
    }

    [Fact]
    public async Task Without_its_store_a_budget_is_closed_and_all_else_goes_on()
    {
        await using var rig = await KeyFixture.StartAsync();
        var (_, limited) = await rig.MakeAsync("limited", """ "budgets":[{"unit":"money","period":"day","limit":1}] """);
        var (_, free) = await rig.MakeAsync("free", "\"requests_per_minute\":10");
        await rig.Gateway.Store.DisposeAsync();
        foreach (var (path, body) in ((string, string)[])[("/v1/chat/completions", Body), ("/v1/messages", Talk.Messages("m"))])
        {
            using var refused = await rig.AskAsync(limited, body, path);
            ((int)refused.StatusCode).ShouldBe(503);
            refused.Header("retry-after").ShouldBe("5");
            (await refused.TextAsync()).ShouldContain("nothing is spent unseen");
        }

        (await rig.StatusAsync(free, Body)).ShouldBe(200);
        rig.Upstream.Calls.ShouldBe(1);
    }

    internal static async Task<JsonNode> StandingAsync(KeyFixture rig, string id) => (await rig.ManageAsync(HttpMethod.Get, $"keys/{id}/status"))["budgets"]![0]!;

    /// <summary>Waits until nothing is reserved any more (a whole answer is with its client a moment before that), and checks what was spent.</summary>
    internal static async Task<JsonNode> SettledAsync(KeyFixture rig, string id, decimal? spent)
    {
        while (true)
        {
            var status = await StandingAsync(rig, id);
            if (status["reserved"]!.GetValue<decimal>() > 0)
            {
                await Task.Delay(10);
                continue;
            }

            if (spent is { } sum) status["spent"]!.GetValue<decimal>().ShouldBe(sum);
            return status;
        }
    }
}
