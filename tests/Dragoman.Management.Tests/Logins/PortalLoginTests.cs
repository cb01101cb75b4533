using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Logins;

/// <summary>Logins at a vendor's page where the person chooses how to sign in: the same login goes on by what was chosen.</summary>
public sealed class PortalLoginTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_way_with_a_code_goes_on_with_it(bool isPasted)
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Redeem = (code, _) => Task.FromResult(StubProvider.Login(code));
        var begun = await StartAsync(fixture);
        (begun.Flow, begun.Method, begun.TakesPaste).ShouldBe(("portal", LoginMethod.Browser, true));
        if (isPasted) await fixture.Logins.CompleteAsync(begun.Id, $"http://localhost/cb?way=browser&code=u7&state={LoginFixture.StateOf(begun)}", ManagementFixture.Owner, default).ValueAsync();
        else (await ComeBackAsync(fixture, begun, "u7", ("way", "browser"))).Succeeded.ShouldBeTrue();
        var shown = fixture.Get(begun);
        (shown.Status, shown.Result!.Label).ShouldBe((LoginStatus.AwaitingConfirmation, "u7@stub"));
        (await fixture.Logins.ConfirmAsync(begun.Id, null, ManagementFixture.Owner, default).ValueAsync()).Status.ShouldBe(LoginStatus.Saved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_way_with_a_device_code_goes_on_in_the_same_login_with_what_the_page_said(bool isPasted)
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Polls.Enqueue(static () => DevicePoll.Pending);
        fixture.Vendor.Polls.Enqueue(static () => new DevicePoll(StubProvider.Login("u1")));
        var begun = await StartAsync(fixture);
        var state = LoginFixture.StateOf(begun);
        if (isPasted)
        {
            (await fixture.Logins.CompleteAsync(begun.Id, $"http://localhost/cb?way=device&region=eu-west-1&state={state}", ManagementFixture.Owner, default).ValueAsync()).UserCode.ShouldBe("ABCD-1234");
        }
        else
        {
            var page = await ComeBackAsync(fixture, begun, null, ("way", "device"), ("region", "eu-west-1"));
            (page.Succeeded, page.Title, page.Next!.AbsoluteUri).ShouldBe((true, "Go on with the code ABCD-1234", "https://stub.invalid/device"));
        }

        var waiting = fixture.Get(begun);
        (waiting.Id, waiting.Status, waiting.Method, waiting.UserCode, waiting.Address, waiting.TakesPaste).ShouldBe((begun.Id, LoginStatus.Waiting, LoginMethod.DeviceCode, "ABCD-1234", "https://stub.invalid/device", false));
        fixture.Vendor.Wished["region"].ShouldBe("eu-west-1");
        // What came back is good once, in a browser and in a paste box.
        (await ComeBackAsync(fixture, begun, null, state, ("way", "device"), ("region", "eu-west-1"))).Succeeded.ShouldBeFalse();
        await fixture.Logins.CompleteAsync(begun.Id, $"?way=browser&code=x&state={state}", ManagementFixture.Owner, default).ErrorAsync(Conflict, "login_not_ready");
        await fixture.Gateway.Time.UntilAsync(() => fixture.Get(begun).Status == LoginStatus.AwaitingConfirmation);
        (await fixture.Logins.ConfirmAsync(begun.Id, null, ManagementFixture.Owner, default).ValueAsync()).Status.ShouldBe(LoginStatus.Saved);
        fixture.Gateway.Get<AccountAdministration>().List(null, null).Accounts.ShouldHaveSingleItem().Label.ShouldBe("u1@stub");
    }

    [Fact]
    public async Task What_says_no_way_leaves_the_login_waiting_and_an_unknown_way_ends_it()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var begun = await StartAsync(fixture);
        var page = await ComeBackAsync(fixture, begun, "a-code");
        (page.Succeeded, page.Title).ShouldBe((false, "There is no code in this address"));
        (await ComeBackAsync(fixture, begun, null, ("way", "browser"))).Succeeded.ShouldBeFalse("the browser's way needs a code");
        await fixture.Logins.CompleteAsync(begun.Id, "a-bare-code", ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value");
        await fixture.Logins.CompleteAsync(begun.Id, "http://localhost/cb?way=device&region=x&state=of-another", ManagementFixture.Owner, default).ErrorAsync(Invalid, "state_mismatch");
        fixture.Get(begun).Status.ShouldBe(LoginStatus.Waiting);
        (await ComeBackAsync(fixture, begun, "a-code", ("way", "pigeon"))).Succeeded.ShouldBeFalse();
        var failed = fixture.Get(begun);
        (failed.Status, failed.Error!.Contains("The page says 'pigeon'.", StringComparison.Ordinal), failed.Error.Contains("Choose another way there.", StringComparison.Ordinal)).ShouldBe((LoginStatus.Failed, true, true));
    }

    private static Task<LoginView> StartAsync(LoginFixture fixture) => fixture.StartLoginAsync(static start => start with { Flow = "portal" });

    private static Task<CallbackPage> ComeBackAsync(LoginFixture fixture, LoginView login, string? code, params (string Name, string Value)[] answer) => ComeBackAsync(fixture, login, code, LoginFixture.StateOf(login), answer);

    private static Task<CallbackPage> ComeBackAsync(LoginFixture fixture, LoginView login, string? code, string state, params (string Name, string Value)[] answer)
        => fixture.Logins.CallbackAsync(new LoginCallback(null, state, code, null, null) { Answer = answer.ToDictionary(static pair => pair.Name, static pair => pair.Value) }, default);
}
