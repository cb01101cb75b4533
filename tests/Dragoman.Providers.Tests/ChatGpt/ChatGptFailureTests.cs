using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>What refusals of ChatGPT's backend mean, from status and body.</summary>
public sealed class ChatGptFailureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(401, """{"detail":"Unauthorized"}""", FailureClass.AuthExpired)]
    [InlineData(401, """{"error":{"code":"token_expired","message":"Provided authentication token is expired."}}""", FailureClass.AuthExpired)]
    [InlineData(401, """{"error":{"message":"Your authentication token has been invalidated. Please try signing in again."}}""", FailureClass.AuthExpired)]
    [InlineData(401, """{"detail":"Workspace is not authorized in this region."}""", FailureClass.Forbidden)]
    [InlineData(429, """{"error":{"type":"usage_not_included","message":"upgrade to Plus"}}""", FailureClass.Forbidden)]
    [InlineData(402, """{"detail":{"code":"deactivated_workspace","message":"The workspace is deactivated"}}""", FailureClass.Forbidden)]
    [InlineData(429, """{"error":{"type":"rate_limit_exceeded","message":"Rate limit reached. Please try again in 1.3s"}}""", FailureClass.RateLimited)]
    [InlineData(400, """{"detail":"The selected model is at capacity. Please try a different model."}""", FailureClass.Capacity)]
    [InlineData(503, """{"error":{"code":"server_is_overloaded","message":"later"}}""", FailureClass.Capacity)]
    [InlineData(403, "<!DOCTYPE html><html>Just a moment...</html>", FailureClass.Capacity)]
    [InlineData(403, """{"detail":"Forbidden"}""", FailureClass.Forbidden)]
    [InlineData(400, """{"detail":"The 'gpt-6-sol' model requires a newer version of Codex. Please upgrade to the latest app or CLI and try again."}""", FailureClass.Gone)]
    [InlineData(400, """{"detail":"The 'gpt-5.3-codex' model is not supported when using Codex with a ChatGPT account."}""", FailureClass.Gone)]
    [InlineData(400, """{"error":{"type":"invalid_request_error","message":"The 'gpt-5.3-codex' model is not supported when using Codex with a ChatGPT account."}}""", FailureClass.Gone)]
    [InlineData(400, """{"detail":"Unsupported parameter: something_new"}""", FailureClass.Unsupported)]
    [InlineData(400, """{"error":{"code":"invalid_encrypted_content","message":"The encrypted content could not be verified."}}""", FailureClass.Unsupported)]
    [InlineData(400, """{"error":{"code":"context_length_exceeded","message":"too long"}}""", FailureClass.ContextTooLong)]
    [InlineData(400, """{"error":{"code":"invalid_prompt","message":"no"}}""", FailureClass.ContentFiltered)]
    public void A_refusal_has_the_meaning_that_the_backend_gives_it(int status, string body, FailureClass expected) => Classify(status, body).Class.ShouldBe(expected);

    [Theory]
    [InlineData("""{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_at":1796040000,"resets_in_seconds":1}}""", 1_796_040_000)]
    [InlineData("""{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","resets_in_seconds":8123}}""", 1_796_040_000 + 8123)]
    public void A_used_up_window_says_when_it_begins_anew(string body, long reset)
    {
        var failure = Classify(429, body);
        (failure.Class, failure.Until).ShouldBe((FailureClass.QuotaExhausted, DateTimeOffset.FromUnixTimeSeconds(reset)));
        failure.Error.Message.ShouldBe("The usage limit has been reached");
        failure.IsOfAccount.ShouldBeTrue("all models share the windows of the plan");
        Classify(429, body, ("x-codex-active-limit", "codex_spark")).IsOfAccount.ShouldBeFalse("that model has a limit of its own");
    }

    [Fact]
    public void Where_the_error_names_no_reset_the_headers_do()
    {
        var failure = Classify(429, """{"error":{"type":"usage_limit_reached","message":"The usage limit has been reached"}}""",
            ("x-codex-primary-used-percent", "100"), ("x-codex-primary-reset-at", "1796050000"), ("x-codex-secondary-used-percent", "40"), ("x-codex-secondary-reset-at", "1796090000"));
        failure.Until.ShouldBe(DateTimeOffset.FromUnixTimeSeconds(1_796_050_000));
    }

    [Fact]
    public void A_token_that_cannot_be_renewed_is_dead_once_it_is_refused()
        => Classify(401, """{"detail":"Unauthorized"}""", AccountOf("chatgpt: [ { name: mine, access-token: opaque } ]\n")).Class.ShouldBe(FailureClass.AuthDead);

    private static Failure Classify(int status, string body, params (string Name, string Value)[] headers)
        => Classify(status, body, AccountOf("chatgpt: [ { name: mine, access-token: opaque, refresh-token: rt } ]\n"), headers);

    private static Failure Classify(int status, string body, Account account, params (string Name, string Value)[] headers)
    {
        using var answer = new HttpResponseMessage();
        foreach (var (name, value) in headers) answer.Headers.TryAddWithoutValidation(name, value);
        var bytes = Encoding.UTF8.GetBytes(body);
        return Module.Failures.Classify(new UpstreamFailure(ResponsesUpstream.Instance.ReadError(status, bytes), answer.Headers, Now) { Body = bytes, Account = account });
    }
}
