using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Tests.Support;
using Dragoman.Providers.Xai;

namespace Dragoman.Providers.Tests.Xai;

/// <summary>What a Grok plan is sent, what its refusals mean, and what it says is left.</summary>
public sealed class XaiRequestTests
{
    private static readonly ProviderModule Module = XaiModule.Create();

    private static OAuthCredential Login => new() { AccessToken = "eyJ-grok", RefreshToken = "r", AccountId = "user-1" };

    [Theory]
    [InlineData("", "/responses")]
    [InlineData(", wire-api: chat", "/chat/completions")]
    public async Task The_plans_service_is_told_what_it_wants_to_know(string more, string path)
    {
        using var request = await BuildAsync(AccountOf(Login, more), UpstreamOperation.Generate, "{}");
        request.RequestUri!.AbsoluteUri.ShouldBe("https://cli-chat-proxy.grok.com/v1" + path);
        string Value(string name) => request.Headers.GetValues(name).Single();
        (Value("Authorization"), Value("X-XAI-Token-Auth"), Value("x-grok-client-version"), Value("x-userid")).ShouldBe(("Bearer eyJ-grok", "xai-grok-cli", "1.0.12", "user-1"));
        Value("User-Agent").ShouldStartWith("dragoman/");
        request.Headers.Contains("x-grok-conv-id").ShouldBeFalse("nobody names a conversation");
    }

    [Theory]
    [InlineData("""{"model":"m","prompt_cache_key":"key-1","input":"hi"}""", "session_id", "key-1")]
    [InlineData("""{"input":[{"prompt_cache_key":"inner"}]}""", "session_id", "session-1")]
    [InlineData("""{"prompt_cache_key":null}""", "x-claude-code-session-id", "session-1")]
    [InlineData("""{"prompt_cache_key":"größer\n"}""", "none", "gr??er?")]
    [InlineData("not json", "conversation_id", "session-1")]
    [InlineData("{}", "none", null)]
    public async Task All_turns_of_a_conversation_say_which_it_is(string body, string header, string? conversation)
    {
        using var request = await BuildAsync(AccountOf(Login), UpstreamOperation.Generate, body, [new(header, "session-1")]);
        (request.Headers.TryGetValues("x-grok-conv-id", out var values) ? string.Join('|', values) : null).ShouldBe(conversation);
    }

    [Fact]
    public async Task What_the_owner_sets_wins()
    {
        using var request = await BuildAsync(AccountOf(Login, ", client-version: 9.9.9, token-auth: other, headers: { x-grok-conv-id: mine }"), UpstreamOperation.ListModels, "");
        (request.Headers.GetValues("x-grok-client-version").Single(), request.Headers.GetValues("X-XAI-Token-Auth").Single(), request.Headers.GetValues("x-grok-conv-id").Single()).ShouldBe(("9.9.9", "other", "mine"));
        request.RequestUri!.AbsolutePath.ShouldBe("/v1/models");
    }

    [Theory]
    [InlineData(ErrorKind.Authentication, null, "The access token is not valid.", FailureClass.AuthExpired, false)]
    [InlineData(ErrorKind.Permission, "unauthenticated:bad-credentials", "The token is not an API key.", FailureClass.AuthExpired, false)]
    [InlineData(ErrorKind.Permission, null, "Bad credentials", FailureClass.AuthExpired, false)]
    [InlineData(ErrorKind.Permission, null, "Access to Grok requires a SuperGrok or X Premium+ subscription.", FailureClass.Forbidden, true)]
    [InlineData(ErrorKind.Permission, null, "The model is not available to you.", FailureClass.Forbidden, false)]
    [InlineData(ErrorKind.Permission, null, "Content violates usage guidelines.", FailureClass.ContentFiltered, false)]
    [InlineData(ErrorKind.RateLimit, "subscription:free-usage-exhausted", "You've used all the included free usage for model grok-4.5-build-free for now.", FailureClass.QuotaExhausted, false)]
    [InlineData(ErrorKind.Permission, "personal-team-blocked:spending-limit", "You have run out of credits or need a Grok subscription.", FailureClass.QuotaExhausted, true)]
    [InlineData(ErrorKind.RateLimit, null, "Too many requests.", FailureClass.RateLimited, false)]
    public void A_refusal_means_what_the_vendor_means_by_it(ErrorKind kind, string? code, string message, FailureClass expected, bool isOfAccount)
    {
        using var answer = new HttpResponseMessage();
        var failure = Module.Failures.Classify(new UpstreamFailure(new WireError(kind, message) { Code = code }, answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(Login) });
        (failure.Class, failure.IsOfAccount).ShouldBe((expected, isOfAccount));
        if (expected == FailureClass.AuthExpired)
            Module.Failures.Classify(new UpstreamFailure(new WireError(kind, message) { Code = code }, answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(Login with { RefreshToken = null }) }).Class.ShouldBe(FailureClass.AuthDead);
    }

    [Theory]
    [InlineData("grok", "7d", 0.125, null, "Api=10 % used GrokChat=0 % used on demand=0 of 500")]
    [InlineData("unused", "7d", 0.0, null, "Api=10 % used GrokChat=0 % used on demand=0 of 500")]
    [InlineData("unified", "month", 0.25, 7_500L, "")]
    public async Task Both_shapes_of_billing_are_read(string person, string window, double used, long? remaining, string facts)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf((OAuthCredential)(await XaiLoginTests.SignInAsync(vendor, person)).Credential, $", base-url: '{vendor.Address}/xai/v1'");
        var report = await Module.QuotaReader!.ReadAsync(account, XaiLoginTests.Context(vendor), default);
        report.Problem.ShouldBeNull();
        var only = report.Account.ShouldHaveSingleItem();
        (only.Name, only.UsedFraction, only.Remaining, only.ResetsAt).ShouldBe((window, used, remaining, vendor.Time.GetUtcNow().AddDays(5)));
        string.Join(' ', report.Facts.Select(pair => $"{pair.Key}={pair.Value}").Order()).ShouldBe(facts);
        vendor.Host.Requests[^1].Headers["x-userid"].ShouldBe($"user-{person}");
    }

    [Theory]
    [InlineData(401, "{}", true, null, "xAI answered 401")]
    [InlineData(429, "{}", false, 15.0, "xAI answered 429")]
    [InlineData(403, """{"code":"x","error":"no plan"}""", false, null, "xAI answered 403: no plan")]
    [InlineData(200, "<html>", false, null, "xAI answered something that is no JSON object.")]
    [InlineData(200, "{}", false, null, "xAI says nothing of what is left.")]
    [InlineData(200, """{"config":{"monthlyLimit":{}}}""", false, null, "xAI says nothing of what is left.")]
    public async Task What_went_wrong_is_told(int status, string body, bool isRejected, double? minutes, string problem)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await Module.QuotaReader!.ReadAsync(AccountOf(Login, $", base-url: '{upstream.Address}'"), XaiLoginTests.Context(vendor), default);
        (report.IsRejected, report.RetryAfter?.TotalMinutes, report.Problem).ShouldBe((isRejected, minutes, problem));
    }

    internal static Account AccountOf(OAuthCredential credential, string more = "")
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"xai-subscription: [ {{ name: plan, access-token: {credential.AccessToken}{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        account.Cell.TrySwap(1, credential).ShouldBeTrue();
        return account;
    }

    private static async Task<HttpRequestMessage> BuildAsync(Account account, UpstreamOperation operation, string body, IReadOnlyList<KeyValuePair<string, string>>? headers = null)
        => (await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("grok-4.5"), operation) { Body = Encoding.UTF8.GetBytes(body), ClientHeaders = headers ?? [] }, default)).ShouldNotBeNull();
}
