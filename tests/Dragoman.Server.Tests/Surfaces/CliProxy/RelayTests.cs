using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Server.Tests.Surfaces.CliProxy;

/// <summary>The reverse relay for AI Studio: wire note cliproxyapi 8.1.</summary>
public sealed class RelayTests
{
    private const string Turn = """{"contents":[{"role":"user","parts":[{"text":"Hello"}]}]}""";
    private const string Whole = """{"candidates":[{"content":{"role":"model","parts":[{"text":"from the page"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":3}}""";

    [Fact]
    [Trait("check", "cliproxy 86")]
    [Trait("check", "cliproxy 87")]
    public async Task A_worker_answers_as_an_account_of_Gemini_until_it_leaves()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        (await AskAsync(rig, "generateContent")).Status.ShouldNotBe(200);
        using (var worker = await Worker.ConnectAsync(rig))
        {
            var listed = (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray().ShouldHaveSingleItem()!;
            (listed["runtime_only"]!.GetValue<bool>(), listed["source"]!.GetValue<string>(), listed["provider"]!.GetValue<string>(), listed["path"]!.GetValue<string>(), listed["proxy_url"]).ShouldBe((true, "memory", "aistudio", "", null));
            listed["label"]!.GetValue<string>().ShouldStartWith("aistudio-");
            (await rig.SendAsync("DELETE", "/auth-files?all=true")).Json["deleted"]!.GetValue<int>().ShouldBe(0, "it is no file");
            var asked = AskAsync(rig, "generateContent");
            var request = await worker.ReadAsync();
            request["type"]!.GetValue<string>().ShouldBe("http_request");
            request["payload"]!["method"]!.GetValue<string>().ShouldBe("POST");
            request["payload"]!["url"]!.GetValue<string>().ShouldBe("https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent");
            request["payload"]!["headers"]!["Content-Type"]![0]!.GetValue<string>().ShouldStartWith("application/json");
            JsonNode.Parse(request["payload"]!["body"]!.GetValue<string>())!["contents"].ShouldNotBeNull();
            await worker.SendAsync(request, "http_response", new JsonObject { ["status"] = 200, ["headers"] = new JsonObject { ["Content-Type"] = new JsonArray("application/json") }, ["body"] = Whole });
            var answer = await asked;
            answer.Status.ShouldBe(200, answer.Body);
            answer.Body.ShouldContain("from the page");
            answer.Headers["x-dragoman-account"].ShouldStartWith("aistudio-");
        }

        await Poll.UntilAsync(() => Task.FromResult(Connected(rig) == 0));
        (await rig.SendAsync("GET", "/auth-files")).Json["files"]!.AsArray().ShouldBeEmpty();
        (await AskAsync(rig, "generateContent")).Status.ShouldNotBe(200);
    }

    [Fact]
    public async Task Pieces_are_streamed_as_they_come_torn_where_they_may_be()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        using var worker = await Worker.ConnectAsync(rig);
        var asked = AskAsync(rig, "streamGenerateContent?alt=sse");
        var request = await worker.ReadAsync();
        await worker.SendAsync(request, "stream_start", new JsonObject { ["status"] = 200, ["headers"] = new JsonObject { ["Content-Type"] = "text/event-stream" } });
        var events = $"data: {Whole}\n\n";
        foreach (var piece in events.Chunk(7)) await worker.SendAsync(request, "stream_chunk", new JsonObject { ["data"] = new string(piece) });
        await worker.SendAsync(request, "stream_end", []);
        var answer = await asked;
        answer.Status.ShouldBe(200, answer.Body);
        answer.Body.ShouldContain("from the page");
    }

    [Fact]
    public async Task Either_form_may_answer_either_request()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        using var worker = await Worker.ConnectAsync(rig);
        var whole = AskAsync(rig, "generateContent");
        var first = await worker.ReadAsync();
        await worker.SendAsync(first, "stream_chunk", new JsonObject { ["data"] = Whole[..20] });
        await worker.SendAsync(first, "stream_chunk", new JsonObject { ["data"] = Whole[20..] });
        await worker.SendAsync(first, "stream_end", []);
        (await whole).Body.ShouldContain("from the page");
        var stream = AskAsync(rig, "streamGenerateContent?alt=sse");
        var second = await worker.ReadAsync();
        await worker.SendAsync(second, "http_response", new JsonObject { ["status"] = 200, ["headers"] = new JsonObject { ["Content-Type"] = "text/event-stream" }, ["body"] = $"data: {Whole}\n\n" });
        (await stream).Body.ShouldContain("from the page");
    }

    [Fact]
    public async Task Errors_pings_and_strangers_frames_are_taken_as_they_come()
    {
        await using var rig = await CliProxyFixture.StartAsync();
        using var worker = await Worker.ConnectAsync(rig);
        await worker.SendAsync("p1", "ping", []);
        (await worker.ReadAsync())["type"]!.GetValue<string>().ShouldBe("pong");
        await worker.SendAsync("nobody", "stream_chunk", new JsonObject { ["data"] = "x" });
        await worker.SendTextAsync("no json");
        var asked = AskAsync(rig, "generateContent");
        var request = await worker.ReadAsync();
        await worker.SendAsync(request, "error", new JsonObject { ["error"] = "the page was reloaded", ["status"] = 400 });
        var answer = await asked;
        answer.Status.ShouldBe(400, answer.Body);
        answer.Body.ShouldContain("the page was reloaded");
    }

    [Fact]
    [Trait("check", "cliproxy 87")]
    public async Task A_worker_that_leaves_in_the_middle_fails_its_requests()
    {
        await using var rig = await CliProxyFixture.StartAsync("request-retry: 0\n");
        Task<CliProxyAnswer> asked;
        using (var worker = await Worker.ConnectAsync(rig))
        {
            asked = AskAsync(rig, "generateContent");
            await worker.ReadAsync();
        }

        (await asked).Status.ShouldBeGreaterThanOrEqualTo(400);
    }

    [Fact]
    [Trait("check", "cliproxy 85")]
    public async Task A_worker_shows_a_client_key_and_a_gateway_without_keys_takes_none_of_foreign_pages()
    {
        await using (var rig = await CliProxyFixture.StartAsync("api-keys: [ sk-client-1 ]\n"))
        {
            await Should.ThrowAsync<WebSocketException>(() => Worker.ConnectAsync(rig));
            using var worker = await Worker.ConnectAsync(rig, "?key=sk-client-1", "https://aistudio.google.com");
            Connected(rig).ShouldBe(1);
        }

        await using var open = await CliProxyFixture.StartAsync();
        await Should.ThrowAsync<WebSocketException>(() => Worker.ConnectAsync(open, "", "https://evil.example"));
        (await open.AskAsync("GET", "/v1/ws", null)).Status.ShouldBe(400);
    }

    private static int Connected(CliProxyFixture rig) => rig.Gateway.Services.GetRequiredService<AccountRegistry>().Entries.Count(entry => entry.Id.StartsWith("aistudio-", StringComparison.Ordinal));

    private static Task<CliProxyAnswer> AskAsync(CliProxyFixture rig, string method) => rig.AskAsync("POST", $"/v1beta/models/gemini-2.5-pro:{method}", new StringContent(Turn, Encoding.UTF8, "application/json"));

    private sealed class Worker : IDisposable
    {
        private readonly ClientWebSocket _socket = new();

        public static async Task<Worker> ConnectAsync(CliProxyFixture rig, string query = "", string? origin = null)
        {
            var worker = new Worker();
            if (origin is not null) worker._socket.Options.SetRequestHeader("Origin", origin);
            var address = rig.Gateway.Addresses[^1];
            await worker._socket.ConnectAsync(new Uri($"ws://{address.Host}:{address.Port}/v1/ws{query}"), TestContext.Current.CancellationToken);
            await Poll.UntilAsync(() => Task.FromResult(Connected(rig) > 0));
            return worker;
        }

        public async Task<JsonNode> ReadAsync()
        {
            var buffer = new byte[64 * 1024];
            var length = 0;
            while (true)
            {
                var read = await _socket.ReceiveAsync(buffer.AsMemory(length), TestContext.Current.CancellationToken);
                length += read.Count;
                if (read.EndOfMessage) return JsonNode.Parse(buffer.AsSpan(0, length))!;
            }
        }

        public Task SendAsync(JsonNode request, string type, JsonObject payload) => SendAsync(request["id"]!.GetValue<string>(), type, payload);

        public Task SendAsync(string id, string type, JsonObject payload) => SendTextAsync(new JsonObject { ["id"] = id, ["type"] = type, ["payload"] = payload }.ToJsonString());

        public Task SendTextAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

        public void Dispose() => _socket.Dispose();
    }
}
