using System.Text;
using Dragoman.Protocols.CodeWhisperer.Shared;
using Dragoman.Protocols.CodeWhisperer.Upstream;

namespace Dragoman.Protocols.Tests.CodeWhisperer;

/// <summary>The service's errors (wire note, B.11, and logins-2026-11 for suspensions).</summary>
public sealed class CodeWhispererErrorTests
{
    [Theory]
    [InlineData(400, """{"message":"Input is too long.","reason":"CONTENT_LENGTH_EXCEEDS_THRESHOLD"}""", ErrorKind.ContextTooLong, 400, CodeWhispererFailure.ContextTooLong)]
    [InlineData(400, """{"message":"Input is too long."}""", ErrorKind.ContextTooLong, 400, CodeWhispererFailure.ContextTooLong)]
    [InlineData(400, """{"message":"Invalid model. Please select a different model to continue.","reason":"INVALID_MODEL_ID"}""", ErrorKind.NotFound, 404, CodeWhispererFailure.ModelUnsupported)]
    [InlineData(400, """{"message":"Improperly formed request.","reason":null}""", ErrorKind.InvalidRequest, 400, CodeWhispererFailure.RequestMalformed)]
    [InlineData(400, """{"message":"Improperly formed request: the capacity of the quota","reason":"REQUEST_BODY_INVALID"}""", ErrorKind.InvalidRequest, 400, CodeWhispererFailure.RequestMalformed)]
    [InlineData(400, """{"message":"profileArn is required for this request."}""", ErrorKind.InvalidRequest, 400, CodeWhispererFailure.ProfileWrong)]
    [InlineData(400, """{"message":"x","reason":"INVALID_CONVERSATION_ID"}""", ErrorKind.InvalidRequest, 400, CodeWhispererFailure.ConversationIdInvalid)]
    [InlineData(401, """{"message":"no"}""", ErrorKind.Authentication, 401, CodeWhispererFailure.TokenInvalid)]
    [InlineData(402, """{"message":"You have reached the limit.","reason":"MONTHLY_REQUEST_COUNT"}""", ErrorKind.Quota, 429, CodeWhispererFailure.QuotaExhausted)]
    [InlineData(402, """{"message":"x","reason":"OVERAGE_REQUEST_LIMIT_EXCEEDED","__type":"com.amazon.kiro#ServiceQuotaExceededException"}""", ErrorKind.Quota, 429, CodeWhispererFailure.QuotaExhausted)]
    [InlineData(403, """{"message":"The bearer token included in the request is invalid."}""", ErrorKind.Authentication, 401, CodeWhispererFailure.TokenInvalid)]
    [InlineData(403, """{"message":"x","reason":"TEMPORARILY_SUSPENDED"}""", ErrorKind.Permission, 403, CodeWhispererFailure.Suspended)]
    [InlineData(403, """{"message":"Your User ID temporarily is suspended. We've locked your account as a security precaution."}""", ErrorKind.Permission, 403, CodeWhispererFailure.Suspended)]
    [InlineData(403, """{"message":"User is not authorized to make this call."}""", ErrorKind.Permission, 403, CodeWhispererFailure.Forbidden)]
    [InlineData(403, """{"message":"x","reason":"FEATURE_NOT_SUPPORTED"}""", ErrorKind.Permission, 403, CodeWhispererFailure.Forbidden)]
    [InlineData(423, """{"message":"locked"}""", ErrorKind.Permission, 423, CodeWhispererFailure.Suspended)]
    [InlineData(429, """{"message":"busy","reason":"INSUFFICIENT_MODEL_CAPACITY"}""", ErrorKind.Overloaded, 503, CodeWhispererFailure.ModelBusy)]
    [InlineData(429, """{"message":"Too many requests, please wait before trying again.","reason":"SERVICE_REQUEST_RATE_EXCEEDED"}""", ErrorKind.RateLimit, 429, CodeWhispererFailure.RateLimited)]
    [InlineData(429, """{"message":"5-minute credit limit exceeded","reason":"DAILY_REQUEST_COUNT"}""", ErrorKind.RateLimit, 429, CodeWhispererFailure.BurstLimit)]
    [InlineData(429, """{"message":"We detected suspicious activity."}""", ErrorKind.RateLimit, 429, CodeWhispererFailure.SuspiciousActivity)]
    [InlineData(500, """{"message":"Encountered unexpectedly high load when processing the request, please try again."}""", ErrorKind.Overloaded, 503, CodeWhispererFailure.ModelBusy)]
    [InlineData(500, "", ErrorKind.Api, 500, CodeWhispererFailure.Other)]
    [InlineData(502, "<html>Bad gateway</html>", ErrorKind.Api, 502, CodeWhispererFailure.Other)]
    public void Errors_say_what_they_mean(int status, string body, ErrorKind kind, int seen, CodeWhispererFailure failure)
    {
        var error = CodeWhispererUpstream.Instance.ReadError(status, Encoding.UTF8.GetBytes(body));
        error.Kind.ShouldBe(kind);
        error.EffectiveStatus.ShouldBe(seen);
        CodeWhispererUpstream.FailureOf(error).ShouldBe(failure);
        error.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void The_header_names_the_exception()
    {
        var error = CodeWhispererUpstream.Instance.ReadError(400, """{"message":"Rate exceeded"}"""u8.ToArray());
        CodeWhispererUpstream.NameError(error, "ThrottlingException:http://internal.amazon.com/coral/").Kind.ShouldBe(ErrorKind.RateLimit);
    }
}
