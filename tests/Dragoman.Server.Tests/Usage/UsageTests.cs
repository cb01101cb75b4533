using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Server.Tests.ClientKeys;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Usage;

/// <summary>Every request is in the ledger once, whichever way it came.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_lane_is_counted_once(bool budgeted)
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var made = await rig.PostAsync("/api/v1/keys", $$"""{"name":"k"{{(budgeted ? ",\"budgets\":[{\"unit\":\"tokens\",\"period\":\"total\",\"limit\":100000000}]" : "")}}}""");
        var view = await made.JsonAsync();
        var (id, key) = (view["id"]!.GetValue<string>(), view["key"]!.GetValue<string>());
        var header = ("x-api-key", key);
        var asked = 0;
        foreach (var model in (string[])["chat-1", "resp-1", "claude-1", "gemini-1", "nova-1"])
        {
            foreach (var stream in (bool[])[false, true])
            {
                await AskAsync("/v1/chat/completions", Talk.Chat(model, stream: stream));
                await AskAsync("/v1/messages", Talk.Messages(model, stream: stream));
                await AskAsync("/v1/responses", Talk.Responses(model, stream: stream));
                await AskAsync($"/v1beta/models/{model}:{(stream ? "streamGenerateContent?alt=sse" : "generateContent")}", Talk.Gemini());
            }
        }

        await AskAsync("/v1/responses/compact", Talk.Responses("claude-1"));
        using var queued = await rig.PostAsync("/v1/responses", Talk.Responses("claude-1", more: ",\"background\":true"), header);
        var background = (await queued.JsonAsync())["id"]!.GetValue<string>();
        asked++;
        while (true)
        {
            using var state = await rig.GetAsync($"/v1/responses/{background}", header);
            if ((await state.JsonAsync())["status"]!.GetValue<string>() == "completed") break;
            await Task.Delay(10);
        }

        // Open until all is counted: who leaves at once may be taken for one who left before the end.
        using var socket = await SocketTurnAsync(rig, key, "claude-1");
        asked++;
        // Counting and looking things up use nothing.
        using (var count = await rig.PostAsync("/v1/messages/count_tokens", Talk.Messages("claude-1"), header)) ((int)count.StatusCode).ShouldBe(200);
        using (var list = await rig.GetAsync("/v1/models", header)) ((int)list.StatusCode).ShouldBe(200);

        var total = (await SummaryAsync(rig, asked))["total"]!;
        using var entries = await rig.GetAsync("/api/v1/usage/entries?limit=1000");
        var all = (await entries.JsonAsync())["entries"]!.AsArray();
        all.Where(entry => entry!["failed"]!.GetValue<bool>()).Select(entry => entry!.ToJsonString()).ShouldBeEmpty();
        total["errors"]!.GetValue<long>().ShouldBe(0);
        all.Count.ShouldBe(asked);
        // Every emulated upstream says what was used.
        all.Where(entry => entry!["estimated"]!.GetValue<bool>()).Select(entry => entry!.ToJsonString()).ShouldBeEmpty();
        all.ShouldAllBe(entry => entry!["key"]!.GetValue<string>() == id && entry["input_tokens"]!.GetValue<long>() > 0 && entry["output_tokens"]!.GetValue<long>() > 0 && entry["account"]!.GetValue<string>().Length > 0);
        all.Select(entry => entry!["provider"]!.GetValue<string>()).Distinct().Order().ShouldBe(["bedrock", "claude", "gemini", "openai"]);
        all.Count(entry => entry!["requested_model"]!.GetValue<string>() == "claude-1").ShouldBe(11);
        all.Where(entry => entry!["requested_model"]!.GetValue<string>() == "claude-1").ShouldAllBe(entry => entry!["model"]!.GetValue<string>() == "claude-sonnet-4-5" && entry["cost"]!.GetValue<decimal>() > 0);
        if (budgeted)
        {
            using var response = await rig.GetAsync($"/api/v1/keys/{id}/status");
            (await response.JsonAsync())["budgets"]![0]!["spent"]!.GetValue<decimal>().ShouldBe(all.Sum(entry => entry!["input_tokens"]!.GetValue<long>() + entry["output_tokens"]!.GetValue<long>()));
        }

        using var keys = await rig.GetAsync($"/api/v1/keys/{id}");
        (await keys.JsonAsync())["last_used_at"].ShouldNotBeNull();

        async Task AskAsync(string path, string body)
        {
            using var answer = await rig.PostAsync(path, body, header);
            ((int)answer.StatusCode).ShouldBe(200, await answer.TextAsync());
            await answer.TextAsync();
            asked++;
        }
    }

    [Fact]
    public async Task Sums_by_name_and_day_agree_with_the_entries_and_the_files()
    {
        var time = new ManualTime();
        await using var rig = await KeyFixture.StartAsync(time: time, more: "api-keys: [ plain ]\n");
        var (id, key) = await rig.MakeAsync("a \\\"name\\\"");
        for (var day = 0; day < 3; day++)
        {
            for (var i = 0; i <= day; i++) (await rig.StatusAsync(key)).ShouldBe(200);
            (await rig.StatusAsync("plain", Talk.Chat("=odd,\\\"model", more: ""))).ShouldBe(404);
            time.Advance(TimeSpan.FromDays(1));
        }

        var days = (await rig.UsageAsync($"?by=key&step=day&key={id}"))["rows"]!.AsArray();
        days.Select(row => $"{row!["at"]!.GetValue<string>()[..10]} {row["key_name"]} {row["requests"]} {row["input_tokens"]} {row["output_tokens"]} {row["cost"]}")
            .ShouldBe(["2026-01-01 a \"name\" 1 10 5 0.02", "2026-01-02 a \"name\" 2 20 10 0.04", "2026-01-03 a \"name\" 3 30 15 0.06"]);
        (await rig.UsageAsync("?from=2026-01-02&to=2026-01-03&by=provider,model"))["total"]!["requests"]!.GetValue<long>().ShouldBe(3);
        (await rig.UsageAsync("?by=account&provider=openai"))["rows"]!.AsArray().ShouldHaveSingleItem()!["requests"]!.GetValue<long>().ShouldBe(6);
        foreach (var wrong in (string[])["?by=colour", "?step=fortnight", "?step=10m", "?from=yesterday", "?tz=Mars/Base", "?from=2026-01-02&to=2026-01-01"]) await rig.ManageAsync(HttpMethod.Get, "usage" + wrong, status: 400);

        var first = await rig.ManageAsync(HttpMethod.Get, "usage/entries?limit=4");
        var rest = await rig.ManageAsync(HttpMethod.Get, $"usage/entries?limit=1000&after={first["next"]!.GetValue<string>()}");
        (first["entries"]!.AsArray().Count + rest["entries"]!.AsArray().Count).ShouldBe(9);

        using var csv = await rig.SendAsync(HttpMethod.Get, "/api/v1/usage/export", null, null);
        csv.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var lines = (await csv.TextAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(10);
        lines[0].ShouldStartWith("request_id,at,key,");
        lines.Count(line => line.Contains("\"'=odd,\"\"model\"", StringComparison.Ordinal)).ShouldBe(3, "neither a formula nor a torn cell");
        using var jsonl = await rig.SendAsync(HttpMethod.Get, $"/api/v1/usage/export?format=jsonl&key={id}", null, null);
        (await jsonl.TextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["cost"]!.GetValue<decimal>()).ShouldBe(Enumerable.Repeat(0.02m, 6));
    }

    [Fact]
    public async Task A_failure_is_its_accounts_and_costs_nothing()
    {
        await using var rig = await KeyFixture.StartAsync((context, call) => call == 1
            ? context.SayAsync(400, """{"error":{"message":"No such thing.","type":"invalid_request_error"}}""")
            : context.SayAsync(429, """{"error":{"message":"Slow down.","type":"rate_limit_error"}}""", "application/json", ("Retry-After", "3600")), more: "request-retry: 0\n");
        (await rig.StatusAsync("")).ShouldBe(400);
        (await rig.StatusAsync("")).ShouldBe(429);
        // The account cools down by now: nobody is asked, and there is only one who could have been.
        (await rig.StatusAsync("")).ShouldBe(429);
        rig.Upstream.Calls.ShouldBe(2);
        (await rig.StatusAsync("", Talk.Chat("nonsense"))).ShouldBe(404);
        var entries = await rig.EntriesAsync(4);
        var account = entries.Select(entry => entry!["account"]!.GetValue<string>()).Where(id => id.Length > 0).Distinct().ShouldHaveSingleItem();
        entries.Count(entry => entry!["account"]!.GetValue<string>() == account).ShouldBe(3);
        entries.ShouldAllBe(entry => entry!["failed"]!.GetValue<bool>() && (entry["cost"] == null || entry["cost"]!.GetValue<decimal>() == 0));
        var rows = (await rig.UsageAsync($"?by=account&account={Uri.EscapeDataString(account)}"))["rows"]!.AsArray();
        rows.ShouldHaveSingleItem()!["errors"]!.GetValue<long>().ShouldBe(3);
        // From the sum to the requests behind it.
        (await rig.ManageAsync(HttpMethod.Get, $"flows?account={Uri.EscapeDataString(account)}"))["flows"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task An_upstream_that_never_says_is_estimated_and_marked()
    {
        const string silent = """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a rather long answer that is worth a good number of tokens"},"finish_reason":"stop"}]}""";
        await using var rig = await KeyFixture.StartAsync((context, _) => context.SayAsync(200, silent));
        (await rig.StatusAsync("")).ShouldBe(200);
        using (var translated = await rig.AskAsync("", Talk.Messages("m"), "/v1/messages")) ((int)translated.StatusCode).ShouldBe(200);
        foreach (var entry in await rig.EntriesAsync(2))
        {
            entry!["estimated"]!.GetValue<bool>().ShouldBeTrue();
            entry["input_tokens"]!.GetValue<long>().ShouldBeGreaterThan(0);
            entry["output_tokens"]!.GetValue<long>().ShouldBeGreaterThan(5);
            entry["failed"]!.GetValue<bool>().ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Prices_are_shown_with_their_sources_and_for_a_clients_name()
    {
        await using var rig = await KeyFixture.StartAsync();
        var all = await rig.ManageAsync(HttpMethod.Get, "prices");
        all["prices"]![0]!["source"]!.GetValue<string>().ShouldBe("config");
        all["sources"]!["anthropic"]!["page"]!.GetValue<string>().ShouldStartWith("https://");
        var own = (await rig.ManageAsync(HttpMethod.Get, "prices?model=m"))["prices"]!.AsArray().ShouldHaveSingleItem()!;
        own["rates"]!["input"]!.GetValue<decimal>().ShouldBe(1000);
        (await rig.ManageAsync(HttpMethod.Get, "prices?model=us.anthropic.claude-haiku-4-5-20251001-v1:0&provider=bedrock"))["prices"]![0]!["rates"]!["output"]!.GetValue<decimal>().ShouldBe(5);
        (await rig.ManageAsync(HttpMethod.Get, "prices?model=unheard-of&provider=openai"))["prices"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Health_metrics_and_the_audit_log_tell_of_keys_and_the_ledger()
    {
        await using var rig = await KeyFixture.StartAsync();
        var (id, key) = await rig.MakeAsync("k");
        await rig.ManageAsync(HttpMethod.Patch, $"keys/{id}", """{"note":"n"}""");
        await rig.ManageAsync(HttpMethod.Post, $"keys/{id}/rotate");
        await rig.ManageAsync(HttpMethod.Post, $"keys/{id}/revoke");
        await rig.ManageAsync(HttpMethod.Delete, $"keys/{id}", status: 204);
        var audit = await rig.ManageAsync(HttpMethod.Get, "audit?action=key.");
        audit["entries"]!.AsArray().Select(entry => entry!["action"]!.GetValue<string>()).ShouldBe(["key.remove", "key.revoke", "key.rotate", "key.change", "key.add"]);
        audit.ToJsonString().ShouldNotContain(key);
        (await rig.ManageAsync(HttpMethod.Get, "health")).ToJsonString().ShouldContain("\"usage\"");
        var metrics = await rig.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        metrics.ShouldContain("dragoman_usage_dropped_total 0");
        metrics.ShouldContain("dragoman_usage_waiting ");
    }

    private static async Task<JsonNode> SummaryAsync(GatewayFixture rig, int requests)
    {
        // A whole answer is with its client a moment before it is booked.
        while (true)
        {
            using var answer = await rig.GetAsync("/api/v1/usage");
            var summary = await answer.JsonAsync();
            var counted = summary["total"]?["requests"]!.GetValue<long>() ?? 0;
            counted.ShouldBeLessThanOrEqualTo(requests);
            if (counted == requests) return summary;
            await Task.Delay(10);
        }
    }

    private static async Task<ClientWebSocket> SocketTurnAsync(GatewayFixture rig, string key, string model)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("x-api-key", key);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{rig.Gateway.Address.Port}/v1/responses"), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"type":"response.create","model":"{{model}}","input":"hi","store":false}"""), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var text = new StringBuilder();
            WebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer, CancellationToken.None);
                text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
            }
            while (!part.EndOfMessage);
            if (JsonNode.Parse(text.ToString())!["type"]!.GetValue<string>() == "response.completed") return socket;
            text.ToString().ShouldNotContain("\"type\":\"error\"");
        }
    }
}
