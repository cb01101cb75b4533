namespace Dragoman.Server.Tests.Surfaces.Codex;

/// <summary>Quotas, usage and models of accounts on the surface <c>codex</c>: wire note codex-and-antigravity.md A.6, G.1 16 and 17.</summary>
public sealed class CodexQuotaTests
{
    [Fact]
    [Trait("check", "codex 16")]
    [Trait("check", "codex 17")]
    public async Task A_quota_is_asked_for_once_in_five_minutes_unless_that_is_insisted_on()
    {
        await using var rig = await CodexFixture.StartAsync();
        var email = await rig.SignInAsync("ada");
        await rig.VendorAsync("usage?account=acct-ada&primary=37&secondary=12");
        // A login asks for it behind the scenes; from then on it is known.
        (await rig.SendAsync("GET", "/accounts/quota?refresh=true")).Status.ShouldBe(200);
        var asked = rig.Asked("/chatgpt/backend-api/wham/usage");
        var cached = (await rig.SendAsync("GET", $"/accounts/quota?email={email}")).Json;
        (cached["success"]!.GetValue<bool>(), cached["email"]!.GetValue<string>(), cached["cached"]!.GetValue<bool>(), rig.Asked("/chatgpt/backend-api/wham/usage")).ShouldBe((true, email, true, asked));
        var fresh = (await rig.SendAsync("GET", "/accounts/quota?refresh=true")).Json;
        (fresh["cached"]!.GetValue<bool>(), rig.Asked("/chatgpt/backend-api/wham/usage")).ShouldBe((false, asked + 1));
        var quota = fresh["quota"]!.AsObject();
        quota.Select(member => member.Key).ShouldBe(["usage", "account", "fetchedAt", "lastChecked"]);
        var usage = quota["usage"]!.AsObject();
        usage.Select(member => member.Key).ShouldBe(["totalTokenUsage", "limit", "remaining", "percentage", "resetAt", "resetAfterSeconds", "limitWindowSeconds", "planType", "limitReached", "allowed", "raw"]);
        (usage["totalTokenUsage"]!.GetValue<int>(), usage["limit"]!.GetValue<int>(), usage["remaining"]!.GetValue<int>(), usage["percentage"]!.GetValue<int>(), usage["limitWindowSeconds"]!.GetValue<int>()).ShouldBe((37, 100, 63, 37, 18_000));
        (usage["planType"]!.GetValue<string>(), usage["limitReached"]!.GetValue<bool>(), usage["allowed"]!.GetValue<bool>(), usage["resetAfterSeconds"]!.GetValue<long>() > 0).ShouldBe(("plus", false, true, true));
        var raw = usage["raw"]!["rate_limit"]!;
        (raw["primary_window"]!["used_percent"]!.GetValue<int>(), raw["secondary_window"]!["used_percent"]!.GetValue<int>(), raw["secondary_window"]!["limit_window_seconds"]!.GetValue<int>()).ShouldBe((37, 12, 604_800));
        (await rig.SendAsync("GET", $"/accounts/usage?email={email}")).Json["usage"]!["percentage"]!.GetValue<int>().ShouldBe(37);
        var all = (await rig.SendAsync("GET", "/accounts/quota/all")).Json["accounts"]!.AsArray().ShouldHaveSingleItem()!;
        (all["email"]!.GetValue<string>(), all["quota"]!["usage"]!["percentage"]!.GetValue<int>()).ShouldBe((email, 37));
        (await rig.SendAsync("GET", "/health")).Json["accounts"]![0]!["quota"]!["usage"]!["percentage"]!.GetValue<int>().ShouldBe(37);

        // The vendor is away: what is known is shown, with a warning.
        await rig.VendorAsync("revoke?account=acct-ada");
        var stale = await rig.SendAsync("GET", "/accounts/quota?refresh=true");
        (stale.Status, stale.Json["cached"]!.GetValue<bool>(), stale.Json["quota"]!["usage"]!["percentage"]!.GetValue<int>()).ShouldBe((200, true, 37));
        stale.Json["warning"]!.GetValue<string>().ShouldStartWith("Using cached data due to fetch error");
    }

    [Fact]
    public async Task The_plans_models_are_those_that_the_vendor_lists()
    {
        await using var rig = await CodexFixture.StartAsync();
        var email = await rig.SignInAsync("ada");
        var answer = (await rig.SendAsync("GET", "/accounts/models")).Json;
        (answer["success"]!.GetValue<bool>(), answer["email"]!.GetValue<string>()).ShouldBe((true, email));
        var models = answer["models"]!.AsArray();
        models.Select(model => model!["id"]!.GetValue<string>()).ShouldContain("gpt-5.2");
        models[0]!.AsObject().Select(member => member.Key).ShouldBe(["id", "name", "description", "defaultReasoningLevel", "supportedReasoningLevels", "supportedInApi", "visibility"]);
    }
}
