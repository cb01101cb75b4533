using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Providers.Tests.Support;
using Dragoman.Testing;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>Credits that set a ChatGPT plan's windows back: one for one confirmation, however often it is sent.</summary>
public sealed class ChatGptResetTests
{
    private static IAccountAction Action => Module.Actions.ShouldHaveSingleItem();

    [Fact]
    public async Task A_credit_is_used_once_for_one_confirmation()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf(EntryOf(await SignInAsync(vendor, "eu-ada")));
        var call = Call(account);
        (await Action.RunAsync(call, Context(vendor), default)).ShouldBe(ActionOutcome.Failed("There was nothing to set back; no credit was used."));
        await EmulatedVendor.OpenAsync(new Uri($"{vendor.Address}/chatgpt/emulated/usage?account=acct-eu-ada&primary=100&secondary=40"));
        var preview = await Action.PreviewAsync(call, Context(vendor), default);
        (preview.CanRun, preview.Effect).ShouldBe((true, $"The account has 2 reset credits (One free rate limit reset); the first expires on {vendor.Time.GetUtcNow().AddDays(10):yyyy-MM-dd}. {Action.Effect}"));
        vendor.Host.Requests.Count(seen => seen.Method == "POST" && seen.Target.EndsWith("/consume", StringComparison.Ordinal)).ShouldBe(1, "a preview uses none");

        (await Action.RunAsync(call, Context(vendor), default)).ShouldBe(ActionOutcome.Done("The plan's windows were set back; one reset credit is used up."));
        (await Module.QuotaReader!.ReadAsync(account, Context(vendor), default)).Account.ShouldAllBe(window => window.UsedFraction == 0);
        await EmulatedVendor.OpenAsync(new Uri($"{vendor.Address}/chatgpt/emulated/usage?account=acct-eu-ada&primary=100&secondary=40"));
        (await Action.RunAsync(call, Context(vendor), default)).ShouldBe(ActionOutcome.Done("The plan's windows were set back by this confirmation before; no other credit was used."));
        (await Action.RunAsync(Call(account), Context(vendor), default)).IsDone.ShouldBeTrue();
        await EmulatedVendor.OpenAsync(new Uri($"{vendor.Address}/chatgpt/emulated/usage?account=acct-eu-ada&primary=100&secondary=40"));
        (await Action.RunAsync(Call(account), Context(vendor), default)).ShouldBe(ActionOutcome.Failed("The account has no reset credit any more."));
        (await Action.PreviewAsync(call, Context(vendor), default)).ShouldBe(ActionPreview.Impossible("The account has no reset credit."));
        var asked = vendor.Host.Requests.Where(seen => seen.Target.Contains("reset-credits", StringComparison.Ordinal)).ToList();
        asked.ShouldAllBe(seen => seen.Headers["openai-beta"] == "codex-1" && seen.Headers["originator"] == "dragoman" && seen.Headers["x-openai-internal-codex-residency"] == "eu");
    }

    [Theory]
    [InlineData(401, """{"detail":"Unauthorized"}""", "OpenAI answered 401: Unauthorized.", true)]
    [InlineData(200, "<html>", "OpenAI answered something that tells no credits.", false)]
    [InlineData(200, """{"credits":null,"available_count":9}""", "The account has no reset credit.", false)]
    [InlineData(200, """{"credits":[{"status":"redeeming"},{"id":"x"},3]}""", "The account has no reset credit.", false)]
    public async Task Odd_lists_offer_nothing(int status, string body, string reason, bool isRejected)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body, "application/json"));
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf($"chatgpt: [ {{ name: mine, access-token: opaque, base-url: '{upstream.Address}/backend-api/codex' }} ]\n");
        (await Action.PreviewAsync(Call(account), Context(vendor), default)).ShouldBe(ActionPreview.Impossible(reason, isRejected));
    }

    [Theory]
    [InlineData(200, """{"code":"maybe"}""", "OpenAI answered 'maybe'; see whether a credit was used before trying again.")]
    [InlineData(200, "[]", "OpenAI answered 'nothing that is known'; see whether a credit was used before trying again.")]
    [InlineData(500, "{}", "OpenAI answered 500.")]
    public async Task Odd_answers_are_no_success(int status, string body, string message)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body, "application/json"));
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf($"chatgpt: [ {{ name: mine, access-token: opaque, base-url: '{upstream.Address}/backend-api/codex' }} ]\n");
        (await Action.RunAsync(Call(account), Context(vendor), default)).ShouldBe(ActionOutcome.Failed(message));
    }

    private static AccountActionCall Call(Account account) => new(account, Guid.NewGuid(), new Dictionary<string, string>());
}
