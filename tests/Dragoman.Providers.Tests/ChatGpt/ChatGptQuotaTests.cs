using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>How the windows of a ChatGPT plan stand: asked for, and in the headers of answers.</summary>
public sealed class ChatGptQuotaTests
{
    [Fact]
    public async Task The_windows_credits_and_reset_credits_are_told_and_nothing_is_spent()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf(EntryOf(await SignInAsync(vendor, "eu-ada")));
        await EmulatedVendor.OpenAsync(new Uri($"{vendor.Address}/chatgpt/emulated/usage?account=acct-eu-ada&primary=37&secondary=12"));
        var report = await ReadAsync(vendor, account);
        (report.Problem, report.Plan).ShouldBe((null, "plus"));
        report.Account.Select(window => (window.Name, window.UsedFraction, window.ResetsAt > vendor.Time.GetUtcNow())).ShouldBe([("5h", 0.37, true), ("7d", 0.12, true)]);
        report.Models.Keys.ShouldBe(["gpt-5.3-codex-spark"]);
        report.Facts.ShouldBe(new Dictionary<string, string> { ["credits"] = "12.5", ["reset credits"] = "2, of which 0 can be used now; the gateway never uses one" }, ignoreOrder: true);
        vendor.Host.Requests.ShouldNotContain(request => request.Method == "POST" && request.Target.Contains("wham", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"rate_limit":{"allowed":true,"limit_reached":false,"primary_window":{"used_percent":100,"limit_window_seconds":18000,"reset_at":1767243600},"secondary_window":null}}""", "5h", 0.995)]
    [InlineData("""{"rate_limit":{"allowed":false,"limit_reached":true,"primary_window":{"used_percent":40,"limit_window_seconds":604800,"reset_after_seconds":60},"secondary_window":null}}""", "7d", 0.4)]
    [InlineData("""{"rate_limit":{"allowed":false,"limit_reached":true,"primary_window":{"used_percent":100,"limit_window_seconds":86400},"secondary_window":null},"credits":null,"additional_rate_limits":null,"rate_limit_reached_type":null}""", "1d", 1.0)]
    [InlineData("""{"rate_limit":{"primary_window":{"used_percent":3}}}""", "primary", 0.03)]
    public async Task A_limit_that_is_reached_is_not_painted_on_every_window(string body, string name, double used)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(200, body, "application/json"));
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await ReadAsync(vendor, AccountOf($"chatgpt: [ {{ name: mine, access-token: opaque, base-url: '{upstream.Address}/backend-api/codex' }} ]\n"));
        var window = report.Account.ShouldHaveSingleItem();
        (window.Name, window.UsedFraction).ShouldBe((name, used));
    }

    [Theory]
    [InlineData(401, """{"detail":"Unauthorized"}""", "OpenAI answered 401: Unauthorized", true)]
    [InlineData(429, "", "OpenAI answered 429", false)]
    [InlineData(403, "<html>", "OpenAI answered 403", false)]
    [InlineData(200, "<html>", "OpenAI answered something that is no JSON object.", false)]
    [InlineData(200, "[]", "OpenAI answered something that is no JSON object.", false)]
    public async Task An_answer_without_usage_is_a_problem_with_a_reason(int status, string body, string problem, bool isRejected)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body, "application/json", ("Retry-After", "90")));
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await ReadAsync(vendor, AccountOf($"chatgpt: [ {{ name: mine, access-token: opaque, base-url: '{upstream.Address}/backend-api/codex' }} ]\n"));
        (report.Problem, report.IsRejected, report.Account.Count).ShouldBe((problem, isRejected, 0));
        if (status == 429) report.RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task A_bare_429_leaves_the_page_alone_for_a_while()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(429, "", "application/json"));
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await ReadAsync(vendor, AccountOf($"chatgpt: [ {{ name: mine, access-token: opaque, base-url: '{upstream.Address}/backend-api/codex' }} ]\n"));
        (report.Problem, report.RetryAfter).ShouldBe(("OpenAI answered 429", TimeSpan.FromMinutes(15)));
    }

    [Fact]
    public void The_headers_of_an_answer_tell_the_windows_in_both_spellings()
    {
        using var answer = new HttpResponseMessage();
        foreach (var (name, value) in ((string, string)[])[("x-codex-primary-used-percent", "37.5"), ("x-codex-primary-window-minutes", "300"), ("x-codex-primary-reset-at", "1767243600"),
            ("x-codex-secondary-used-percent", "105"), ("x-codex-secondary-window-minutes", "10080"), ("x-codex-secondary-reset-after-seconds", "60")])
            answer.Headers.TryAddWithoutValidation(name, value);
        var read = Module.Quotas!.ReadHeaders(answer.Headers, DateTimeOffset.UnixEpoch).ShouldNotBeNull();
        read.Account.ShouldBe([new QuotaWindow("5h", 0.375, null, null, DateTimeOffset.FromUnixTimeSeconds(1_767_243_600)), new QuotaWindow("7d", 1, null, null, DateTimeOffset.UnixEpoch.AddSeconds(60))]);
        using var silent = new HttpResponseMessage();
        Module.Quotas.ReadHeaders(silent.Headers, DateTimeOffset.UnixEpoch).ShouldBeNull();
    }

    private static Task<QuotaReport> ReadAsync(EmulatedVendor vendor, Dragoman.Gateway.Accounts.Account account) => Module.QuotaReader!.ReadAsync(account, Context(vendor), default);
}
