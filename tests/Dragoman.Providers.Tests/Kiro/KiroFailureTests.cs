using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.CodeWhisperer.Upstream;
using Dragoman.Providers.Kiro;
using static Dragoman.Providers.Tests.Kiro.KiroTesting;

namespace Dragoman.Providers.Tests.Kiro;

/// <summary>What the service's refusals mean (wire note, B.11).</summary>
public sealed class KiroFailureTests
{
    private const string Login = "access-token: t1, refresh-token: r1, account-id: a";

    private static readonly DateTimeOffset Now = new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Now;

    private readonly ProviderModule _module = KiroModule.Create(TimeProvider.System);

    [Theory]
    [InlineData(400, """{"message":"Input is too long.","reason":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}""", FailureClass.ContextTooLong)]
    [InlineData(400, """{"message":"Invalid model. Please select a different model to continue.","reason":"INVALID_MODEL_ID"}""", FailureClass.Gone)]
    [InlineData(400, """{"message":"Improperly formed request.","reason":null}""", FailureClass.InvalidRequest)]
    [InlineData(400, """{"message":"Invalid conversation.","reason":"INVALID_CONVERSATION_ID"}""", FailureClass.InvalidRequest)]
    [InlineData(401, """{"message":"x"}""", FailureClass.AuthExpired)]
    [InlineData(403, """{"message":"The bearer token included in the request is invalid.","reason":null}""", FailureClass.AuthExpired)]
    [InlineData(402, """{"message":"You have reached the limit.","reason":"MONTHLY_REQUEST_COUNT"}""", FailureClass.QuotaExhausted)]
    [InlineData(429, """{"message":"You have reached the limit.","reason":"MONTHLY_REQUEST_COUNT"}""", FailureClass.QuotaExhausted)]
    [InlineData(429, """{"message":"Too many requests, please wait before trying again.","reason":null}""", FailureClass.RateLimited)]
    [InlineData(429, """{"message":"Busy","reason":"INSUFFICIENT_MODEL_CAPACITY"}""", FailureClass.Capacity)]
    [InlineData(500, """{"message":"Encountered unexpectedly high load when processing the request, please try again."}""", FailureClass.Capacity)]
    [InlineData(503, "", FailureClass.Capacity)]
    [InlineData(500, "<html>", FailureClass.Transient)]
    public void A_refusal_is_of_its_class(int status, string body, FailureClass expected) => Classify(CreateAccount(Login), status, body).Class.ShouldBe(expected);

    [Fact]
    [Trait("check", "kiro R26")]
    public void Burst_and_suspicion_rest_for_at_least_what_the_vendor_means()
    {
        Classify(CreateAccount(Login), 429, """{"message":"5-minute credit limit exceeded","reason":"DAILY_REQUEST_COUNT"}""").Until.ShouldBe(Now.AddMinutes(5));
        var suspected = Classify(CreateAccount(Login), 429, """{"message":"We have detected suspicious activity."}""");
        (suspected.Class, suspected.Until, suspected.Error.RetryAfter).ShouldBe((FailureClass.RateLimited, Now.AddHours(1), TimeSpan.FromHours(1)));
        Classify(CreateAccount(Login), 429, """{"message":"5-minute credit limit exceeded","reason":"DAILY_REQUEST_COUNT"}""", ("retry-after", "900")).Until.ShouldBe(Now.AddMinutes(15));
        Classify(CreateAccount(Login), 402, """{"message":"x","reason":"MONTHLY_REQUEST_COUNT"}""").Until.ShouldBeNull("nobody has said when the plan resets");
    }

    [Fact]
    public void The_exceptions_name_stands_in_a_header_too()
        => Classify(CreateAccount(Login), 400, """{"message":"no"}""", ("x-amzn-errortype", "ThrottlingException:http://internal.amazon.com/coral/")).Class.ShouldBe(FailureClass.RateLimited);

    [Theory]
    [InlineData(403, """{"message":"Denied.","reason":"TEMPORARILY_SUSPENDED"}""")]
    [InlineData(403, """{"message":"Your User ID temporarily is suspended. We've locked your account as a security precaution."}""")]
    [InlineData(423, "{}")]
    [Trait("check", "kiro R21")]
    public void R21_a_suspended_account_says_where_to_appeal_and_is_not_asked_again(int status, string body)
    {
        var ofFile = Classify(CreateAccount(Login), status, body);
        ofFile.Class.ShouldBe(FailureClass.AuthDead);
        ofFile.Error.Message.ShouldContain("https://app.kiro.dev/account/usage?support_form");
        Classify(CreateAccount(Login, stored: true), status, body).Class.ShouldBe(FailureClass.AuthExpired, "its renewal ends without a question to the vendor");
        Classify(CreateAccount("api-key: ksk_1"), status, body).Class.ShouldBe(FailureClass.AuthDead);
    }

    [Fact]
    public async Task An_account_that_one_host_refuses_is_tried_at_the_other_and_stays_where_both_refuse_it()
    {
        const string body = """{"message":"User is not authorized to make this call."}""";
        var account = CreateAccount(Login);
        Classify(account, 403, body).Class.ShouldBe(FailureClass.Transient);
        (await HostAsync(account)).ShouldBe("runtime.us-east-1.kiro.dev");
        Classify(account, 403, body).Class.ShouldBe(FailureClass.Transient, "it was under way at the first host");
        (await HostAsync(account)).ShouldBe("runtime.us-east-1.kiro.dev");
        _now += TimeSpan.FromMinutes(1);
        Classify(account, 403, body).Class.ShouldBe(FailureClass.Forbidden);
        (await HostAsync(account)).ShouldBe("q.us-east-1.amazonaws.com");
        Classify(account, 403, body).Class.ShouldBe(FailureClass.Forbidden);
        (await HostAsync(account)).ShouldBe("q.us-east-1.amazonaws.com");
        Classify(CreateAccount("access-token: other, host: amazonaws"), 403, body).Class.ShouldBe(FailureClass.Forbidden);
        Classify(CreateAccount("access-token: third, base-url: 'http://h'"), 403, body).Class.ShouldBe(FailureClass.Forbidden);
    }

    [Theory]
    [InlineData("profileArn is required for this request.")]
    [InlineData("Invalid profileArn.")]
    public void A_profile_is_looked_up_with_one_renewal_and_not_two(string words)
    {
        var body = $$"""{"message":"{{words}}"}""";
        var account = CreateAccount(Login);
        Classify(account, 400, body).Class.ShouldBe(FailureClass.AuthExpired);
        Classify(account, 400, body).Class.ShouldBe(FailureClass.AuthExpired, "another request with the same token");
        account.Cell.TrySwap(1, ((OAuthCredential)account.Credential) with { AccessToken = "t2" }).ShouldBeTrue();
        Classify(account, 400, body).Class.ShouldBe(FailureClass.Forbidden, "the profile was looked up with the renewal");
        Classify(CreateAccount($"{Login}, profile-arn: '{Arn}'"), 400, body).Class.ShouldBe(FailureClass.Forbidden, "the owner has chosen it");
        Classify(CreateAccount("api-key: ksk_1"), 400, body).Class.ShouldBe(FailureClass.Forbidden);
    }

    private async Task<string> HostAsync(Account account)
    {
        using var request = await BuildAsync(_module, account);
        return request.RequestUri!.Host;
    }

    private Failure Classify(Account account, int status, string body, (string Name, string Value)? header = null)
    {
        using var answer = new HttpResponseMessage();
        if (header is var (name, value)) answer.Headers.TryAddWithoutValidation(name, value);
        var bytes = Encoding.UTF8.GetBytes(body);
        return _module.Failures.Classify(new UpstreamFailure(CodeWhispererUpstream.Instance.ReadError(status, bytes), answer.Headers, _now) { Body = bytes, Account = account });
    }
}
