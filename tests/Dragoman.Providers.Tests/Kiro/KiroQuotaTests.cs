using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.Kiro.KiroTesting;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>What is left of a plan, and what the vendor's list says of models (wire note, B.16; versions and profiles: logins-2026-11 §5).</summary>
public sealed class KiroQuotaTests
{
    private static readonly DateTimeOffset Reset = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ProviderModule _module = KiroModule.Create(TimeProvider.System);

    [Theory]
    [InlineData("builder-id", "")]
    [InlineData("google", "")]
    [InlineData("google", ", interface-version: 1.0.437")]
    [Trait("check", "kiro R22")]
    public async Task The_plan_its_credits_and_their_reset_are_told(string flow, string settings)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module, settings);
        var login = await SignInAsync(vendor, _module, context, flow);
        var account = AccountOf(login);
        var report = await _module.QuotaReader!.ReadAsync(account, context, default);
        report.Problem.ShouldBeNull();
        (report.Plan, report.Facts["overage"], report.Facts["left"]).ShouldBe(("KIRO PRO", "off", "1075 of 1100 credits are left until 2027-01-01"));
        (report.Facts["used"], report.Facts["limit"], report.Facts["bonus-used"], report.Facts["bonus-limit"], report.Facts.ContainsKey("trial-limit")).ShouldBe(("25", "1100", "25", "100", false));
        report.Account.ShouldHaveSingleItem().ShouldBe(new QuotaWindow("credits", 25 / 1100.0, null, null, Reset) { Length = TimeSpan.FromDays(31) }, "the month before the reset");
        vendor.Host.Requests.Single(request => request.Target.StartsWith("/kiro/service/getUsageLimits", StringComparison.Ordinal) && request.Number == LastUsage(vendor)).Target.Contains("profileArn", StringComparison.Ordinal).ShouldBe(settings.Length > 0);
        Options(account, "claude-opus-4.6").MaxInputTokens.ShouldBe(1_000_000, "the list of models was read on the way");
        var lists = Lists(vendor);
        lists.ShouldBe(1);
        await _module.QuotaReader.ReadAsync(account, context, default);
        Lists(vendor).ShouldBe(lists, "once an hour");
        using var answer = new HttpResponseMessage();
        var exhausted = CodeWhispererUpstream.Instance.ReadError(402, """{"message":"x","reason":"MONTHLY_REQUEST_COUNT"}"""u8.ToArray());
        _module.Failures.Classify(new UpstreamFailure(exhausted, answer.Headers, vendor.Time.GetUtcNow()) { Account = account }).Until.ShouldBe(Reset, "R22: out until the plan resets");
    }

    [Fact]
    public async Task A_newer_interface_wants_a_profile_and_a_builder_id_has_none()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module, ", interface-version: 1.0.437");
        var login = await SignInAsync(vendor, _module, context);
        login.AccountId.ShouldBeNull();
        (await _module.QuotaReader!.ReadAsync(AccountOf(login), context, default)).Problem!.ShouldContain("403");
    }

    [Fact]
    public async Task A_token_that_has_ended_is_not_renewed_for_a_number_and_one_that_is_refused_is_said()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module);
        var login = await SignInAsync(vendor, _module, context);
        using var http = new HttpClient();
        await http.GetAsync(new Uri(vendor.Address + "/kiro/expire"));
        (await _module.QuotaReader!.ReadAsync(AccountOf(login), context, default)).IsRejected.ShouldBeTrue();
        vendor.Time.Advance(TimeSpan.FromHours(2));
        var before = vendor.Host.Requests.Count;
        (await _module.QuotaReader.ReadAsync(AccountOf(login), context, default)).IsRejected.ShouldBeFalse();
        vendor.Host.Requests.Count.ShouldBe(before);
        (await _module.QuotaReader.ReadAsync(CreateAccount("api-key: ksk_1"), context, default)).Problem.ShouldNotBeNull();
    }

    [Fact]
    public void What_is_charged_beyond_the_plan_and_active_bonuses_count_and_ended_ones_do_not()
    {
        using var json = JsonDocument.Parse("""
            {"nextDateReset":"2027-01-01T00:00:00Z","subscriptionInfo":{"subscriptionTitle":"KIRO PRO+"},"overageConfiguration":{"overageStatus":"ENABLED"},
             "usageBreakdownList":[{"resourceType":"VIBE","currentUsage":1,"usageLimit":2},
              {"resourceType":"CREDIT","currentUsage":212,"currentUsageWithPrecision":212.5,"usageLimit":1000,"overageCap":10000,"currentOverages":3,"overageCharges":0.12,"currency":"USD",
               "freeTrialInfo":{"freeTrialStatus":"ACTIVE","currentUsage":100,"usageLimit":500},"bonuses":[{"status":"EXPIRED","currentUsage":0,"usageLimit":900},{"status":"ACTIVE","currentUsage":0,"usageLimit":100}]}]}
            """);
        var usage = KiroUsage.Read(json.RootElement);
        (usage.Used, usage.Limit, usage.BonusUsed, usage.BonusLimit, usage.ResetsAt, usage.HasOverage, usage.Overages, usage.OverageCharges).ShouldBe((212.5, 1000, 100, 600, Reset, true, 3, 0.12));
        usage.Describe().ShouldBe("1287.5 of 1600 credits are left until 2027-01-01; more is charged.");
        using var empty = JsonDocument.Parse("""{"usageBreakdownList":[7],"nextDateReset":-1}""");
        KiroUsage.Read(empty.RootElement).Describe().ShouldBeNull();
    }

    private CodeWhispererOptions Options(Account account, string model) => _module.OptionsOf(account, new UpstreamModel(model)).ShouldBeOfType<CodeWhispererOptions>();

    private static int Lists(EmulatedVendor vendor) => vendor.Host.Requests.Count(request => request.Target.Contains("Available", StringComparison.Ordinal) && request.Target.Contains("Models", StringComparison.Ordinal));

    private static int LastUsage(EmulatedVendor vendor) => vendor.Host.Requests.Last(request => request.Target.StartsWith("/kiro/service/getUsageLimits", StringComparison.Ordinal)).Number;
}
