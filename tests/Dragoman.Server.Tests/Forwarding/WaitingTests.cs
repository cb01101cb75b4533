using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>When to wait and when to go elsewhere: short resets, full accounts, models that stand in.</summary>
public sealed class WaitingTests
{
    private const string Rate = """{"error":{"message":"Slow down.","type":"rate_limit_error","code":"rate_limit_exceeded"}}""";

    [Fact]
    public async Task A_reset_within_a_second_is_waited_for_at_the_same_account()
    {
        await using var first = await RawUpstream.StartAsync((context, n) => n == 1 ? context.SayAsync(429, Rate, headers: ("retry-after", "1")) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await StartAsync("", ("one", first, ""), ("two", second, ""));
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        (answer.Header("x-dragoman-account"), answer.Header("x-dragoman-attempts")).ShouldBe(("one", "2"));
        second.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_longer_reset_switches()
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "11")));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await StartAsync("", ("one", first, ""), ("two", second, ""));
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        answer.Header("x-dragoman-account").ShouldBe("two");
        first.Calls.ShouldBe(1);
    }

    [Fact]
    public async Task The_wait_told_is_the_shortest_of_all_accounts()
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "100")));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "900")));
        await using var gateway = await StartAsync("", ("one", first, ""), ("two", second, ""));
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        ((int)answer.StatusCode).ShouldBe(429);
        int.Parse(answer.Header("retry-after")!).ShouldBeInRange(90, 100);
    }

    [Fact]
    public async Task A_full_account_is_passed_over_and_when_all_are_full_a_place_is_waited_for()
    {
        var go = new TaskCompletionSource();
        var inside = 0;
        var most = 0;
        await using var slow = await RawUpstream.StartAsync(async (context, _) =>
        {
            var now = Interlocked.Increment(ref inside);
            lock (go) most = Math.Max(most, now);
            await go.Task.WaitAsync(context.RequestAborted);
            await context.SayAsync(200, RawAnswers.ChatWhole);
            Interlocked.Decrement(ref inside);
        });
        await using var other = await RawUpstream.StartAsync(async (context, _) =>
        {
            await go.Task.WaitAsync(context.RequestAborted);
            await context.SayAsync(200, RawAnswers.ChatWhole);
        });
        await using var gateway = await StartAsync("routing: { strategy: fill-first }\n", ("one", slow, "concurrency: 2"), ("two", other, "concurrency: 1"));
        var asked = Enumerable.Range(0, 6).Select(_ => PostAsync(gateway, Talk.Chat("m"))).ToList();
        await Poll.UntilAsync(() => slow.Calls + other.Calls >= 3);
        asked.ShouldAllBe(request => !request.IsCompleted);
        go.SetResult();
        var answers = await Task.WhenAll(asked);
        answers.ShouldAllBe(answer => (int)answer.StatusCode == 200);
        most.ShouldBeLessThanOrEqualTo(2);
        (slow.Calls + other.Calls).ShouldBe(6);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task Who_may_not_wait_for_a_place_is_told_to_come_back_and_who_leaves_stops_waiting()
    {
        var go = new TaskCompletionSource();
        await using var upstream = await RawUpstream.StartAsync(async (context, _) =>
        {
            await go.Task.WaitAsync(context.RequestAborted);
            await context.SayAsync(200, RawAnswers.ChatWhole);
        });
        await using (var hurried = await StartAsync("max-retry-interval: 0\n", ("one", upstream, "concurrency: 1")))
        {
            var first = PostAsync(hurried, Talk.Chat("m"));
            await Poll.UntilAsync(() => upstream.Calls >= 1);
            using var refused = await PostAsync(hurried, Talk.Chat("m"));
            ((int)refused.StatusCode).ShouldBe(429);
            refused.Header("retry-after").ShouldBe("1");
            (await refused.TextAsync()).ShouldContain("account_concurrency");
            go.SetResult();
            (await first).Dispose();
        }

        go = new TaskCompletionSource();
        await using var patient = await StartAsync("", ("one", upstream, "concurrency: 1"));
        var holder = PostAsync(patient, Talk.Chat("m"));
        await Poll.UntilAsync(() => upstream.Calls >= 2);
        using var leaving = new CancellationTokenSource();
        var waiting = PostAsync(patient, Talk.Chat("m"), cancellationToken: leaving.Token);
        await Poll.UntilAsync(() => patient.OpenRequests >= 2);
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await Poll.UntilAsync(() => patient.OpenRequests <= 1);
        go.SetResult();
        (await holder).Dispose();
        upstream.Calls.ShouldBe(2, "who left while waiting never reached the upstream");
    }

    [Fact]
    public async Task A_model_stands_in_when_all_accounts_of_the_first_are_exhausted_and_only_then()
    {
        await using var exhausted = await RawUpstream.StartAsync((context, n) => n == 1 ? context.SayAsync(400, """{"error":{"message":"Bad.","type":"invalid_request_error"}}""") : context.SayAsync(429, Rate, headers: ("retry-after", "900")));
        await using var other = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await StartAsync("routing: { fallbacks: { m: [ nobody-has-it, spare ], spare: m } }\n", ("one", exhausted, ""), ("two", other, "models: [ spare ]"));
        using (var refused = await PostAsync(gateway, Talk.Chat("m"))) ((int)refused.StatusCode).ShouldBe(400, "another model would not do better");
        foreach (var stream in (bool[])[false, true])
        {
            using var answer = await PostAsync(gateway, Talk.Messages("m", stream: stream), path: "/v1/messages");
            ((int)answer.StatusCode).ShouldBe(200);
            (answer.Header("x-dragoman-model"), answer.Header("x-dragoman-account")).ShouldBe(("spare", "two"));
        }

        exhausted.Calls.ShouldBe(2);
    }

    [Fact]
    public async Task Stand_ins_for_each_other_make_no_circle()
    {
        await using var one = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "900")));
        await using var two = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate.Replace("Slow", "Really slow", StringComparison.Ordinal), headers: ("retry-after", "950")));
        await using var gateway = await StartAsync("routing: { fallbacks: { m: spare, spare: m } }\n", ("one", one, ""), ("two", two, "models: [ spare ]"));
        using var answer = await PostAsync(gateway, Talk.Chat("m"));
        (await answer.TextAsync()).ShouldBe(Rate, "the model asked for is the one that is told of");
        (one.Calls, two.Calls).ShouldBe((1, 1));
    }

    private static Task<GatewayHost> StartAsync(string more, params (string Name, RawUpstream Upstream, string Keys)[] accounts)
    {
        var entries = accounts.Select(account => $"  - {{ name: {account.Name}, base-url: '{account.Upstream.Address}/v1', api-key-entries: [ {{ api-key: k-{account.Name} }} ]"
            + (account.Keys.Contains("models", StringComparison.Ordinal) ? "" : ", models: [ m ]") + (account.Keys.Length > 0 ? ", " + account.Keys : "") + " }\n");
        return GatewayHost.StartAsync(new StartOptions { ConfigText = more + "openai-compatibility:\n" + string.Concat(entries), Port = 0, LogLevel = LogLevel.None });
    }

    private static async Task<HttpResponseMessage> PostAsync(GatewayHost gateway, string body, string path = "/v1/chat/completions", CancellationToken cancellationToken = default)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await http.PostAsync(path, content, cancellationToken);
    }
}
