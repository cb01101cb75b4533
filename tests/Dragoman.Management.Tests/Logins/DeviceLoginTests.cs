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
        fixture.Vendor.Polls.Enqueue(() => new DevicePoll(StubProvider.Login("u1")));
        var start = fixture.Gateway.Time.GetUtcNow();
        var begun = await fixture.StartLoginAsync(login => login with { Flow = "device", SaveAtOnce = true });
        (begun.UserCode, begun.Address, begun.TakesPaste, begun.SecondsLeft).ShouldBe(("ABCD-1234", "https://stub.invalid/device", false, 300));
        await fixture.Gateway.Time.UntilAsync(() => fixture.Get(begun).Status == LoginStatus.Saved);
        // 5 s; 5 s, too often; then 10 s; broken off, then 20 s.
        fixture.Vendor.PolledAt.Select(at => Math.Round((at - start).TotalSeconds)).ShouldBe([5, 10, 20, 40], tolerance: 2);
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
