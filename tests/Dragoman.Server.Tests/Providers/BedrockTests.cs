using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Providers;

/// <summary>Bedrock over real HTTP: signed, by bearer key, and its errors.</summary>
[Trait("speed", "fast")]
public sealed class BedrockTests
{
    private const string Secret = "wJalrXUtnFEMIexampleKEYexample00";

    [Theory]
    [InlineData("nova", "/v1/messages")]
    [InlineData("claude", "/v1/messages")]
    [InlineData("nova", "/v1/chat/completions")]
    [InlineData("claude", "/v1/chat/completions")]
    public async Task Signatures_are_right_whole_and_streamed_and_a_wrong_secret_is_told(string model, string path)
    {
        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions { AwsSecretKey = Secret });
        await using (var gateway = await StartAsync(upstream, $"access-key-id: AKIAEXAMPLE, secret-access-key: {Secret}"))
        {
            foreach (var stream in (bool[])[false, true])
            {
                using var answer = await FailureTests.PostAsync(gateway, Talk.Messages(model, "say:signed", stream), path);
                var text = await answer.TextAsync();
                ((int)answer.StatusCode).ShouldBe(200, text);
                text.ShouldContain("sign");
                upstream.Requests[^1].Headers["authorization"].ShouldStartWith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/");
            }
        }

        await using var wrong = await StartAsync(upstream, "access-key-id: AKIAEXAMPLE, secret-access-key: not-the-right-one-at-all");
        using var refused = await FailureTests.PostAsync(wrong, Talk.Messages(model), path);
        ((int)refused.StatusCode).ShouldBe(424);
        (await refused.TextAsync()).ShouldContain("signature");
    }

    [Fact]
    [Trait("check", "bedrock B5")]
    public async Task A_bearer_key_needs_no_signature_and_new_claude_models_get_their_profile()
    {
        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        await using var gateway = await StartAsync(upstream, "api-key: ABSKexample");
        using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("claude"), "/v1/messages");
        ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        var sent = upstream.Requests[^1];
        sent.Headers["authorization"].ShouldBe("Bearer ABSKexample");
        sent.Headers.ContainsKey("x-amz-date").ShouldBeFalse();
        Uri.UnescapeDataString(sent.Target).ShouldBe("/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke");
        (await answer.JsonAsync())["model"]!.GetValue<string>().ShouldBe("claude");
    }

    [Fact]
    public async Task Throttling_before_the_first_event_is_a_429()
    {
        await using var upstream = await EmulatorHost.StartAsync(new EmulatorOptions());
        await using var gateway = await StartAsync(upstream, "api-key: ABSKexample", "request-retry: 0\n");
        using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("nova", "fault:status=429;message=Too+many+requests", stream: true));
        ((int)answer.StatusCode).ShouldBe(429);
        (await answer.JsonAsync())["error"]!["message"]!.GetValue<string>().ShouldContain("Too many requests");
    }

    private static Task<GatewayHost> StartAsync(EmulatorHost upstream, string credential, string more = "")
        => GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"bedrock:\n  - {{ name: aws, region: us-east-1, endpoint: '{upstream.Address.ToString().TrimEnd('/')}', {credential}, models: [ {{ name: 'amazon.nova-pro-v1:0', alias: nova }}, {{ name: 'anthropic.claude-sonnet-4-5-20250929-v1:0', alias: claude }} ] }}\n{more}",
            Port = 0,
            LogLevel = LogLevel.None,
        });
}
