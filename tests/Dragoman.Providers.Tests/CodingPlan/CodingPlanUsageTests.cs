using System.Globalization;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.CodingPlan;
using Dragoman.Providers.Tests.Support;
using Dragoman.Testing;

namespace Dragoman.Providers.Tests.CodingPlan;

/// <summary>What plans' usage pages say, as their emulated vendors and odd ones answer, and plans that owners describe themselves.</summary>
public sealed class CodingPlanUsageTests
{
    private static readonly ProviderModule Module = CodingPlanModule.Create();

    [Theory]
    [InlineData("zai", "/api/coding/paas/v4", "a-key", "5h=0.25 9000/12000 +3h, 7d=0.1 54000/60000 +96h", "pro", "")]
    [InlineData("zai", "/api/coding/paas/v4", "spent-key", "5h=1 0/12000 +3h, 7d=0.1 54000/60000 +96h", "pro", "")]
    [InlineData("zai", "/api/coding/paas/v4", "counts-key", "5h=0.25 / +3h, 7d=0.1 / +96h", "pro", "tools: 0 of 4000 left")]
    [InlineData("minimax", "/v1", "a-key", "5h=0.25 / +3h, 7d=0.1 / +96h", null, "")]
    [InlineData("minimax", "/v1", "counts-key", "5h=0.25 1125/1500 +3h, 7d=0.1 13500/15000 +96h", null, "")]
    [InlineData("minimax", "/v1", "no-week", "5h=0.25 / +3h", null, "")]
    [InlineData("kimi", "/coding/v1", "a-key", "5h=0.25 150/200 +3h, 7d=0.25 1536/2048 +96h", "LEVEL_INTERMEDIATE", "")]
    public async Task A_page_is_read_as_the_row_says(string plan, string prefix, string key, string windows, string? name, string facts)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await ReadAsync(vendor, plan, $"{vendor.Address}/plans/{plan}{prefix}", key);
        report.Problem.ShouldBeNull();
        Shown(report, vendor.Time.GetUtcNow()).ShouldBe(windows);
        (report.Plan, string.Join(' ', report.Facts.Select(fact => $"{fact.Key}: {fact.Value}"))).ShouldBe((name, facts));
        vendor.Host.Requests.ShouldHaveSingleItem().Headers["authorization"].ShouldBe($"Bearer {key}");
    }

    [Theory]
    [InlineData("zai", "/api/coding/paas/v4", "Z.ai GLM Coding Plan refused: token expired or incorrect.")]
    [InlineData("minimax", "/v1", "MiniMax Token Plan refused: login fail: Please carry the API secret key.")]
    [InlineData("kimi", "/coding/v1", "Kimi Code answered 401: The API Key appears to be invalid or may have expired")]
    public async Task A_refusal_is_no_empty_report(string plan, string prefix, string problem)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await ReadAsync(vendor, plan, $"{vendor.Address}/plans/{plan}{prefix}", "invalid-key");
        (report.Problem, report.Account.Count).ShouldBe((problem, 0));
    }

    [Theory]
    [InlineData("zai", """{"data":[{"type":"CREDIT_LIMIT","unit":3,"number":2,"usage":"10","currentValue":"4"},{"type":"CREDIT_LIMIT","unit":3,"number":2,"usage":10,"currentValue":9},{"type":"OTHER","unit":3,"percentage":100},7,null]}""", "2h=0.9 1/10 -")]
    [InlineData("zai", """{"data":{"limits":{"type":"TOKENS_LIMIT","unit":"6","percentage":250,"nextResetTime":1e30}}}""", "7d=1 / -")]
    [InlineData("zai", """{"success":null,"data":null}""", "")]
    [InlineData("minimax", """{"model_remains":[{"model_name":"MiniMax-M3","current_interval_total_count":100,"current_interval_usage_count":500},{"model_name":"speech-hd","current_interval_remaining_percent":1}],"base_resp":{}}""", "5h=0 100/100 -")]
    [InlineData("kimi", """{"limits":[{"window":{"duration":1,"timeUnit":"TIME_UNIT_WEEK"},"detail":{"limit":10,"used":5,"resetAt":"soon"}},{"window":{"duration":"x"},"detail":{"limit":-1,"used":5}}],"usage":[]}""", "7d=0.5 5/10 -")]
    public async Task Odd_pages_are_read_as_far_as_they_go(string plan, string body, string windows)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(200, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var prefix = plan switch { "zai" => "/api/coding/paas/v4", "minimax" => "/v1", _ => "/coding/v1" };
        var report = await ReadAsync(vendor, plan, upstream.Address + prefix, "a-key");
        report.Problem.ShouldBeNull();
        Shown(report, vendor.Time.GetUtcNow()).ShouldBe(windows);
    }

    [Fact]
    public async Task An_owner_describes_a_plan_and_replaces_one()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(200, """{"quota":{"day":{"max":40,"taken":10,"again":1900000000},"tools":{"max":4,"left":3}},"tier":"gold"}"""));
        await using var vendor = await EmulatedVendor.StartAsync();
        var own = $$"""
            offers: [
              { id: club, name: Club plan, host: '{{upstream.Address}}', messages: /a, usage: { path: /u/left, plan: tier, windows: [ { name: 1d, at: quota.day, limit: max, used: taken, resets: again } ], facts: [ { name: tools, at: quota.tools, limit: max, remaining: left } ] } },
              { id: zai, host: 'https://moved.example', chat: /v9 } ]
            """.ReplaceLineEndings(" ");
        var loaded = CodingPlanTests.Load($"providers: {{ coding-plan: {{ {own} }} }}\ncoding-plan: [ {{ name: c, plan: club, api-key: k }}, {{ name: z, plan: zai, api-key: k }}, {{ name: m, plan: minimax, api-key: k }} ]\n");
        loaded.Problems.ShouldBeEmpty();
        var accounts = loaded.Config!.Accounts;
        accounts.Select(account => account.BaseUrl).ShouldBe([$"{upstream.Address}/a", "https://moved.example/v9", "https://api.minimax.io/v1"]);
        accounts[1].Options.ContainsKey("usage-url").ShouldBeFalse();
        var report = await Module.QuotaReader!.ReadAsync(accounts[0], vendor.ContextFor(Module, own), default);
        var window = report.Account.ShouldHaveSingleItem();
        (window.Name, window.UsedFraction, window.Remaining, window.ResetsAt).ShouldBe(("1d", 0.25, 30L, DateTimeOffset.FromUnixTimeSeconds(1_900_000_000)));
        (report.Plan, report.Facts["tools"]).ShouldBe(("gold", "3 of 4 left"));
    }

    [Theory]
    [InlineData("{ host: 'https://h.example', chat: /v1 }", "id", "The plan needs an id.")]
    [InlineData("{ id: x, chat: /v1 }", "host", "The plan needs an address.")]
    [InlineData("{ id: x, host: 'https://h.example' }", "chat", "The plan speaks no protocol.")]
    [InlineData("{ id: x, host: 'https://h.example', chat: v1 }", "chat", "'v1' is not a path.")]
    [InlineData("{ id: x, host: 'https://h.example', chat: /v1, lists-models: [ messages ] }", "lists-models[0]", "'messages' is no protocol of the plan.")]
    [InlineData("{ id: x, host: 'https://h.example', chat: /v1, position: allowed }", "position", "A position needs a statement and the day on which it was read.")]
    [InlineData("{ id: x, host: 'https://h.example', chat: /v1, usage: { windows: [] } }", "usage.path", "The usage page needs a path.")]
    [InlineData("{ id: x, host: 'https://h.example', chat: /v1, usage: { path: /u, windows: [ { name: a } ] } }", "usage.windows[0].limit", "Nothing says how much there is.")]
    [InlineData("{ id: x, host: 'https://h.example', chat: /v1, usage: { path: /u, windows: [ { used-percent: a } ] } }", "usage.windows[0].name", "The window has no name.")]
    [InlineData("{ id: x, host: 'https://h.example', chat: /v1, wombat: 1 }", "wombat", "The key is not known and does nothing.")]
    public void A_row_that_cannot_be_used_is_reported(string row, string key, string message)
    {
        var problems = CodingPlanTests.Load($"providers: {{ coding-plan: {{ offers: [ {row} ] }} }}\n").Problems;
        problems.ShouldContain(problem => problem.Path == $"providers.coding-plan.offers[0].{key}" && problem.Message == message, string.Join('\n', problems));
    }

    private static async Task<QuotaReport> ReadAsync(EmulatedVendor vendor, string plan, string baseUrl, string key)
    {
        var account = CodingPlanTests.Load($"coding-plan: [ {{ plan: {plan}, api-key: {key}, base-url: '{baseUrl}' }} ]\n").Config!.Accounts.Single();
        return await Module.QuotaReader!.ReadAsync(account, vendor.ContextFor(Module, ""), default);
    }

    private static string Shown(QuotaReport report, DateTimeOffset now) => string.Join(", ", report.Account.Select(window => string.Create(
        CultureInfo.InvariantCulture, $"{window.Name}={window.UsedFraction:0.##} {window.Remaining}/{window.Limit} {(window.ResetsAt is { } at ? $"+{(at - now).TotalHours:0}h" : "-")}")));
}
