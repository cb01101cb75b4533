using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Kiro;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.Kiro.KiroTesting;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>Paid use beyond a Kiro plan, switched on and off by its owner (logins-2026-11 §5), and what a plan that is used up stops.</summary>
public sealed class KiroOverageTests
{
    private readonly ProviderModule _module = KiroModule.Create(TimeProvider.System);

    [Theory]
    [InlineData("builder-id", "", false)]
    [InlineData("google", "", false)]
    [InlineData("google", ", interface-version: 1.0.437", true)]
    public async Task It_is_switched_on_and_off_by_the_rules_of_the_usage_endpoint(string flow, string settings, bool namesProfile)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module, settings);
        var call = new AccountActionCall(AccountOf(await SignInAsync(vendor, _module, context, flow)), Guid.NewGuid(), new Dictionary<string, string>());
        var (on, off) = (_module.Actions.Single(action => action.Id == "overage-on"), _module.Actions.Single(action => action.Id == "overage-off"));
        (await off.PreviewAsync(call, context, default)).ShouldBe(ActionPreview.Impossible("Use beyond the plan is off already."));
        var preview = await on.PreviewAsync(call, context, default);
        preview.CanRun.ShouldBeTrue();
        preview.Effect.ShouldBe(
            "1075 of 1100 credits are left until 2027-01-01. When the plan's credits are used up, further requests of all programs are charged to the account, up to the vendor's cap. It stays so until it is switched off. "
            + "The vendor names 0.04 USD for each of the credits, at most 10000 of them.");
        vendor.Host.Requests.ShouldNotContain(seen => seen.Target.Contains("setUserPreference", StringComparison.Ordinal), "a preview changes nothing");

        (await on.RunAsync(call, context, default)).ShouldBe(ActionOutcome.Done("Use beyond the plan is on now."));
        System.Text.Encoding.UTF8.GetString(vendor.Host.Requests[^1].Body.Span).Contains("profileArn", StringComparison.Ordinal).ShouldBe(namesProfile);
        (await _module.QuotaReader!.ReadAsync(call.Account, context, default)).Facts["overage"].ShouldStartWith("on");
        (await on.PreviewAsync(call, context, default)).Effect.ShouldBe("Use beyond the plan is on already.");
        (await off.PreviewAsync(call, context, default)).CanRun.ShouldBeTrue();
        (await off.RunAsync(call, context, default)).ShouldBe(ActionOutcome.Done("Use beyond the plan is off now."));
    }

    [Fact]
    public async Task A_refusal_is_said_and_a_key_is_not_offered_it()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = ContextOf(vendor, _module, ", interface-version: 1.0.437");
        var on = _module.Actions.Single(action => action.Id == "overage-on");
        var call = new AccountActionCall(AccountOf(await SignInAsync(vendor, _module, context)), Guid.NewGuid(), new Dictionary<string, string>());
        var preview = await on.PreviewAsync(call, context, default);
        (preview.CanRun, preview.Effect).ShouldBe((false, "Kiro answered 403: User is not authorized to make this call."));
        (await on.RunAsync(call, context, default)).IsDone.ShouldBeFalse();
        on.IsOffered(call.Account).ShouldBeTrue();
        on.IsOffered(CreateAccount("api-key: ksk_key")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"message":"You have reached the limit for this month.","reason":"MONTHLY_REQUEST_COUNT"}""", true)]
    [InlineData("""{"message":"The limit for requests beyond the plan is reached.","reason":"OVERAGE_REQUEST_LIMIT_EXCEEDED"}""", true)]
    [InlineData("""{"message":"You have reached the limit of the model claude-opus-4.6 in your plan.","reason":"MONTHLY_REQUEST_COUNT"}""", false)]
    public void A_plan_that_is_used_up_stops_the_account_and_a_models_limit_the_model(string body, bool isOfAccount)
    {
        using var answer = new HttpResponseMessage();
        var error = CodeWhispererUpstream.Instance.ReadError(402, System.Text.Encoding.UTF8.GetBytes(body));
        var failure = _module.Failures.Classify(new UpstreamFailure(error, answer.Headers, DateTimeOffset.UnixEpoch) { Model = new UpstreamModel("claude-opus-4.6") });
        (failure.Class, failure.IsOfAccount).ShouldBe((FailureClass.QuotaExhausted, isOfAccount));
    }
}
