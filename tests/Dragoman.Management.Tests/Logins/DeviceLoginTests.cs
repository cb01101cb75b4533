using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Logins;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Logins;

/// <summary>Logins with a code, logins from a file, and what is reported while they go on.</summary>
public sealed class DeviceLoginTests
{
    [Fact]
    public async Task The_vendor_is_asked_at_its_own_pace_until_the_code_was_entered()
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Polls.Enqueue(() => DevicePoll.Pending);
        fixture.Vendor.Polls.Enqueue(() => new DevicePoll(null, SlowDown: true));
        fixture.Vendor.Polls.Enqueue(() => throw new HttpRequestException("gone for a moment"));
        fixture.Vendor.Polls.Enqueue(() => DevicePoll.Pending);
        fixture.Vendor.Polls.Enqueue(() => new DevicePoll(StubProvider.Login("u1")));
        var start = fixture.Gateway.Time.GetUtcNow();
        var begun = await fixture.StartLoginAsync(login => login with { Flow = "device", SaveAtOnce = true });
        (begun.UserCode, begun.Address, begun.TakesPaste, begun.SecondsLeft).ShouldBe(("ABCD-1234", "https://stub.invalid/device", false, 300));
        await fixture.Gateway.Time.UntilAsync(() => fixture.Get(begun).Status == LoginStatus.Saved);
        // 5 s; 5 s, too often; then 10 s; broken off, then 20 s; the vendor is there again, so 10 s.
        fixture.Vendor.PolledAt.Select(at => Math.Round((at - start).TotalSeconds)).ShouldBe([5, 10, 20, 40, 50], tolerance: 3);
        // Never at the very end of an interval: a vendor whose clock is a little behind would take it for too early.
        fixture.Vendor.PolledAt.Zip(fixture.Vendor.PolledAt.Skip(1), (one, next) => next - one).ShouldAllBe(gap => gap > TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_code_that_nobody_enters_expires_and_the_vendor_is_left_alone()
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Polls.Enqueue(() => DevicePoll.Pending);
        var begun = await fixture.StartLoginAsync(login => login with { Flow = "device" });
        await fixture.Gateway.Time.UntilAsync(() => fixture.Vendor.PolledAt.Count > 2);
        fixture.Gateway.Time.Advance(TimeSpan.FromMinutes(5));
        fixture.Get(begun).Status.ShouldBe(LoginStatus.Expired);
        var asked = fixture.Vendor.PolledAt.Count;
        fixture.Gateway.Time.Advance(TimeSpan.FromMinutes(5));
        fixture.Vendor.PolledAt.Count.ShouldBeInRange(asked, asked + 1);
    }

    [Fact]
    public async Task What_a_way_of_signing_in_asks_for_reaches_it_and_nothing_else_does()
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Polls.Enqueue(() => DevicePoll.Pending);
        LoginStart Saying(LoginStart login, params (string Name, string Text)[] inputs) => login with { Flow = "device", Wishes = inputs.ToDictionary(one => one.Name, one => one.Text) };
        await fixture.StartLoginAsync(login => Saying(login, ("region", "eu-west-1")));
        fixture.Vendor.Wished.ShouldBe(new Dictionary<string, string> { ["region"] = "eu-west-1" });
        var wrong = await fixture.StartAsync(login => Saying(login, ("colour", "red"), ("region", "two\nlines"), ("company", new string('x', 501)))).ErrorAsync(Invalid, "invalid_value");
        wrong.Findings.Select(finding => finding.Field).ShouldBe(["inputs.colour", "inputs.region", "inputs.company"], ignoreOrder: true);
        wrong.Text.ShouldContain("It asks for region, company.");
        // A login in a browser asks for nothing here.
        (await fixture.StartAsync(login => login with { Flow = "browser", Wishes = new Dictionary<string, string> { ["region"] = "x" } }).ErrorAsync(Invalid, "invalid_value")).Field.ShouldBe("inputs.region");
        fixture.Vendor.Wished.ShouldContainKey("region");
    }

    [Fact]
    public async Task What_the_vendor_refuses_is_said()
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Polls.Enqueue(() => throw new LoginException("You have refused it at the vendor."));
        var begun = await fixture.StartLoginAsync(login => login with { Flow = "device" });
        await fixture.Gateway.Time.UntilAsync(() => fixture.Get(begun).Status == LoginStatus.Failed);
        fixture.Get(begun).Error.ShouldBe("You have refused it at the vendor.");
    }

    [Fact]
    public async Task A_file_is_imported()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var shown = await fixture.StartLoginAsync(login => login with { Content = "good" });
        (shown.Status, shown.Method, shown.Result!.VendorAccountId).ShouldBe((LoginStatus.AwaitingConfirmation, LoginMethod.Import, "u1"));
        var error = await fixture.StartAsync(login => login with { Content = "bad" }).ErrorAsync(Conflict, "login_failed");
        error.Text.ShouldBe("There is no login in the file. Sign in with the vendor's program first.");
        await fixture.StartAsync(login => login with { Flow = "import" }).ErrorAsync(Conflict, "login_failed");
    }

    [Fact]
    public async Task Every_change_is_reported_and_the_report_ends_with_the_login()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var begun = await fixture.StartLoginAsync();
        var seen = new List<LoginStatus>();
        var following = fixture.Logins.Follow(begun.Id, ManagementFixture.Owner).Done()((name, data) =>
        {
            name.ShouldBe("login");
            seen.Add(data.ShouldBeOfType<LoginView>().Status);
            return ValueTask.CompletedTask;
        }, default);
        await fixture.Logins.CompleteAsync(begun.Id, "code", ManagementFixture.Owner, default).ValueAsync();
        await fixture.Logins.ConfirmAsync(begun.Id, null, ManagementFixture.Owner, default).ValueAsync();
        await following.WaitAsync(TimeSpan.FromSeconds(20));
        (seen[0], seen[^1]).ShouldBe((LoginStatus.Waiting, LoginStatus.Saved));
    }
}
