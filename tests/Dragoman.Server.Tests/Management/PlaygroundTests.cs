using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Management;

/// <summary>Requests in clients' protocols under the management's authorization.</summary>
public sealed class PlaygroundTests
{
    private const string Keys = "api-keys: [ key-of-a-client ]\n";

    public static TheoryData<string, string, string> Protocols => new()
    {
        { "openai-chat", Talk.Chat("chat-1", "say:seven hills"), "" },
        { "openai-chat", Talk.Chat("claude-1", "say:seven hills"), "" },
        { "openai-responses", Talk.Responses("resp-1", "say:seven hills"), "" },
        { "openai-responses", Talk.Responses("gemini-1", "say:seven hills"), "" },
        { "anthropic-messages", Talk.Messages("claude-1", "say:seven hills"), "" },
        { "anthropic-messages", Talk.Messages("chat-1", "say:seven hills"), "" },
        { "gemini", Talk.Gemini("say:seven hills"), "gemini-1" },
        { "gemini", Talk.Gemini("say:seven hills"), "chat-1" },
        { "openai-completions", """{"model":"chat-1","prompt":"say:seven hills"}""", "" },
        { "bedrock-converse", """{"messages":[{"role":"user","content":[{"text":"say:seven hills"}]}]}""", "nova-1" },
    };

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_whole_answer_is_what_a_client_gets(string protocol, string body, string model)
    {
        await using var rig = await GatewayFixture.StartAsync(Keys + FlowFixture.Full);
        using var answer = await rig.PostAsync(Address(protocol, model), body);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        text.ShouldContain("seven hills");
        answer.Header("x-request-id").ShouldNotBeNull();
        var flow = await FlowFixture.OfAsync(rig.Http, answer);
        flow.Text("client_protocol").ShouldBe(protocol);
        flow.Text("key").ShouldBe("playground");
        flow.Number("status").ShouldBe(200);
        using var usage = await rig.GetAsync("/api/v1/usage?by=key");
        var row = (await usage.JsonAsync())["rows"]!.AsArray().ShouldHaveSingleItem();
        row.Text("key_name").ShouldBe("playground");
        row.Number("requests").ShouldBe(1);
        rig.Upstream.Requests.ShouldAllBe(request => request.Refused == null);
    }

    [Theory, MemberData(nameof(Protocols))]
    public async Task A_stream_is_one(string protocol, string body, string model)
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        var asked = model.Length > 0 ? body : body.Insert(1, "\"stream\":true,");
        using var answer = await rig.PostAsync(Address(protocol, model, stream: true), asked);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(200, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(protocol == "bedrock-converse" ? "application/vnd.amazon.eventstream" : "text/event-stream");
        if (protocol != "bedrock-converse") text.ShouldContain("data: ");
        (await FlowFixture.OfAsync(rig.Http, answer))["stream"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_stream_comes_as_it_is_made()
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        using var gone = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, Address("anthropic-messages")) { Content = new StringContent(Talk.Messages("claude-1", "fault:stall=6 words:40", stream: true), Encoding.UTF8, "application/json") };
        using (var answer = await rig.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, gone.Token))
        {
            // The upstream never ends this one: what is read has come in its midst.
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(gone.Token));
            string? line;
            do line = await reader.ReadLineAsync(gone.Token);
            while (line?.Contains("text_delta", StringComparison.Ordinal) == false);
            line.ShouldNotBeNull();
            await gone.CancelAsync();
        }

        var flow = await FlowFixture.OnlyAsync(rig.Http);
        flow["client_left"]!.GetValue<bool>().ShouldBeTrue();
        flow.Number("status").ShouldBe(499);
        flow.Text("key").ShouldBe("playground");
    }

    [Theory]
    [InlineData("openai-chat", """{"error":{"message":""", 404, "")]
    [InlineData("openai-responses", """{"error":{"message":""", 404, "")]
    [InlineData("anthropic-messages", """{"type":"error","error":{"type":"not_found_error",""", 404, "")]
    // Google's clients repeat a 404 without a pause.
    [InlineData("gemini", """{"error":{"code":400,""", 400, "no-such-model")]
    public async Task An_unknown_model_is_an_error_of_the_protocol(string protocol, string begin, int status, string model)
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        using var answer = await rig.PostAsync(Address(protocol, model), protocol switch
        {
            "gemini" => Talk.Gemini(),
            "openai-responses" => Talk.Responses("no-such-model"),
            _ => Talk.Messages("no-such-model"),
        });
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        text.ShouldStartWith(begin);
        (await FlowFixture.OnlyAsync(rig.Http)).Text("key").ShouldBe("playground");
    }

    [Theory]
    [InlineData("openai-chat", "{\"model\":", "invalid_request_error")]
    [InlineData("openai-responses", "[]", "invalid_request_error")]
    [InlineData("anthropic-messages", "nothing", "\"type\":\"error\"")]
    [InlineData("anthropic-messages", "{}", "\"type\":\"error\"")]
    [InlineData("gemini", "{\"contents\":", "INVALID_ARGUMENT")]
    [InlineData("gemini", "{\"contents\":[]}", "INVALID_ARGUMENT")]
    public async Task A_bad_body_is_an_error_of_the_protocol(string protocol, string body, string sign)
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        using var answer = await rig.PostAsync(Address(protocol), body);
        var text = await answer.TextAsync();
        ((int)answer.StatusCode).ShouldBe(400, text);
        text.ShouldContain(sign);
        rig.Upstream.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task It_stands_behind_the_managements_authorization_and_no_client_key_opens_it()
    {
        await using var rig = await GatewayFixture.StartAsync(Keys + "remote-management: { secret-key: s3cret-of-the-house, require-secret-on-loopback: true }\n");
        using (var refused = await rig.PostAsync(Address("openai-chat"), Talk.Chat("chat-1"), ("Authorization", "Bearer key-of-a-client")))
        {
            ((int)refused.StatusCode).ShouldBe(401);
        }

        using (var page = await rig.PostAsync(Address("openai-chat"), Talk.Chat("chat-1"), ("Authorization", "Bearer s3cret-of-the-house"), ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")))
        {
            ((int)page.StatusCode).ShouldBe(403);
        }

        rig.Upstream.Requests.ShouldBeEmpty();
        using var answer = await rig.PostAsync(Address("openai-chat"), Talk.Chat("chat-1"), ("Authorization", "Bearer s3cret-of-the-house"));
        ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
        rig.Upstream.Requests.ShouldHaveSingleItem();
        using var client = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1"), ("Authorization", "Bearer s3cret-of-the-house"));
        ((int)client.StatusCode).ShouldBe(401, "the secret of the management is no client key");
    }

    [Fact]
    public async Task An_earlier_answer_can_be_gone_on_from()
    {
        await using var rig = await GatewayFixture.StartAsync(Keys);
        using var first = await rig.PostAsync(Address("openai-responses"), Talk.Responses("chat-1", "say:one"));
        var id = (await first.JsonAsync()).Text("id");
        using var second = await rig.PostAsync(Address("openai-responses"), Talk.Responses("chat-1", "say:two", more: $",\"previous_response_id\":\"{id}\""));
        var text = await second.TextAsync();
        ((int)second.StatusCode).ShouldBe(200, text);
        rig.Upstream.Requests[^1].Refused.ShouldBeNull();
        // What the playground keeps is no client's to read.
        using var foreign = await rig.GetAsync($"/v1/responses/{id}", ("Authorization", "Bearer key-of-a-client"));
        ((int)foreign.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task A_protocol_that_clients_do_not_speak_is_not_there()
    {
        await using var rig = await GatewayFixture.StartAsync();
        foreach (var name in (string[])["codewhisperer", "nothing"])
        {
            using var answer = await rig.PostAsync(Address(name), "{}");
            ((int)answer.StatusCode).ShouldBe(404);
            (await answer.JsonAsync())["error"].ShouldNotBeNull();
        }
    }

    private static string Address(string protocol, string model = "", bool stream = false)
        => $"/api/v1/playground/{protocol}" + (model.Length == 0 ? "" : $"?model={model}&stream={(stream ? "true" : "false")}");
}
