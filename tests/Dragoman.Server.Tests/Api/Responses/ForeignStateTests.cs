using System.Text.Json.Nodes;
using Dragoman.Emulators;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Api.Responses;

/// <summary>Client keys share accounts: what the gateway or an upstream keeps for one of them is nothing to the others, before and after a restart.</summary>
public sealed class ForeignStateTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-foreign-").FullName;
    private EmulatorHost _upstream = null!;
    private GatewayHost _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await EmulatorHost.StartAsync();
        await StartAsync("[ mine, yours ]");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_belongs_to_another_key_is_not_found_anywhere_and_never_sent_on(bool restart)
    {
        var first = await AskAsync("mine", "/v1/responses", """{"model":"gpt-5.2","input":"say:alpha"}""");
        var response = ResponsesFixture.Text(first.Json, "id")!;
        var item = ResponsesFixture.Text(first.Json, "output", 0, "id")!;
        var conversation = ResponsesFixture.Text((await AskAsync("mine", "/v1/conversations", "{}")).Json, "id")!;
        if (restart) await RestartAsync("[ mine, yours ]");
        var asked = _upstream.Requests.Count;
        foreach (var (what, path) in ((string, string)[])[("previous_response_id", response), ("conversation", conversation), ("previous_response_id", "resp_of_nobody"), ("conversation", "conv_of_nobody")])
        {
            foreach (var more in (string[])["", ",\"stream\":true", ",\"background\":true", ",\"store\":false"])
                await NotFoundAsync("/v1/responses", $$"""{"model":"gpt-5.2","input":"hi","{{what}}":"{{path}}"{{more}}}""");
            await NotFoundAsync("/v1/responses/compact", $$"""{"model":"gpt-5.2","input":"hi","{{what}}":"{{path}}"}""");
        }

        await NotFoundAsync("/v1/responses", "{\"model\":\"gpt-5.2\",\"input\":\"hi\",\"conversation\":{\"id\":\"" + conversation + "\"}}");
        foreach (var reference in (string[])[$$"""{"type":"item_reference","id":"{{item}}"}""", $$"""{"type":"item\u005freference","id":"{{item}}"}""", $$"""{"id":"{{item}}"}""", $$"""{"type":null,"id":"{{item}}"}"""])
            await NotFoundAsync("/v1/responses", $$"""{"model":"gpt-5.2","input":[{"role":"user","content":"hi"},{{reference}}]}""");
        foreach (var (method, path) in ((HttpMethod, string)[])
            [
                (HttpMethod.Get, $"responses/{response}"), (HttpMethod.Get, $"responses/{response}?stream=true"), (HttpMethod.Get, $"responses/{response}/input_items"), (HttpMethod.Post, $"responses/{response}/cancel"),
                (HttpMethod.Delete, $"responses/{response}"), (HttpMethod.Get, $"conversations/{conversation}"), (HttpMethod.Post, $"conversations/{conversation}"), (HttpMethod.Get, $"conversations/{conversation}/items"),
                (HttpMethod.Post, $"conversations/{conversation}/items"), (HttpMethod.Delete, $"conversations/{conversation}"),
            ])
        {
            var body = method == HttpMethod.Post ? """{"items":[{"role":"user","content":"x"}],"metadata":{}}""" : null;
            (await SendAsync("yours", method, "/v1/" + path, body)).Status.ShouldBe(404, $"{method} {path}");
        }

        using (var socket = await OpenAsync("yours"))
        {
            foreach (var more in (string[])[$"\"previous_response_id\":\"{response}\"", $"\"conversation\":\"{conversation}\""])
            {
                await socket.SendTextAsync($$"""{"type":"response.create","model":"gpt-5.2","input":[{"role":"user","content":"hi"}],{{more}}}""");
                var frame = (await socket.ReceiveAsync())!;
                ResponsesFixture.Text(frame, "type").ShouldBe("error");
                frame["status"]!.GetValue<int>().ShouldBe(more.Contains("previous", StringComparison.Ordinal) ? 400 : 404, more);
            }
        }

        _upstream.Requests.Count.ShouldBe(asked, "nothing of it was sent on");
        // Its owner goes on as ever.
        (await AskAsync("mine", "/v1/responses", $$"""{"model":"gpt-5.2","input":"say:beta","previous_response_id":"{{response}}"}""")).Status.ShouldBe(200);
        (await AskAsync("mine", "/v1/responses", $$"""{"model":"gpt-5.2","input":[{"type":"item_reference","id":"{{item}}"},{"role":"user","content":"say:beta"}]}""")).Status.ShouldBe(200);
        (await AskAsync("mine", "/v1/responses", $$"""{"model":"gpt-5.2","input":"say:beta","conversation":"{{conversation}}"}""")).Status.ShouldBe(200);
        (await SendAsync("mine", HttpMethod.Get, $"/v1/responses/{response}", null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_only_key_that_is_left_does_not_inherit_what_a_removed_one_made()
    {
        var response = ResponsesFixture.Text((await AskAsync("mine", "/v1/responses", """{"model":"gpt-5.2","input":"say:alpha"}""")).Json, "id")!;
        await RestartAsync("[ yours ]");
        var asked = _upstream.Requests.Count;
        await NotFoundAsync("/v1/responses", $$"""{"model":"gpt-5.2","input":"hi","previous_response_id":"{{response}}"}""");
        _upstream.Requests.Count.ShouldBe(asked);
        // What nobody here knows an upstream may: there is nobody else to protect.
        await AskAsync("yours", "/v1/responses", """{"model":"gpt-5.2","input":"hi","previous_response_id":"resp_elsewhere"}""");
        _upstream.Requests.Count.ShouldBe(asked + 1);
    }

    [Fact]
    public async Task A_message_thread_is_not_continued_where_several_keys_share_the_account()
    {
        var (status, json) = await AskAsync("yours", "/v1/messages", """{"model":"claude-sonnet-4-5","max_tokens":50,"thread":{"type":"continue","previous_message_id":"msg_of_another"},"messages":[{"role":"user","content":"hi"}]}""");
        status.ShouldBe(400);
        json.ToJsonString().ShouldContain("thread_unsupported_request");
        _upstream.Requests.ShouldBeEmpty();
    }

    private async Task NotFoundAsync(string path, string body)
    {
        var (status, json) = await AskAsync("yours", path, body);
        status.ShouldBe(body.Contains("previous_response_id", StringComparison.Ordinal) ? 400 : 404, $"{path} {body}: {json.ToJsonString()}");
        ResponsesFixture.Text(json, "error", "message")!.ShouldContain("not found");
    }

    private Task<(int Status, JsonNode Json)> AskAsync(string key, string path, string body) => SendAsync(key, HttpMethod.Post, path, body);

    private async Task<(int Status, JsonNode Json)> SendAsync(string key, HttpMethod method, string path, string? body)
    {
        using var http = new HttpClient { BaseAddress = _gateway.Address };
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)! : new JsonObject());
    }

    private Task<Socket> OpenAsync(string key) => Socket.OpenAsync(new Uri($"ws://127.0.0.1:{_gateway.Address.Port}/v1/responses"), key);

    private async Task RestartAsync(string keys)
    {
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        await StartAsync(keys);
    }

    private async Task StartAsync(string keys)
    {
        var address = _upstream.Address.ToString().TrimEnd('/');
        _gateway = await GatewayHost.StartAsync(new StartOptions
        {
            ConfigText = $"openai-compatibility:\n  - {{ name: r, base-url: '{address}/v1', wire-api: responses, api-key-entries: [ {{ api-key: one }} ], models: [ gpt-5.2 ] }}\nclaude-api-key:\n  - {{ api-key: two, base-url: '{address}', models: [ claude-sonnet-4-5 ] }}\nrequest-retry: 0\napi-keys: {keys}\n",
            DataFolder = _folder,
            Port = 0,
            LogLevel = LogLevel.None,
        });
    }
}
