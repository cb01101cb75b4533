using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management.Accounts;
using Dragoman.Management.Logins;
using Dragoman.Management.Tests.Support;
using static Dragoman.Management.ManagementErrorKind;

namespace Dragoman.Management.Tests.Logins;

/// <summary>Logins in a browser: what is verified, what is shown, what is saved, and who may go on with it.</summary>
public sealed class LoginServiceTests
{
    [Fact]
    public async Task A_browser_comes_back_and_the_account_is_shown_before_it_is_saved()
    {
        await using var fixture = await LoginFixture.StartAsync();
        AuthorizationRequest? redeemed = null;
        fixture.Vendor.Redeem = (code, request) =>
        {
            redeemed = request;
            code.ShouldBe("the-code");
            return Task.FromResult(StubProvider.Login("u1"));
        };
        var begun = await fixture.StartLoginAsync();
        (begun.Status, begun.Method, begun.TakesPaste, begun.SecondsLeft).ShouldBe((LoginStatus.Waiting, LoginMethod.Browser, true, 600));
        LoginFixture.RedirectOf(begun).ShouldBe("http://127.0.0.1:8317/login/callback");
        var page = await fixture.Logins.CallbackAsync(new LoginCallback(null, LoginFixture.StateOf(begun), "the-code", null, null), default);
        (page.Succeeded, page.Text).ShouldBe((true, "Close this page, go back to where you began, and confirm the account there."));
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(redeemed!.Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_').ShouldBe(redeemed.Challenge);
        var shown = fixture.Get(begun);
        (shown.Status, shown.Result!.Label, shown.Result.Plan, shown.Result.VendorAccountId, shown.Result.Renews).ShouldBe((LoginStatus.AwaitingConfirmation, "u1@stub", "Pro", "u1", null));
        fixture.Gateway.Get<AccountAdministration>().List(null, null).Accounts.ShouldBeEmpty();
        var saved = await fixture.Logins.ConfirmAsync(begun.Id, null, ManagementFixture.Owner, default).ValueAsync();
        (saved.Status, saved.Account).ShouldBe((LoginStatus.Saved, "u1@stub"));
        var account = fixture.Gateway.Get<AccountAdministration>().List(null, null).Accounts.ShouldHaveSingleItem();
        (account.Id, account.Credential.Kind, account.Status).ShouldBe((saved.AccountId!, "oauth", "ready"));
        var stored = fixture.Gateway.Get<AccountRegistry>().Entries.Single().Account!.Credential.ShouldBeOfType<OAuthCredential>();
        (stored.AccessToken, stored.Extra["region"]).ShouldBe((StubProvider.Secret, "eu"));
        JsonSerializer.Serialize(saved, ManagementJson.Options).ShouldNotContain(StubProvider.Secret);
        var audit = await fixture.Gateway.AuditAsync();
        audit.ShouldBe(["login.start stub done browser", $"login.save {saved.AccountId} done stub 'u1@stub' added"]);
    }

    [Fact]
    public async Task A_code_is_redeemed_once_and_only_with_its_own_state()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var redeemed = 0;
        fixture.Vendor.Redeem = (_, _) =>
        {
            Interlocked.Increment(ref redeemed);
            return Task.FromResult(StubProvider.Login("u1"));
        };
        var begun = await fixture.StartLoginAsync();
        var state = LoginFixture.StateOf(begun);
        foreach (var wrong in (string?[])[null, "", state[..^1], state + "x", new string('A', state.Length)])
            (await fixture.Logins.CallbackAsync(new LoginCallback(null, wrong, "code", null, null), default)).Succeeded.ShouldBeFalse(wrong);
        // A state that belongs into the query is not taken from the path.
        (await fixture.Logins.CallbackAsync(new LoginCallback(state, null, "code", null, null), default)).Succeeded.ShouldBeFalse();
        (await fixture.Logins.CallbackAsync(new LoginCallback(null, state, null, null, null), default)).Title.ShouldBe("There is no code in this address");
        (redeemed, fixture.Get(begun).Status).ShouldBe((0, LoginStatus.Waiting));
        var callback = new LoginCallback(null, state, "code", null, null);
        var pages = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => fixture.Logins.CallbackAsync(callback, default))));
        (redeemed, pages.Any(page => page.Title.StartsWith("Signed in", StringComparison.Ordinal))).ShouldBe((1, true));
        await fixture.Logins.CompleteAsync(begun.Id, "code", ManagementFixture.Owner, default).ErrorAsync(Conflict, "login_used");
        await fixture.Logins.ConfirmAsync(begun.Id, null, ManagementFixture.Owner, default).ValueAsync();
        await fixture.Logins.ConfirmAsync(begun.Id, null, ManagementFixture.Owner, default).ErrorAsync(Conflict, "login_not_ready");
        (await fixture.Logins.CallbackAsync(callback, default)).Title.ShouldBe("Nothing waits for this sign-in");
    }

    [Theory]
    [InlineData("http://localhost:8317/login/callback?code=the%2Bcode&state={state}", "the+code")]
    [InlineData("  <http://localhost:8317/login/callback?state={state}&code=abc> ", "abc")]
    [InlineData("abc#{state}", "abc")]
    [InlineData("abc", "abc")]
    [InlineData("abc\n def", "abcdef")]
    [InlineData("code=abc&state={state}", "abc")]
    public async Task What_was_pasted_is_understood(string pasted, string code)
    {
        await using var fixture = await LoginFixture.StartAsync();
        var seen = "";
        fixture.Vendor.Redeem = (text, _) =>
        {
            seen = text;
            return Task.FromResult(StubProvider.Login("u1"));
        };
        var begun = await fixture.StartLoginAsync();
        var done = await fixture.Logins.CompleteAsync(begun.Id, pasted.Replace("{state}", LoginFixture.StateOf(begun), StringComparison.Ordinal), ManagementFixture.Owner, default).ValueAsync();
        (seen, done.Status).ShouldBe((code, LoginStatus.AwaitingConfirmation));
    }

    [Fact]
    public async Task What_belongs_to_another_login_or_is_no_code_is_refused_and_spends_nothing()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var begun = await fixture.StartLoginAsync();
        await fixture.Logins.CompleteAsync(begun.Id, "abc#another", ManagementFixture.Owner, default).ErrorAsync(Invalid, "state_mismatch");
        foreach (var nothing in (string?[])[null, " ", "http://localhost/?state=x", "#", "::://", new string('x', 9_000)])
            await fixture.Logins.CompleteAsync(begun.Id, nothing, ManagementFixture.Owner, default).ErrorAsync(Invalid, "invalid_value");
        fixture.Get(begun).Status.ShouldBe(LoginStatus.Waiting);
        var refused = await fixture.Logins.CompleteAsync(begun.Id, $"http://localhost/cb?error=access_denied&error_description=No+way&state={LoginFixture.StateOf(begun)}", ManagementFixture.Owner, default).ValueAsync();
        (refused.Status, refused.Error).ShouldBe((LoginStatus.Failed, "Stub says: access_denied: No way"));
    }

    [Fact]
    public async Task Only_who_began_a_login_sees_it_and_goes_on_with_it()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var begun = await fixture.StartLoginAsync();
        foreach (var other in (Actor[])[new("management", "192.0.2.9"), new("cli", "192.0.2.1")])
        {
            fixture.Logins.Get(begun.Id, other).Failed(NotFound, "not_found");
            fixture.Logins.Follow(begun.Id, other).Failed(NotFound, "not_found");
            await fixture.Logins.CompleteAsync(begun.Id, "abc", other, default).ErrorAsync(NotFound, "not_found");
            await fixture.Logins.ConfirmAsync(begun.Id, null, other, default).ErrorAsync(NotFound, "not_found");
            await fixture.Logins.CancelAsync(begun.Id, other).ErrorAsync(NotFound, "not_found");
            fixture.Logins.List(other).Logins.ShouldBeEmpty();
        }

        fixture.Logins.List(ManagementFixture.Owner).Logins.ShouldHaveSingleItem().Id.ShouldBe(begun.Id);
        (await fixture.Logins.CancelAsync(begun.Id, ManagementFixture.Owner)).ShouldBeNull();
        (await fixture.Logins.CallbackAsync(new LoginCallback(null, LoginFixture.StateOf(begun), "code", null, null), default)).Succeeded.ShouldBeFalse();
        fixture.Get(begun).Status.ShouldBe(LoginStatus.Cancelled);
    }

    [Fact]
    public async Task A_login_expires_and_too_many_are_refused()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var first = await fixture.StartLoginAsync();
        for (var number = 1; number < 16; number++) await fixture.StartLoginAsync();
        await fixture.StartAsync().ErrorAsync(Conflict, "too_many_logins");
        fixture.Gateway.Time.Advance(TimeSpan.FromMinutes(10));
        (fixture.Get(first).Status, fixture.Get(first).SecondsLeft, fixture.Get(first).Address).ShouldBe((LoginStatus.Expired, 0, null));
        (await fixture.Logins.CallbackAsync(new LoginCallback(null, LoginFixture.StateOf(first), "code", null, null), default)).Succeeded.ShouldBeFalse();
        await fixture.StartLoginAsync();
    }

    [Fact]
    public async Task A_login_at_an_account_that_is_there_renews_it()
    {
        await using var fixture = await LoginFixture.StartAsync();
        async Task<LoginView> SignInAsync(string account, string? organization, string token, string? label = null)
        {
            fixture.Vendor.Redeem = (_, _) => Task.FromResult(StubProvider.Login(account, organization, token));
            var login = await fixture.StartLoginAsync(start => start with { SaveAtOnce = true, Label = label });
            return await fixture.Logins.CompleteAsync(login.Id, "code", ManagementFixture.Owner, default).ValueAsync();
        }

        var first = await SignInAsync("u1", null, "token-one-of-the-first-account", "mine");
        first.Status.ShouldBe(LoginStatus.Saved);
        var accounts = fixture.Gateway.Get<AccountAdministration>();
        await accounts.ChangeAsync(first.AccountId!, new AccountUpdate { Priority = 5 }, ManagementFixture.Owner, default).ValueAsync();
        var again = await SignInAsync("u1", null, "token-two-of-the-first-account");
        (again.AccountId, again.Account, again.Result!.Renews).ShouldBe((first.AccountId, "mine", "mine"));
        (await SignInAsync("u1", "org", "token-of-an-organization")).AccountId.ShouldNotBe(first.AccountId);
        (await SignInAsync("u2", null, "token-of-another-account")).AccountId.ShouldNotBe(first.AccountId);
        accounts.List(null, null).Accounts.Select(account => (account.Label, account.Priority)).ShouldBe([("mine", 5), ("u1@stub", 0), ("u2@stub", 0)], ignoreOrder: true);
        fixture.Gateway.Get<AccountRegistry>().Entries.Single(entry => entry.Label == "mine").Account!.Credential.ShouldBeOfType<OAuthCredential>().AccessToken.ShouldBe("token-two-of-the-first-account");
        // A label that is taken keeps the result for another try.
        fixture.Vendor.Redeem = (_, _) => Task.FromResult(StubProvider.Login("u3"));
        var begun = await fixture.StartLoginAsync(start => start with { SaveAtOnce = true, Label = "mine" });
        var refused = await fixture.Logins.CompleteAsync(begun.Id, "code", ManagementFixture.Owner, default).ValueAsync();
        (refused.Status, refused.Error!.Contains("'mine'", StringComparison.Ordinal)).ShouldBe((LoginStatus.AwaitingConfirmation, true));
        (await fixture.Logins.ConfirmAsync(begun.Id, "theirs", ManagementFixture.Owner, default).ValueAsync()).Account.ShouldBe("theirs");
    }

    [Fact]
    public async Task An_account_whose_owner_has_to_sign_in_again_is_used_again_after_it()
    {
        await using var fixture = await LoginFixture.StartAsync();
        var begun = await fixture.StartLoginAsync(start => start with { SaveAtOnce = true });
        var first = await fixture.Logins.CompleteAsync(begun.Id, "code", ManagementFixture.Owner, default).ValueAsync();
        var stored = (await fixture.Gateway.Store.Accounts.GetAsync(first.AccountId!, default)).ShouldNotBeNull();
        await fixture.Gateway.Store.Accounts.UpdateAsync(stored with { Problem = "Sign in again: the grant was revoked." });
        var registry = fixture.Gateway.Get<AccountRegistry>();
        await registry.RefreshAsync(default);
        var accounts = fixture.Gateway.Get<AccountAdministration>();
        accounts.Get(first.AccountId!).Done().Status.ShouldBe("problem");
        fixture.Vendor.Redeem = (_, _) => Task.FromResult(StubProvider.Login("u1", token: "a-new-token-after-the-revocation"));
        var again = await fixture.StartLoginAsync(start => start with { SaveAtOnce = true });
        (await fixture.Logins.CompleteAsync(again.Id, "code", ManagementFixture.Owner, default).ValueAsync()).AccountId.ShouldBe(first.AccountId);
        (accounts.Get(first.AccountId!).Done().Status, registry.Entries.Single().Account!.Credential.ShouldBeOfType<OAuthCredential>().AccessToken).ShouldBe(("ready", "a-new-token-after-the-revocation"));
    }

    [Fact]
    public async Task What_the_vendor_refuses_ends_the_login_and_says_why()
    {
        await using var fixture = await LoginFixture.StartAsync();
        fixture.Vendor.Redeem = static (_, _) => throw new LoginException("Stub answered 403: Invalid code.");
        var begun = await fixture.StartLoginAsync();
        var failed = await fixture.Logins.CompleteAsync(begun.Id, "code", ManagementFixture.Owner, default).ValueAsync();
        (failed.Status, failed.Error).ShouldBe((LoginStatus.Failed, "Stub answered 403: Invalid code."));
        (await fixture.Gateway.AuditAsync()).ShouldContain("login.fail stub failed Stub answered 403: Invalid code.");
    }

    [Fact]
    public async Task A_vendor_that_forbids_it_is_named_and_one_that_has_ended_it_is_refused()
    {
        await using (var fixture = await LoginFixture.StartAsync(ThirdPartyPosition.Forbidden))
        {
            await fixture.StartAsync().ErrorAsync(Conflict, "acknowledgement_required");
            await fixture.StartLoginAsync(start => start with { Acknowledged = true });
            (await fixture.Gateway.AuditAsync()).ShouldHaveSingleItem().ShouldEndWith("the vendor's position acknowledged");
            // It is kept: nobody is asked again for the same position.
            await fixture.StartLoginAsync();
            // The vendor has changed its position since.
            await fixture.Gateway.Store.Settings.SetAsync(new Setting("acknowledged.stub", "2026-11-29"), null);
            await fixture.StartAsync().ErrorAsync(Conflict, "acknowledgement_required");
        }

        await using (var fixture = await LoginFixture.StartAsync(ThirdPartyPosition.Ended)) await fixture.StartAsync().ErrorAsync(Conflict, "login_ended");
        await using (var fixture = await LoginFixture.StartAsync())
        {
            await fixture.StartAsync(start => start with { Provider = "nobody" }).ErrorAsync(Invalid, "invalid_value");
            await fixture.StartAsync(start => start with { Flow = "telepathy" }).ErrorAsync(Invalid, "invalid_value");
            (await fixture.StartAsync(start => start with { Proxy = "user:secret@host" }).ErrorAsync(Invalid, "invalid_value")).Text.ShouldNotContain("secret@");
        }
    }

    [Fact]
    public async Task The_ports_of_a_vendor_are_open_while_a_login_waits()
    {
        await using var fixture = await LoginFixture.StartAsync(rule: new RedirectRule { Ports = [1455, 1457], Path = "/auth/callback" });
        var ports = fixture.Gateway.Get<StubListeners>();
        ports.Taken.Add(1455);
        var begun = await fixture.StartLoginAsync();
        (LoginFixture.RedirectOf(begun), begun.Hint).ShouldBe(("http://localhost:1457/auth/callback", null));
        ports.Open.ShouldBe([1457]);
        await fixture.Logins.CompleteAsync(begun.Id, "code", ManagementFixture.Owner, default).ValueAsync();
        ports.Open.ShouldBeEmpty("a code is good once");
        await fixture.Logins.ConfirmAsync(begun.Id, null, ManagementFixture.Owner, default).ValueAsync();
        ports.Taken.Add(1457);
        var without = await fixture.StartLoginAsync();
        without.Hint!.ShouldStartWith("Port 1455 is in use.");
        LoginFixture.RedirectOf(without).ShouldBe("http://localhost:1455/auth/callback");
        var elsewhere = await fixture.StartLoginAsync(start => start with { Headless = true });
        elsewhere.Hint!.ShouldContain("paste");
    }
}
