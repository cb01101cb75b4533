using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;
using static Dragoman.Providers.Tests.ChatGpt.ChatGptVendor;

namespace Dragoman.Providers.Tests.ChatGpt;

/// <summary>A ChatGPT account in the whole gateway, over real HTTP: every client's protocol, whole and streamed, and what the plan refuses.</summary>
public sealed class ChatGptServingTests
{
    [Theory]
    [InlineData("/v1/responses", false)]
    [InlineData("/v1/responses", true)]
    [InlineData("/v1/chat/completions", false)]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/v1/messages", false)]
    [InlineData("/v1/messages", true)]
    [InlineData("/v1/completions", false)]
    [InlineData("/v1beta/models/gpt-5.5:generateContent", false)]
    [InlineData("/v1beta/models/gpt-5.5:streamGenerateContent?alt=sse", true)]
    public async Task Every_client_is_answered_from_the_stream_that_the_backend_insists_on(string path, bool stream)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = await SignInAsync(vendor, "eu-ada");
        await using var gateway = await StartAsync(login);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await AskAsync(http, path, Body(path, stream));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("hello");
        (answer.Content.Headers.ContentType!.MediaType == "text/event-stream").ShouldBe(stream);
        answer.Headers.GetValues("x-dragoman-losses").Single().ShouldContain("max_output_tokens dropped");
        var upstream = vendor.Host.Requests[^1];
        (upstream.Target, upstream.Refused, upstream.Headers["chatgpt-account-id"], upstream.Headers["x-openai-internal-codex-residency"]).ShouldBe(("/chatgpt/backend-api/codex/responses", null, "acct-eu-ada", "eu"));
        text.ShouldNotContain(((OAuthCredential)login.Credential).AccessToken);
    }

    [Fact]
    [Trait("check", "cliproxy 30")]
    public async Task A_whole_response_has_what_its_stream_said()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(await SignInAsync(vendor));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var first = await AskAsync(http, "/v1/responses", """{"model":"gpt-5.5","input":"say:hello","instructions":"Be brief."}""");
        var response = JsonNode.Parse(await first.Content.ReadAsStringAsync())!;
        (response["object"]!.GetValue<string>(), response["status"]!.GetValue<string>(), response["model"]!.GetValue<string>()).ShouldBe(("response", "completed", "gpt-5.5"));
        response["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>()).ShouldContain("message");
        response["usage"]!["output_tokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
        // The gateway keeps it, though the backend does not.
        using var second = await AskAsync(http, "/v1/responses", $$"""{"model":"gpt-5.5","input":"say:again","previous_response_id":"{{response["id"]!.GetValue<string>()}}"}""");
        second.StatusCode.ShouldBe(HttpStatusCode.OK, await second.Content.ReadAsStringAsync());
        var sent = vendor.Host.Requests[^1].Json!;
        sent["input"]!.AsArray().Count.ShouldBeGreaterThan(2, "the whole conversation travels");
        sent.AsObject().ContainsKey("previous_response_id").ShouldBeFalse();
        using var unknown = await AskAsync(http, "/v1/responses", """{"model":"gpt-5.5","input":"go on","previous_response_id":"resp_of_somebody"}""");
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await unknown.Content.ReadAsStringAsync()).ShouldContain("previous_response_not_found");
    }

    [Fact]
    [Trait("check", "codex 32")]
    public async Task A_streamed_response_can_be_continued_and_compacted_though_the_backend_keeps_none()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(await SignInAsync(vendor));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var streamed = await AskAsync(http, "/v1/responses", """{"model":"gpt-5.5","input":"say:the first words","stream":true}""");
        var last = (await streamed.Content.ReadAsStringAsync()).Split('\n').Last(line => line.StartsWith("data: {", StringComparison.Ordinal));
        var response = JsonNode.Parse(last["data: ".Length..])!["response"]!;
        response["output"]!.ToJsonString().ShouldContain("the first words", Case.Sensitive, "the last event has what the stream said");
        using var next = await AskAsync(http, "/v1/responses", $$"""{"model":"gpt-5.5","input":"say:more","previous_response_id":"{{response["id"]!.GetValue<string>()}}","stream":true}""");
        (await next.Content.ReadAsStringAsync()).ShouldContain("more");
        vendor.Host.Requests[^1].Text.ShouldContain("the first words", Case.Sensitive, "the answer travels with the conversation");
        using var compact = await AskAsync(http, "/v1/responses/compact", """{"model":"gpt-5.5","input":[{"role":"user","content":"say:a long talk"}]}""");
        compact.StatusCode.ShouldBe(HttpStatusCode.OK, await compact.Content.ReadAsStringAsync());
        vendor.Host.Requests.ShouldAllBe(request => request.Refused == null);
    }

    [Theory]
    [InlineData("/v1/messages/count_tokens", """{"model":"gpt-5.5","messages":[{"role":"user","content":"how many words are these"}]}""")]
    [InlineData("/v1/responses/input_tokens", """{"model":"gpt-5.5","input":"how many words are these"}""")]
    public async Task Tokens_are_counted_here_since_the_backend_counts_none(string path, string body)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(await SignInAsync(vendor));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var before = vendor.Host.Requests.Count;
        using var answer = await AskAsync(http, path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["input_tokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
        vendor.Host.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task What_Codex_says_of_its_request_travels_with_it()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(await SignInAsync(vendor));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/responses")
        {
            Content = new StringContent("""{"model":"gpt-5.6-terra","stream":true,"store":false,"input":[{"type":"message","role":"developer","content":"Be brief."},{"type":"message","role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in ((string, string)[])[("originator", "codex_exec"), ("x-openai-internal-codex-responses-lite", "true"), ("thread-id", "t-1"), ("x-openai-subagent", "review"), ("x-codex-turn-state", "opaque")])
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("codex.rate_limits");
        var seen = vendor.Host.Requests[^1];
        (seen.Headers["originator"], seen.Headers["x-openai-internal-codex-responses-lite"], seen.Headers["thread-id"], seen.Headers["x-openai-subagent"], seen.Headers["x-codex-turn-state"]).ShouldBe(("codex_exec", "true", "t-1", "review", "opaque"));
        seen.Json!.AsObject().ContainsKey("instructions").ShouldBeFalse("the lite form has none");
        answer.Headers.GetValues("x-codex-turn-state").ShouldHaveSingleItem().ShouldStartWith("turn_");
    }

    [Fact]
    public async Task The_turns_of_a_conversation_share_a_cache_key_and_a_session()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(await SignInAsync(vendor));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        async Task<string> KeyAsync(string messages)
        {
            using var answer = await AskAsync(http, "/v1/chat/completions", $$"""{"model":"gpt-5.5","messages":[{{messages}}]}""");
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var request = vendor.Host.Requests[^1];
            var key = request.Json!["prompt_cache_key"]!.GetValue<string>();
            request.Headers["session-id"].ShouldBe(key);
            return key;
        }

        var first = await KeyAsync("""{"role":"user","content":"say:one"}""");
        (await KeyAsync("""{"role":"user","content":"say:one"},{"role":"assistant","content":"one"},{"role":"user","content":"say:two"}""")).ShouldBe(first);
        (await KeyAsync("""{"role":"user","content":"say:other"}""")).ShouldNotBe(first);
    }

    [Fact]
    public async Task A_used_up_plan_is_passed_over_until_its_reset_and_the_client_hears_it()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        // The gateway takes the reset that the vendor states for a moment of its own clock.
        vendor.Time.Advance(TimeProvider.System.GetUtcNow() - vendor.Time.GetUtcNow());
        await using var gateway = await StartAsync(await SignInAsync(vendor));
        using var http = new HttpClient { BaseAddress = gateway.Address };
        await EmulatedVendor.OpenAsync(new Uri($"{vendor.Address}/chatgpt/emulated/usage?account=acct-ada&primary=100"));
        using var refused = await AskAsync(http, "/v1/responses", """{"model":"gpt-5.5","input":"hi"}""");
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("usage_limit_reached");
        var before = vendor.Host.Requests.Count;
        using var again = await AskAsync(http, "/v1/messages", Body("/v1/messages", stream: false).Replace("gpt-5.5", "gpt-5.2", StringComparison.Ordinal));
        again.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        vendor.Host.Requests.Count.ShouldBe(before, "the backend has said when the account may be asked again, whatever the model");
    }

    [Theory]
    [InlineData("/v1/responses")]
    [InlineData("/v1/chat/completions")]
    public async Task Reasoning_that_another_organization_has_made_is_left_out_when_its_account_cannot_go_on(string path)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        vendor.Time.Advance(TimeProvider.System.GetUtcNow() - vendor.Time.GetUtcNow());
        var (ada, eve) = (await SignInAsync(vendor), await SignInAsync(vendor, "eve"));
        var entries = EntryOf(ada).Replace("{ name", "{ priority: 1, name", StringComparison.Ordinal).TrimEnd('\n', ']', ' ') + EntryOf(eve, "other")["chatgpt: [".Length..].Insert(0, ",");
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = entries, Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        var isChat = path == "/v1/chat/completions";
        var tools = isChat ? """[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{}}}}]""" : """[{"type":"function","name":"look","parameters":{"type":"object","properties":{}}}]""";
        using var first = await AskAsync(http, path, $$"""{"model":"gpt-5.2","{{(isChat ? "messages" : "input")}}":[{"role":"user","content":"call:look {}"}],"tools":{{tools}},{{(isChat ? "\"reasoning_effort\":\"high\"" : "\"reasoning\":{\"effort\":\"high\"},\"include\":[\"reasoning.encrypted_content\"]")}}}""");
        var said = JsonNode.Parse(await first.Content.ReadAsStringAsync())!;
        vendor.Host.Requests[^1].Headers["chatgpt-account-id"].ShouldBe("acct-ada");
        await EmulatedVendor.OpenAsync(new Uri($"{vendor.Address}/chatgpt/emulated/usage?account=acct-ada&primary=100"));
        var turns = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "call:look {}" });
        if (isChat)
        {
            var message = said["choices"]![0]!["message"]!.DeepClone();
            turns.Add(message);
            turns.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = message["tool_calls"]![0]!["id"]!.DeepClone(), ["content"] = "a tree" });
        }
        else
        {
            foreach (var item in said["output"]!.AsArray()) turns.Add(item!.DeepClone());
            said["output"]!.ToJsonString().ShouldContain("encrypted_content");
            turns.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = said["output"]!.AsArray().Single(item => item!["type"]!.GetValue<string>() == "function_call")!["call_id"]!.DeepClone(), ["output"] = "a tree" });
        }

        var next = new JsonObject { ["model"] = "gpt-5.2", [isChat ? "messages" : "input"] = turns, ["tools"] = JsonNode.Parse(tools) };
        using var second = await AskAsync(http, path, next.ToJsonString());
        second.StatusCode.ShouldBe(HttpStatusCode.OK, await second.Content.ReadAsStringAsync());
        second.Headers.GetValues("x-dragoman-losses").Single().ShouldContain("reasoning dropped (it was made by another organization's account");
        var asked = vendor.Host.Requests.TakeLast(3).Select(request => (request.Headers["chatgpt-account-id"], request.Status)).ToList();
        asked.ShouldBe([("acct-ada", 429), ("acct-eve", 400), ("acct-eve", 200)]);
        vendor.Host.Requests[^1].Text.ShouldNotContain("gAAAAA");
        vendor.Host.Requests[^1].Text.ShouldContain("a tree");
    }

    [Theory]
    [InlineData("gpt-4.1", "is not supported when using Codex with a ChatGPT account")]
    [InlineData("gpt-6.2-sol", "requires a newer version of Codex")]
    public async Task What_the_backend_says_of_a_model_reaches_the_client(string model, string words)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await StartAsync(await SignInAsync(vendor), "client-version: 0.150.0, ");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await AskAsync(http, "/v1/chat/completions", $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""");
        (await answer.Content.ReadAsStringAsync()).ShouldContain(words);
        answer.IsSuccessStatusCode.ShouldBeFalse();
        using var other = await AskAsync(http, "/v1/chat/completions", """{"model":"gpt-5.5","messages":[{"role":"user","content":"say:hello"}]}""");
        other.StatusCode.ShouldBe(HttpStatusCode.OK, "the account itself stays in use");
    }

    private static Task<GatewayHost> StartAsync(LoginResult login, string more = "") => GatewayHost.StartAsync(
        new StartOptions { ConfigText = EntryOf(login).Replace("{ name", "{ " + more + "name", StringComparison.Ordinal), Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string path, string body) => http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

    private static string Body(string path, bool stream) => path switch
    {
        "/v1/responses" => $$"""{"model":"gpt-5.5","input":"say:hello","max_output_tokens":200,"stream":{{(stream ? "true" : "false")}}}""",
        "/v1/completions" => """{"model":"gpt-5.5","prompt":"say:hello","max_tokens":200}""",
        "/v1/chat/completions" => $$"""{"model":"gpt-5.5","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"say:hello"}],"max_completion_tokens":200,"stream":{{(stream ? "true" : "false")}}}""",
        "/v1/messages" => $$"""{"model":"gpt-5.5","max_tokens":200,"messages":[{"role":"user","content":"say:hello"}],"stream":{{(stream ? "true" : "false")}}}""",
        _ => """{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}],"generationConfig":{"maxOutputTokens":200}}""",
    };
}
