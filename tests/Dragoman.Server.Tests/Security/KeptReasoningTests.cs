using System.Text.Json.Nodes;
using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Security;

/// <summary>An upstream that numbers its calls anew in every answer: what it thought for one goes back to that one alone.</summary>
[Trait("speed", "fast")]
public sealed class KeptReasoningTests
{
    private const string Config = "api-keys: [ key-of-ann, key-of-bob ]\n";

    [Theory]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/chat/completions", false)]
    public async Task Repeated_call_ids_do_not_lead_to_anothers_reasoning(string path, bool renamed)
    {
        await using var upstream = await RawUpstream.StartAsync((context, number) => context.SayAsync(200, $$$"""
            {"id":"resp_{{{number}}}","object":"response","created_at":1,"status":"completed","model":"gpt-5.2","output":[
            {"type":"reasoning","id":"rs_{{{number}}}","summary":[],"encrypted_content":"gAAAAA-thought-{{{number}}}"},
            {"type":"function_call","id":"fc_{{{number}}}","call_id":"call_0","name":"clock","arguments":"{\"zone\": \"utc\"}","status":"completed"}],
            "usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}
            """));
        await using var gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"openai-compatibility:\n  - {{ name: r, base-url: '{upstream.Address}', wire-api: responses, api-key-entries: [ {{ api-key: k }} ], models: [ gpt-5.2 ] }}\n{Config}",
            Port = 0,
            LogLevel = LogLevel.None,
        });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await AskAsync("ann", "the garden");
        var id = renamed ? "toolu_of_the_client" : "call_0";
        (await AskAsync("ann", "the garden", id)).ShouldContain("gAAAAA-thought-1", customMessage: "its own comes back");
        (await AskAsync("bob", "the garden", id)).ShouldNotContain("gAAAAA");
        (await AskAsync("ann", "the house", id)).ShouldNotContain("gAAAAA");
        (await AskAsync("ann", "the garden", id, "{\"zone\":\"cet\"}")).ShouldNotContain("gAAAAA");

        async Task<string> AskAsync(string who, string opening, string? call = null, string arguments = "{\"zone\":\"utc\"}")
        {
            var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = opening });
            var anthropic = path == "/v1/messages";
            if (call is not null && anthropic)
            {
                messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_use", ["id"] = call, ["name"] = "clock", ["input"] = JsonNode.Parse(arguments) }) });
                messages.Add(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = call, ["content"] = "noon" }) });
            }
            else if (call is not null)
            {
                messages.Add(new JsonObject { ["role"] = "assistant", ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = call, ["type"] = "function", ["function"] = new JsonObject { ["name"] = "clock", ["arguments"] = arguments } }) });
                messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = call, ["content"] = "noon" });
            }

            var body = new JsonObject { ["model"] = "gpt-5.2", ["max_tokens"] = 500, ["messages"] = messages };
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("x-api-key", $"key-of-{who}");
            using var answer = await http.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
            return upstream.Bodies[^1];
        }
    }
}
