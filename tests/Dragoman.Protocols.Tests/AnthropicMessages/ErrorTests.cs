using System.Text;
using Dragoman.Protocols.BedrockAnthropic.Upstream;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

public sealed class ErrorTests
{
    [Theory]
    [InlineData(ErrorKind.InvalidRequest, 400, "invalid_request_error")]
    [InlineData(ErrorKind.Authentication, 401, "authentication_error")]
    [InlineData(ErrorKind.Billing, 402, "billing_error")]
    [InlineData(ErrorKind.Permission, 403, "permission_error")]
    [InlineData(ErrorKind.NotFound, 404, "not_found_error")]
    [InlineData(ErrorKind.TooLarge, 413, "request_too_large")]
    [InlineData(ErrorKind.RateLimit, 429, "rate_limit_error")]
    [InlineData(ErrorKind.Quota, 429, "rate_limit_error")]
    [InlineData(ErrorKind.Api, 500, "api_error")]
    [InlineData(ErrorKind.Timeout, 504, "timeout_error")]
    [InlineData(ErrorKind.Overloaded, 529, "overloaded_error")]
    [InlineData(ErrorKind.Unavailable, 529, "overloaded_error")]
    public void Each_kind_has_its_word_and_status(ErrorKind kind, int status, string type)
    {
        var error = new WireError(kind, "m") { RequestId = "req_1" };
        Messages.Client.StatusOf(error).ShouldBe(status);
        Write(error).ShouldBe($$"""{"type":"error","error":{"type":"{{type}}","message":"m"},"request_id":"req_1"}""");
    }

    [Fact]
    public void A_prompt_that_is_too_long_is_told_in_the_words_that_make_Claude_Code_compact()
        => Write(new WireError(ErrorKind.ContextTooLong, "Your input exceeds the window")).ShouldContain("prompt is too long: Your input");

    [Theory]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 tokens > 5 maximum"}}""", ErrorKind.ContextTooLong)]
    [InlineData(400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}""", ErrorKind.Billing)]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", ErrorKind.Overloaded)]
    [InlineData(429, """{"error":"slow down"}""", ErrorKind.RateLimit)]
    [InlineData(503, "<html>no</html>", ErrorKind.Unavailable)]
    [InlineData(500, "", ErrorKind.Api)]
    [InlineData(404, "[]", ErrorKind.NotFound)]
    public void Errors_of_any_shape_are_read(int status, string body, ErrorKind kind)
    {
        var error = Messages.Upstream.ReadError(status, Encoding.UTF8.GetBytes(body));
        error.Kind.ShouldBe(kind);
        error.Status.ShouldBe(status);
        error.Message.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(400, """{"message":"Input is too long for requested model."}""", ErrorKind.ContextTooLong)]
    [InlineData(403, """{"message":"The security token included in the request is expired"}""", ErrorKind.Authentication)]
    [InlineData(403, """{"Message":"You don't have access to the model"}""", ErrorKind.Permission)]
    [InlineData(400, """{"__type":"com.amazon#ServiceQuotaExceededException","message":"m"}""", ErrorKind.Quota)]
    [InlineData(424, """{"message":"m"}""", ErrorKind.Api)]
    [InlineData(408, """{"message":"m"}""", ErrorKind.Timeout)]
    public void Bedrocks_errors_are_read(int status, string body, ErrorKind kind)
        => BedrockAnthropicUpstream.Instance.ReadError(status, Encoding.UTF8.GetBytes(body)).Kind.ShouldBe(kind);

    private static string Write(WireError error)
    {
        using var output = new PooledBuffer();
        Messages.Client.WriteError(error, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
