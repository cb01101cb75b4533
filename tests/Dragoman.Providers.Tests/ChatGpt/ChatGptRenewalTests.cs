using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Tests.Support;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>New tokens for a ChatGPT login, and its end.</summary>
public sealed class ChatGptRenewalTests
{
    [Fact]
    [Trait("check", "codex 15")]
    public async Task A_refresh_token_is_good_once_and_its_successor_is_kept()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor);
        vendor.Time.Advance(TimeSpan.FromDays(9));
        var first = await RefreshAsync(vendor, login, login.Credential);
        first.Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
        var (before, after) = ((OAuthCredential)login.Credential, first.Credential.ShouldNotBeNull());
        after.AccessToken.ShouldNotBe(before.AccessToken);
        after.RefreshToken.ShouldNotBe(before.RefreshToken);
        (after.AccountId, after.OrganizationId, after.Extra["plan"], after.ExpiresAt).ShouldBe(("user-ada", "acct-ada", "plus", vendor.Time.GetUtcNow().AddDays(10)));
        var reused = await RefreshAsync(vendor, login, before);
        (reused.Outcome, reused.Reason).ShouldBe((TokenRefreshOutcome.Refused, "the login's refresh token was used by another program, which has the login now"));
        (await RefreshAsync(vendor, login, after)).Outcome.ShouldBe(TokenRefreshOutcome.Refused, "the vendor ends a login whose spent token is used again");
    }

    [Theory]
    [InlineData(401, """{"error":{"code":"refresh_token_expired","message":"expired"}}""", TokenRefreshOutcome.Refused, false)]
    [InlineData(401, """{"error":{"code":"refresh_token_invalidated","message":"revoked"}}""", TokenRefreshOutcome.Refused, false)]
    [InlineData(401, "", TokenRefreshOutcome.Refused, false)]
    [InlineData(400, """{"error":"invalid_grant","error_description":"gone"}""", TokenRefreshOutcome.Refused, false)]
    [InlineData(400, """{"error":"invalid_request"}""", TokenRefreshOutcome.Failed, false)]
    [InlineData(403, "<html>a page in between</html>", TokenRefreshOutcome.Failed, false)]
    [InlineData(429, "", TokenRefreshOutcome.Failed, false)]
    [InlineData(500, "", TokenRefreshOutcome.Failed, true)]
    [InlineData(200, "<html>", TokenRefreshOutcome.Failed, true)]
    [InlineData(200, "{}", TokenRefreshOutcome.Failed, true)]
    public async Task Only_the_vendors_word_ends_a_login(int status, string body, TokenRefreshOutcome outcome, bool mayHaveSpent)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body, "application/json", ("Retry-After", "7")));
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor);
        var answer = await Module.Refresher!.RefreshAsync(AccountOf(EntryOf(login)), (OAuthCredential)login.Credential, vendor.ContextFor(Module, $"auth-url: '{upstream.Address}'"), default);
        (answer.Outcome, answer.MayHaveSpent).ShouldBe((outcome, mayHaveSpent));
        if (status == 429) answer.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        foreach (var secret in login.Credential.Secrets) (answer.Reason ?? "").ShouldNotContain(secret);
    }

    [Fact]
    public async Task What_does_not_come_stays()
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(200, """{"access_token":"next"}""", "application/json"));
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor);
        var old = (OAuthCredential)login.Credential;
        var next = (await Module.Refresher!.RefreshAsync(AccountOf(EntryOf(login)), old, vendor.ContextFor(Module, $"auth-url: '{upstream.Address}'"), default)).Credential.ShouldNotBeNull();
        (next.AccessToken, next.RefreshToken, next.IdToken, next.AccountId, next.OrganizationId).ShouldBe(("next", old.RefreshToken, old.IdToken, "user-ada", "acct-ada"));
    }

    [Fact]
    public async Task Signing_out_revokes_the_login_at_the_vendor()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor);
        var (account, credential) = (AccountOf(EntryOf(login)), (OAuthCredential)login.Credential);
        (await Module.SignOut!.RevokeAsync(account, credential, Context(vendor), default)).ShouldBeNull();
        (await RefreshAsync(vendor, login, credential)).Outcome.ShouldBe(TokenRefreshOutcome.Refused);
        (await Module.QuotaReader!.ReadAsync(account, Context(vendor), default)).IsRejected.ShouldBeTrue("its access token is refused as well");
        (await Module.SignOut.RevokeAsync(account, credential with { RefreshToken = "rt_unknown" }, Context(vendor), default)).ShouldBeNull("what the vendor knows no more is as good as revoked");
        (await Module.SignOut.RevokeAsync(account, credential, vendor.ContextFor(Module, "auth-url: 'http://127.0.0.1:1'"), default)).ShouldNotBeNull().ShouldStartWith("OpenAI could not be reached");
    }

    private static Task<TokenRefresh> RefreshAsync(EmulatedVendor vendor, LoginResult login, Credential credential)
        => Module.Refresher!.RefreshAsync(AccountOf(EntryOf(login)), (OAuthCredential)credential, Context(vendor), default);
}
