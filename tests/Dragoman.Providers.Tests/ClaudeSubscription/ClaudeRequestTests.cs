using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Providers.Tests.ClaudeSubscription;

/// <summary>What a plan's account sends, and what refusals mean to it.</summary>
public sealed class ClaudeRequestTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_785_684_988);

    private static OAuthCredential Login => new() { AccessToken = "sk-ant-oat01-x", RefreshToken = "sk-ant-ort01-x" };

    [Theory]
    [InlineData(null, "oauth-2025-04-20")]
    [InlineData("claude-code-20250219,interleaved-thinking-2025-05-14", "claude-code-20250219,interleaved-thinking-2025-05-14,oauth-2025-04-20")]
    [InlineData("oauth-2025-04-20, context-1m-2025-08-07", "oauth-2025-04-20,context-1m-2025-08-07")]
    public async Task The_needed_beta_is_added_to_the_clients_and_nothing_else(string? asked, string sent)
    {
        using var request = await BuildAsync(UpstreamOperation.Generate, asked);
        var headers = request.Headers;
        (request.RequestUri!.AbsoluteUri, string.Join('|', headers.GetValues("anthropic-beta")), headers.Authorization!.ToString()).ShouldBe(("https://api.anthropic.com/v1/messages", sent, "Bearer sk-ant-oat01-x"));
        headers.Select(header => header.Key).ShouldBe(["anthropic-version", "User-Agent", "anthropic-beta", "Authorization"], ignoreOrder: true);
        headers.UserAgent.ToString().ShouldStartWith("dragoman/");
        (await request.Content!.ReadAsStringAsync()).ShouldBe("{}", "nothing is put into the prompt");
    }

    [Theory]
    [InlineData(UpstreamOperation.CountTokens, "/v1/messages/count_tokens")]
    [InlineData(UpstreamOperation.ListModels, "/v1/models?limit=1000")]
    public async Task Other_operations_carry_it_too(UpstreamOperation operation, string path)
    {
        using var request = await BuildAsync(operation, null);
        (request.RequestUri!.PathAndQuery, request.Headers.GetValues("anthropic-beta").Single()).ShouldBe((path, "oauth-2025-04-20"));
    }

    [Theory]
    [InlineData(ErrorKind.RateLimit, "Usage credits are required for long context requests.", FailureClass.Unsupported, false)]
    [InlineData(ErrorKind.InvalidRequest, "Third-party apps now draw from your extra usage, not your plan limits. Add more at claude.ai/settings/usage and keep going.", FailureClass.Unsupported, false)]
    [InlineData(ErrorKind.InvalidRequest, "You're out of extra usage. Add more at claude.ai/settings/usage and keep going.", FailureClass.QuotaExhausted, true)]
    [InlineData(ErrorKind.RateLimit, "This request would exceed your rate limit.", FailureClass.RateLimited, false)]
    [InlineData(ErrorKind.Authentication, "OAuth token has expired. Please obtain a new token or refresh your existing token.", FailureClass.AuthExpired, false)]
    [InlineData(ErrorKind.Permission, "OAuth token has been revoked. Please obtain a new token.", FailureClass.AuthExpired, false)]
    [InlineData(ErrorKind.Permission, "OAuth authentication is currently not allowed for this organization.", FailureClass.Forbidden, true)]
    [InlineData(ErrorKind.Permission, "Your account does not have access to this model.", FailureClass.Forbidden, false)]
    [InlineData(ErrorKind.InvalidRequest, "max_tokens: Field required", FailureClass.InvalidRequest, false)]
    [InlineData(ErrorKind.Overloaded, "Overloaded", FailureClass.Capacity, false)]
    public void A_refusal_means_what_the_vendor_means_by_it(ErrorKind kind, string message, FailureClass expected, bool isOfAccount)
    {
        var failure = Classify(kind, message);
        (failure.Class, failure.IsOfAccount, failure.Error.Message).ShouldBe((expected, isOfAccount, message));
    }

    [Fact]
    public void A_token_that_cannot_be_renewed_is_dead()
    {
        var account = ClaudeRig.AccountOf(new OAuthCredential { AccessToken = "sk-ant-oat01-setup" });
        Classify(ErrorKind.Authentication, "Invalid bearer token", account).Class.ShouldBe(FailureClass.AuthDead);
    }

    [Fact]
    public void The_week_of_the_newest_large_model_cools_that_model_alone()
    {
        // As reported of 2 August 2026.
        var failure = Classify(ErrorKind.RateLimit, "This request would exceed your account's rate limit.", null,
            ("5h-status", "allowed"), ("5h-reset", "1785685200"), ("7d-status", "allowed_warning"), ("7d-reset", "1785736800"), ("7d_oi-status", "rejected"), ("7d_oi-reset", "1785736800"), ("status", "rejected"),
            ("reset", "1785736800"), ("representative-claim", "seven_day_overage_included"), ("overage-status", "rejected"));
        (failure.Class, failure.IsOfAccount, failure.Until).ShouldBe((FailureClass.QuotaExhausted, false, DateTimeOffset.FromUnixTimeSeconds(1_785_736_800)));
        failure.Error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1_785_736_800 - 1_785_684_988));
    }

    [Fact]
    public void A_shared_window_cools_the_account_until_the_later_reset()
    {
        var failure = Classify(ErrorKind.RateLimit, "limit", null, ("5h-status", "rejected"), ("5h-reset", "1785685200"), ("7d-status", "rejected"), ("7d-reset", "1785736800"), ("7d_oi-status", "rejected"), ("status", "rejected"));
        (failure.Class, failure.IsOfAccount, failure.Until).ShouldBe((FailureClass.QuotaExhausted, true, DateTimeOffset.FromUnixTimeSeconds(1_785_736_800)));
        var byClaim = Classify(ErrorKind.RateLimit, "limit", null, ("status", "rejected"), ("reset", "1785685200"), ("representative-claim", "five_hour"));
        (byClaim.IsOfAccount, byClaim.Until).ShouldBe((true, DateTimeOffset.FromUnixTimeSeconds(1_785_685_200)));
        Classify(ErrorKind.RateLimit, "limit", null, ("status", "rejected"), ("representative-claim", "seven_day_of_something_new")).IsOfAccount.ShouldBeFalse();
    }

    [Fact]
    public void The_windows_of_an_answer_are_the_accounts_but_for_the_large_models()
    {
        using var answer = new HttpResponseMessage();
        foreach (var (name, value) in ((string, string)[])[("5h-utilization", "0.25"), ("5h-reset", "1785685200"), ("7d-utilization", "0.94"), ("7d_oi-utilization", "1.01"), ("7d_oi-reset", "1785736800"), ("overage-utilization", "1.0"), ("fallback-percentage", "0.5"), ("status", "allowed")])
            answer.Headers.TryAddWithoutValidation("anthropic-ratelimit-unified-" + name, value);
        var reading = ClaudeRig.Module.Quotas!.ReadHeaders(answer.Headers, Now).ShouldNotBeNull();
        reading.Account.Select(window => (window.Name, window.UsedFraction)).ShouldBe([("5h", 0.25), ("7d", 0.94)]);
        reading.Target.Select(window => (window.Name, window.UsedFraction, window.ResetsAt)).ShouldBe([("7d_oi", 1.0, DateTimeOffset.FromUnixTimeSeconds(1_785_736_800))]);
        using var plain = new HttpResponseMessage();
        ClaudeRig.Module.Quotas.ReadHeaders(plain.Headers, Now).ShouldBeNull();
    }

    private static Failure Classify(ErrorKind kind, string message, Account? account = null, params (string Name, string Value)[] unified)
    {
        using var answer = new HttpResponseMessage();
        foreach (var (name, value) in unified) answer.Headers.TryAddWithoutValidation("anthropic-ratelimit-unified-" + name, value);
        return ClaudeRig.Module.Failures.Classify(new UpstreamFailure(new WireError(kind, message), answer.Headers, Now) { Account = account ?? ClaudeRig.AccountOf(Login) });
    }

    private static async Task<HttpRequestMessage> BuildAsync(UpstreamOperation operation, string? beta)
    {
        var call = new UpstreamCall(ClaudeRig.AccountOf(Login), new UpstreamModel("claude-opus-5"), operation) { Body = Encoding.UTF8.GetBytes("{}"), ClientHeaders = beta is null ? [] : [new("anthropic-beta", beta)] };
        return (await ClaudeRig.Module.CreateRequestAsync(call, default)).ShouldNotBeNull();
    }
}
