using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.ClaudeSubscription;

/// <summary>Renewing a login with a Claude plan.</summary>
public sealed class ClaudeRefreshTests
{
    private static ITokenRefresher Refresher => ClaudeRig.Module.Refresher!;

    [Fact]
    public async Task Every_refresh_token_is_good_once_and_what_belongs_to_the_login_is_kept()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (first, context) = ((OAuthCredential)(await ClaudeRig.SignInAsync(vendor)).Credential, ClaudeRig.Context(vendor));
        vendor.Time.Advance(TimeSpan.FromHours(8));
        var renewed = await RefreshAsync(first, context);
        var second = renewed.Credential.ShouldNotBeNull();
        (renewed.Outcome, second.Expires).ShouldBe((TokenRefreshOutcome.Renewed, vendor.Time.GetUtcNow().AddHours(8)));
        (second.AccountId, second.OrganizationId, second.Extra["authorized-at"]).ShouldBe((first.AccountId, first.OrganizationId, first.Extra["authorized-at"]));
        (second.AccessToken, second.RefreshToken).ShouldNotBe((first.AccessToken, first.RefreshToken));
        var again = await RefreshAsync(first, context);
        (again.Outcome, again.Reason).ShouldBe((TokenRefreshOutcome.Refused, "Anthropic answered 400: Refresh token not found or invalid"));
        (await RefreshAsync(second, context)).Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
        var request = vendor.Host.Requests[^1];
        (request.Headers["anthropic-beta"], request.Headers["content-type"]).ShouldBe(("oauth-2025-04-20", "application/json"));
        request.Json!.AsObject().Select(member => member.Key).ShouldBe(["grant_type", "refresh_token", "client_id"]);
    }

    [Fact]
    public async Task A_login_ends_after_thirty_days_however_often_it_was_renewed()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (login, context) = ((OAuthCredential)(await ClaudeRig.SignInAsync(vendor)).Credential, ClaudeRig.Context(vendor));
        for (var day = 1; day < 30; day++)
        {
            vendor.Time.Advance(TimeSpan.FromDays(1));
            login = (await RefreshAsync(login, context)).Credential.ShouldNotBeNull();
        }

        vendor.Time.Advance(TimeSpan.FromDays(1));
        var ended = await RefreshAsync(login, context);
        (ended.Outcome, ended.Reason).ShouldBe((TokenRefreshOutcome.Refused, "Anthropic answered 400: Refresh token expired"));
    }

    [Theory]
    [InlineData(429, """{"error":{"type":"rate_limit_error","message":"slow"}}""", false, "Anthropic answered 429: slow")]
    [InlineData(500, "", true, "Anthropic answered 500")]
    [InlineData(403, "<html>challenge</html>", false, "Anthropic answered 403")]
    [InlineData(400, """{"error":"invalid_request","error_description":"no"}""", false, "Anthropic answered 400: no")]
    [InlineData(200, "<html>", true, "Anthropic answered without tokens")]
    [InlineData(200, """{"access_token":"two words"}""", true, "Anthropic answered without tokens")]
    public async Task What_is_no_refusal_of_the_token_is_tried_again(int status, string body, bool mayHaveSpent, string reason)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body, "application/json", ("Retry-After", "7")));
        await using var vendor = await EmulatedVendor.StartAsync();
        var result = await RefreshAsync(new OAuthCredential { AccessToken = "a", RefreshToken = "r" }, vendor.ContextFor(ClaudeRig.Module, $"token-url: '{upstream.Address}'"));
        (result.Outcome, result.MayHaveSpent, result.Reason).ShouldBe((TokenRefreshOutcome.Failed, mayHaveSpent, reason));
        if (status != 200) result.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
    }

    private static Task<TokenRefresh> RefreshAsync(OAuthCredential credential, VendorContext context) => Refresher.RefreshAsync(ClaudeRig.AccountOf(credential), credential, context, default);
}
