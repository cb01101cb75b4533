using System.Net;
using System.Text;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Tests;

public sealed class SignatureTests
{
    [Theory]
    [InlineData("Hi", HttpStatusCode.OK)]
    [InlineData("Ho", HttpStatusCode.Forbidden)]
    public async Task A_SigV4_signature_is_recomputed_where_the_secret_is_known(string text, HttpStatusCode status)
    {
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { AwsSecretKey = "fake-secret-for-test-vectors-only" });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"messages":[{"role":"user","content":[{"text":"TEXT"}]}]}""".Replace("TEXT", text))),
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/json");
        request.Headers.Host = "bedrock-runtime.us-east-1.amazonaws.com";
        request.Headers.TryAddWithoutValidation("x-amz-date", "20260102T030405Z");
        request.Headers.TryAddWithoutValidation(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=EXAMPLEACCESSKEYID00/20260102/us-east-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=33ed90415f8f3395329128cfccd7701b78c16e49e9f2fb5df99903b51438189d");
        using var answer = await emulator.Http.SendAsync(request);
        answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
    }
}
