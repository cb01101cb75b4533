using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Api.Shared;

/// <summary>Addresses that nobody answers: told in the language that the path belongs to, or that the headers tell.</summary>
[Trait("speed", "fast")]
public sealed class UnknownPathTests
{
    [Theory]
    [InlineData("GET", "/v1/messages/batches", "", "anthropic", 404)]
    [InlineData("GET", "/v1/messages", "", "anthropic", 405)]
    [InlineData("POST", "/v1/skills", "", "anthropic", 404)]
    [InlineData("POST", "/v1/anything", "anthropic-version", "anthropic", 404)]
    [InlineData("POST", "/v1/files", "anthropic-beta", "anthropic", 404)]
    [InlineData("POST", "/nowhere", "anthropic-version", "anthropic", 404)]
    [InlineData("POST", "/api/claude_cli/feedback", "", "anthropic", 404)]
    [InlineData("POST", "/v1beta/cachedContents", "", "gemini", 404)]
    [InlineData("POST", "/v1beta/models/m:embedContent", "", "gemini", 404)]
    [InlineData("POST", "/v1/models/m:batchEmbedContents", "", "gemini", 404)]
    [InlineData("POST", "/v1beta1/projects/p/locations/l/publishers/google/models/m:generateContent", "", "gemini", 404)]
    [InlineData("POST", "/v1/projects/p/locations/l/publishers/google/models/m:generateContent", "", "gemini", 404)]
    [InlineData("POST", "/upload/v1beta/files", "", "gemini", 404)]
    [InlineData("GET", "/v1/files", "x-goog-api-key", "gemini", 404)]
    [InlineData("DELETE", "/v1/cachedContents/c", "x-goog-api-client", "gemini", 404)]
    [InlineData("DELETE", "/v1beta/models", "", "gemini", 405)]
    [InlineData("DELETE", "/v1/models", "x-goog-api-client", "gemini", 405)]
    [InlineData("POST", "/v1/nothing", "", "openai", 404)]
    [InlineData("POST", "/nothing", "", "openai", 404)]
    [InlineData("GET", "/v1/files", "", "openai", 404)]
    [InlineData("POST", "/v1/fine_tuning/jobs", "anthropic-version", "openai", 404)]
    [InlineData("GET", "/v1/chat/completions", "", "openai", 405)]
    [InlineData("PUT", "/v1/responses", "", "openai", 405)]
    public async Task The_answer_is_in_the_language_of_the_path_or_of_the_headers(string method, string path, string header, string protocol, int status)
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var answer = await rig.SendAsync(new HttpMethod(method), path, null, header.Length > 0 ? [(header, "2023-06-01")] : []);
        ((int)answer.StatusCode).ShouldBe(status);
        var body = await answer.JsonAsync();
        body["error"]!["message"]!.GetValue<string>().ShouldNotBeEmpty();
        switch (protocol)
        {
            case "anthropic":
                body["type"]!.GetValue<string>().ShouldBe("error");
                body["error"]!["type"]!.GetValue<string>().ShouldBe(status == 404 ? "not_found_error" : "invalid_request_error");
                break;
            case "gemini":
                body["error"]!["code"]!.GetValue<int>().ShouldBe(status);
                body["error"]!["status"]!.GetValue<string>().ShouldBe(status == 404 ? "NOT_FOUND" : "UNIMPLEMENTED");
                break;
            default:
                body["error"]!["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
                body["error"]!.AsObject().ContainsKey("param").ShouldBeTrue();
                break;
        }
    }
}
