using System.Net;
using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers.Copilot;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>What Copilot's refusals mean, as they come: with and without words, headers and times.</summary>
public sealed class CopilotFailureTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(429, "", FailureClass.RateLimited)]
    [InlineData(429, "too many requests\n", FailureClass.RateLimited)]
    [InlineData(429, """{"error":{"message":"Sorry, you have exceeded your Copilot token usage.","code":"rate_limited"}}""", FailureClass.RateLimited)]
    [InlineData(401, "unauthorized: token expired\n", FailureClass.AuthDead)]
    [InlineData(403, "forbidden\n", FailureClass.Forbidden)]
    [InlineData(403, "The model is not available by your policy.", FailureClass.Gone)]
    [InlineData(400, """{"error":{"message":"The requested model is not supported.","code":"model_not_supported"}}""", FailureClass.Gone)]
    [InlineData(502, "", FailureClass.Transient)]
    public void A_refusal_without_headers_is_known_by_its_status_and_names_no_time(int status, string body, FailureClass expected)
    {
        var failure = Classify(status, body);
        (failure.Class, failure.Until, failure.Error.RetryAfter).ShouldBe((expected, null, null));
        failure.Error.Message.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void A_time_that_a_header_states_is_the_limits_end()
    {
        var failure = Classify(429, "too many requests", ("Retry-After", "90"));
        (failure.Class, failure.Until).ShouldBe((FailureClass.RateLimited, Now.AddSeconds(90)));
    }

    private static Failure Classify(int status, string body, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        var bytes = Encoding.UTF8.GetBytes(body);
        return CopilotModule.Create().Failures.Classify(new UpstreamFailure(ProtocolRegistry.Upstream(Protocol.OpenAiChat).ReadError(status, bytes), response.Headers, Now) { Body = bytes });
    }
}
