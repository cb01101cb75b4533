using Dragoman.Emulators.Script;
using Dragoman.Testing;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>What becomes of accounts that the vendor refuses, as clients and the surface's lists see it: wire note kiro-and-bedrock.md B.11, B.12 and F.3.</summary>
public sealed class KiroTroubleTests
{
    private const string Invalid = """{"message":"The bearer token included in the request is invalid.","reason":null}""";

    [Fact]
    [Trait("check", "kiro R19")]
    public async Task R19_a_refused_token_is_renewed_once_and_the_request_tried_once_more()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        using (await rig.OpenAsync(new Uri(rig.Upstream.Address, "/kiro/expire").AbsoluteUri)) { }
        (await rig.ChatAsync()).Status.ShouldBe(200);
        (Count(rig, "refreshToken"), Count(rig, "generateAssistantResponse")).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData(false, "unhealthy")]
    [InlineData(true, "cooldown")]
    [Trait("check", "kiro R20")]
    public async Task R20_an_account_that_stays_refused_is_followed_by_the_next_and_has_to_sign_in_again_where_it_cannot_be_renewed(bool renews, string status)
    {
        await using var rig = await KiroRig.StartAsync();
        var (ada, _) = (await rig.AddAsync("ada"), await rig.AddAsync("bob"));
        rig.Upstream.Script.Add(ScriptedReply.Whole(Invalid, status: 403) with { Path = "generateAssistantResponse", BodyContains = "profile/ADA", Times = 0 });
        if (!renews) rig.Upstream.Script.Add(ScriptedReply.Whole("""{"message":"Invalid refresh token provided"}""", status: 401) with { Path = "refreshToken", Times = 0 });
        // Whoever is asked first: after two requests both have been.
        for (var i = 0; i < 2; i++) (await rig.ChatAsync()).Status.ShouldBe(200);
        Count(rig, "refreshToken").ShouldBe(1);
        rig.Upstream.Requests.Count(static request => request.Target.EndsWith("generateAssistantResponse", StringComparison.Ordinal) && request.Text.Contains("profile/ADA", StringComparison.Ordinal)).ShouldBe(renews ? 2 : 1);
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().Single(account => account!["id"]!.GetValue<string>() == ada)!["status"]!.GetValue<string>().ShouldBe(status);
    }

    [Fact]
    [Trait("check", "kiro R21")]
    public async Task R21_a_suspended_account_is_out_and_nothing_is_renewed()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("suspendedsam");
        (await rig.ChatAsync()).Status.ShouldBe(424, "its owner has to do something");
        Count(rig, "refreshToken").ShouldBe(0);
        var row = (await rig.AskAsync("GET", "/api/accounts"))["accounts"]![0]!;
        (row["status"]!.GetValue<string>(), row["enabled"]!.GetValue<bool>(), row["available"]!.GetValue<bool>()).ShouldBe(("suspended", false, false), row.ToJsonString());
        var asked = Count(rig, "generateAssistantResponse");
        (await rig.ChatAsync()).Status.ShouldNotBe(200);
        Count(rig, "generateAssistantResponse").ShouldBe(asked, "it is not asked again");
    }

    [Fact]
    [Trait("check", "kiro R22")]
    public async Task R22_an_account_whose_plan_is_used_up_is_out_until_the_plan_resets()
    {
        var time = new ManualTime();
        // Five days before the reset that the vendor names: more than eight days at a time nobody is believed.
        var reset = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        time.Advance(reset - time.GetUtcNow() - TimeSpan.FromDays(5));
        await using var rig = await KiroRig.StartAsync(time: time);
        var id = await rig.AddAsync("ada");
        await rig.AskAsync("GET", $"/api/accounts/{id}/usage");
        rig.Upstream.Script.Add(ScriptedReply.Whole("""{"message":"You have reached the limit.","reason":"MONTHLY_REQUEST_COUNT"}""", status: 402) with { Path = "generateAssistantResponse" });
        var refused = await rig.ChatAsync();
        (refused.Status, refused.Json["error"]!["type"]!.GetValue<string>()).ShouldBe((429, "rate_limit_error"), refused.Body);
        var row = (await rig.AskAsync("GET", "/api/accounts"))["accounts"]![0]!;
        (row["status"]!.GetValue<string>(), row["cooldown_remaining"]!.GetValue<int>()).ShouldBe(("cooldown", (int)(reset - time.GetUtcNow()).TotalSeconds), row.ToJsonString());
        (await rig.ChatAsync()).Status.ShouldBe(429);
        Count(rig, "generateAssistantResponse").ShouldBe(1);
        time.Advance(TimeSpan.FromDays(5));
        (await rig.ChatAsync()).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("check", "kiro R27")]
    public async Task R27_many_requests_with_an_ended_token_renew_it_once()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        using (await rig.OpenAsync(new Uri(rig.Upstream.Address, "/kiro/expire").AbsoluteUri)) { }
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => rig.ChatAsync()));
        answers.ShouldAllBe(answer => answer.Status == 200);
        Count(rig, "refreshToken").ShouldBe(1);
    }

    [Fact]
    [Trait("check", "kiro R28")]
    public async Task R28_a_token_that_still_holds_is_used_where_its_renewal_fails()
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync(time: time);
        await rig.AddAsync("ada");
        rig.Upstream.Script.Add(ScriptedReply.Whole("{}", status: 500) with { Path = "refreshToken", Times = 0 });
        time.Advance(TimeSpan.FromMinutes(56));
        (await rig.ChatAsync()).Status.ShouldBe(200);
        var row = (await rig.AskAsync("GET", "/api/accounts"))["accounts"]![0]!;
        row["status"]!.GetValue<string>().ShouldBe("active", row.ToJsonString());
        (await rig.AskAsync("POST", $"/api/accounts/{row["id"]}/refresh"))["ok"]!.GetValue<bool>().ShouldBeFalse("the vendor does fail");
        (await rig.ChatAsync()).Status.ShouldBe(200);
    }

    private static int Count(KiroRig rig, string operation) => rig.Upstream.Requests.Count(request => request.Target.EndsWith(operation, StringComparison.Ordinal));
}
