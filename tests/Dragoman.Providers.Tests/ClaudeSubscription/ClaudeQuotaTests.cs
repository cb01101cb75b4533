using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.ClaudeSubscription;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.ClaudeSubscription;

/// <summary>Asking Anthropic what is left of a plan.</summary>
public sealed class ClaudeQuotaTests
{
    [Fact]
    public async Task Windows_single_models_extra_usage_and_plan_are_told()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (account, context) = (await AccountAsync(vendor), ClaudeRig.Context(vendor));
        var now = vendor.Time.GetUtcNow();
        var report = await Reader().ReadAsync(account, context, default);
        report.Problem.ShouldBeNull();
        report.Account.Select(window => (window.Name, window.UsedFraction, window.ResetsAt)).ShouldBe([("5h", 0.125, now.AddHours(2)), ("7d", 0.4, now.AddDays(3))]);
        var (model, windows) = report.Models.Single();
        (model, windows.Single().UsedFraction, windows.Single().ResetsAt).ShouldBe(("Fable", 0.6, now.AddDays(3)));
        (report.Plan, report.Facts["extra usage"]).ShouldBe(("max", "12.34 of 50.00 USD"));
    }

    [Fact]
    public async Task After_a_429_nobody_behind_the_same_address_asks_within_the_time()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (one, other, context) = (await AccountAsync(vendor), await AccountAsync(vendor, "max-two"), ClaudeRig.Context(vendor));
        var reader = Reader();
        for (var asked = 0; asked < 5; asked++) (await reader.ReadAsync(one, context, default)).Problem.ShouldBeNull();
        var refused = await reader.ReadAsync(one, context, default);
        (refused.Problem, refused.RetryAfter).ShouldBe(("Anthropic answered 429: Rate limited. Please try again later", TimeSpan.FromMinutes(5)));
        var before = vendor.Host.Requests.Count;
        vendor.Time.Advance(TimeSpan.FromMinutes(4));
        (await reader.ReadAsync(other, context, default)).RetryAfter.ShouldBe(TimeSpan.FromMinutes(1));
        vendor.Host.Requests.Count.ShouldBe(before, "nothing was sent");
        vendor.Time.Advance(TimeSpan.FromMinutes(1));
        (await reader.ReadAsync(other, context, default)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task An_account_behind_another_proxy_is_asked_for_all_the_same()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(429, "{}"));
        await using var vendor = await EmulatedVendor.StartAsync();
        var (one, reader) = (await AccountAsync(vendor), Reader());
        var context = ClaudeRig.Context(vendor);
        (await reader.ReadAsync(one with { BaseUrl = upstream.Address.ToString().TrimEnd('/') }, context, default)).RetryAfter.ShouldBe(TimeSpan.FromMinutes(15), "it did not say how long");
        (await reader.ReadAsync(one with { ProxyUrl = "http://proxy.example:1" }, context, default)).Problem.ShouldBeNull();
    }

    [Fact]
    public async Task The_plan_is_asked_for_twice_a_day()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (account, context, reader) = (await AccountAsync(vendor), ClaudeRig.Context(vendor), Reader());
        int Asked() => vendor.Host.Requests.Count(seen => seen.Target.EndsWith("/profile", StringComparison.Ordinal));
        var before = Asked();
        for (var hour = 0; hour < 7; hour++)
        {
            (await reader.ReadAsync(account, context, default)).Plan.ShouldBe("max");
            vendor.Time.Advance(TimeSpan.FromHours(1));
        }

        Asked().ShouldBe(before + 1);
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"expired"}}""", true, "Anthropic answered 401: expired")]
    [InlineData(403, """{"error":{"message":"scope"}}""", false, "Anthropic answered 403: scope")]
    [InlineData(200, "<html>", false, "Anthropic answered 200 and no usage")]
    public async Task What_went_wrong_is_told(int status, string body, bool isRejected, string problem)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await Reader().ReadAsync(await AccountAsync(vendor) with { BaseUrl = upstream.Address.ToString().TrimEnd('/') }, ClaudeRig.Context(vendor), default);
        (report.Problem, report.IsRejected).ShouldBe((problem, isRejected));
    }

    [Theory]
    [InlineData("{}", "", "", "")]
    [InlineData("""{"five_hour":null,"seven_day":{"utilization":"much"},"limits":"none","extra_usage":{"is_enabled":false}}""", "", "", "extra usage=off")]
    [InlineData("""{"five_hour":{"utilization":250,"resets_at":null},"seven_day_opus":{"utilization":7},"iguana_necktie":{"utilization":1.25}}""", "5h=1", "opus=0.07", "iguana_necktie=1.3 % used")]
    [InlineData("""{"limits":[{"kind":"weekly_scoped","percent":50,"scope":{"model":{"id":"claude-fable-5","display_name":"Fable"}}},{"kind":"weekly_scoped","percent":50,"scope":null},7]}""", "", "claude-fable-5=0.5", "")]
    [InlineData("""{"spend":{"enabled":true,"used":{"amount_minor":250,"currency":"EUR","exponent":2},"limit":{"amount_minor":1000,"currency":"EUR","exponent":2}}}""", "", "", "spend=2.50 EUR of 10.00 EUR")]
    [InlineData("""{"extra_usage":{"is_enabled":true,"monthly_limit":null,"used_credits":null}}""", "", "", "extra usage=0.00 of no limit")]
    public async Task Odd_reports_are_read_as_far_as_they_go(string usage, string account, string models, string facts)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(200, usage));
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await Reader().ReadAsync(await AccountAsync(vendor) with { BaseUrl = upstream.Address.ToString().TrimEnd('/') }, ClaudeRig.Context(vendor), default);
        string.Join(' ', report.Account.Select(window => FormattableString.Invariant($"{window.Name}={window.UsedFraction}"))).ShouldBe(account);
        string.Join(' ', report.Models.Select(pair => FormattableString.Invariant($"{pair.Key}={pair.Value[0].UsedFraction}"))).ShouldBe(models);
        string.Join(' ', report.Facts.Select(pair => $"{pair.Key}={pair.Value}")).ShouldBe(facts);
    }

    private static IQuotaReader Reader() => ClaudeSubscriptionModule.Create().QuotaReader!;

    private static async Task<Account> AccountAsync(EmulatedVendor vendor, string person = "max") => ClaudeRig.AccountOf((OAuthCredential)(await ClaudeRig.SignInAsync(vendor, person)).Credential) with { BaseUrl = $"{vendor.Address}/claude" };
}
