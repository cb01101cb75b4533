using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>Recorded requests, logs and numbers of the surface <c>kiro</c>: wire note kiro-and-bedrock.md A.2, A.6 and F.1.</summary>
public sealed class KiroFlowTests
{
    [Fact]
    [Trait("check", "kiro K23")]
    [Trait("check", "kiro K24")]
    [Trait("check", "kiro K25")]
    public async Task Requests_are_listed_filtered_and_paged()
    {
        await using var rig = await KiroRig.StartAsync();
        var id = await rig.AddAsync("ada");
        (await rig.ChatAsync("say:first words")).Status.ShouldBe(200);
        (await rig.ChatAsync("say:second words", path: "/v1/chat/completions", more: ",\"stream\":true")).Status.ShouldBe(200);
        (await rig.ChatAsync("say:third", model: "nothing-of-that-name")).Status.ShouldBe(404);
        var all = await rig.AskAsync("GET", "/api/flows");
        (all["total"]!.GetValue<int>(), all["returned"]!.GetValue<int>()).ShouldBe((3, 3));
        var flows = all["flows"]!.AsArray();
        flows.Select(static flow => (flow!["state"]!.GetValue<string>(), flow["protocol"]!.GetValue<string>(), flow["request"]!["path"]!.GetValue<string>())).ShouldBe([("error", "anthropic", "/v1/messages"), ("completed", "openai", "/v1/chat/completions"), ("completed", "anthropic", "/v1/messages")]);
        var first = flows[2]!;
        (first["account_id"]!.GetValue<string>(), first["account_name"]!.GetValue<string>(), first["request"]!["model"]!.GetValue<string>(), first["request"]!["message_count"]!.GetValue<int>()).ShouldBe((id, "ada", "claude-sonnet-4.5", 1));
        first.AsObject().Select(static member => member.Key).ShouldBe(["id", "state", "protocol", "account_id", "account_name", "timing", "tags", "notes", "bookmarked", "retry_count", "request", "response"]);
        first["timing"]!.AsObject().Select(static member => member.Key).ShouldBe(["created_at", "first_byte_at", "completed_at", "ttfb_ms", "duration_ms"]);
        var response = first["response"]!;
        (response["status_code"]!.GetValue<int>(), response["content_length"]!.GetValue<int>(), response["has_tool_calls"]!.GetValue<bool>(), response["stop_reason"]!.GetValue<string>()).ShouldBe((200, "first words".Length, false, "end_turn"));
        foreach (var count in response["usage"]!.AsObject()) count.Value!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0);
        var streamed = flows[1]!["response"]!;
        (streamed["content_length"]!.GetValue<int>(), streamed["stop_reason"]!.GetValue<string>()).ShouldBe(("second words".Length, "stop"));
        streamed["chunk_count"]!.GetValue<int>().ShouldBeGreaterThan(1);
        var error = flows[0]!["error"]!;
        (error["status_code"]!.GetValue<int>(), flows[0]!["response"]).ShouldBe((404, null));
        error["raw"]!.GetValue<string>().Length.ShouldBeInRange(1, 1000);

        (await rig.AskAsync("GET", "/api/flows?has_error=true"))["flows"]!.AsArray().ShouldHaveSingleItem()!["state"]!.GetValue<string>().ShouldBe("error");
        (await rig.AskAsync("GET", "/api/flows?state=bogus"))["total"]!.GetValue<int>().ShouldBe(3);
        (await rig.AskAsync("GET", "/api/flows?state=pending"))["total"]!.GetValue<int>().ShouldBe(0);
        var middle = await rig.AskAsync("GET", "/api/flows?limit=1&offset=1");
        (middle["total"]!.GetValue<int>(), middle["flows"]!.AsArray().ShouldHaveSingleItem()!["protocol"]!.GetValue<string>()).ShouldBe((3, "openai"));
        foreach (var (query, count) in ((string, int)[])[("protocol=anthropic", 2), ("model=claude-sonnet-4.5", 2), ($"account_id={id}", 2), ("has_error=no", 2), ("search=SECOND%20w", 1), ("search=nowhere", 0)])
            (await rig.AskAsync("GET", $"/api/flows?{query}"))["total"]!.GetValue<int>().ShouldBe(count, query);
        var wrong = await rig.SendAsync("GET", "/api/flows?has_error=maybe&limit=x");
        wrong.Status.ShouldBe(422);
        wrong.Json["detail"]!.AsArray().Select(static item => $"{item!["type"]} {item["loc"]![1]} {item["input"]}").ShouldBe(["int_parsing limit x", "bool_parsing has_error maybe"]);
    }

    [Fact]
    [Trait("check", "kiro K27")]
    public async Task A_request_is_shown_whole_and_without_secrets()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        await rig.SendAsync("POST", "/v1/messages", """{"model":"claude-sonnet-4.5","max_tokens":50,"system":"be kind","tools":[{"name":"t","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"say:hello there"}]}""", ("x-api-key", "a-client-secret"), ("Authorization", "Bearer another-secret"), ("Cookie", "c=a-cookie"));
        var id = (await rig.AskAsync("GET", "/api/flows"))["flows"]![0]!["id"]!.GetValue<string>();
        var detail = await rig.AskAsync("GET", $"/api/flows/{id}");
        foreach (var secret in (string[])["a-client-secret", "another-secret", "a-cookie"]) detail.ToJsonString().ShouldNotContain(secret);
        var request = detail["request"]!;
        (request["system"]!.GetValue<string>(), request["has_system"]!.GetValue<bool>(), request["has_tools"]!.GetValue<bool>(), request["tools"]![0]!["name"]!.GetValue<string>()).ShouldBe(("be kind", true, true, "t"));
        request["messages"]!.ToJsonString().ShouldBe("""[{"role":"user","content":"say:hello there","name":null,"tool_call_id":null}]""");
        request["body"]!["max_tokens"]!.GetValue<int>().ShouldBe(50);
        (detail["response"]!["content"]!.GetValue<string>(), detail["response"]!["chunks"]!.AsArray().Count).ShouldBe(("hello there", 0));
        var missing = await rig.SendAsync("GET", "/api/flows/none");
        (missing.Status, missing.Body).ShouldBe((404, """{"detail":"Flow not found"}"""));
    }

    [Fact]
    [Trait("check", "kiro K26")]
    public async Task Marks_last_and_are_filtered_by()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        await rig.ChatAsync("say:one");
        await rig.ChatAsync("say:two");
        var id = (await rig.AskAsync("GET", "/api/flows"))["flows"]![0]!["id"]!.GetValue<string>();
        foreach (var (what, body) in ((string, string)[])[("bookmark", ""), ("note", """{"note":"look here"}"""), ("tag", """{"tag":"odd"}"""), ("tag", """{"tag":"odd"}"""), ("tag", """{"tag":""}"""), ("tag", "{}")])
            (await rig.AskAsync("POST", $"/api/flows/{id}/{what}", body)).ToJsonString().ShouldBe("""{"ok":true}""");
        (await rig.AskAsync("POST", "/api/flows/none/bookmark", """{"bookmarked":true}""")).ToJsonString().ShouldBe("""{"ok":true}""");
        await rig.RestartAsync();
        var marked = (await rig.AskAsync("GET", "/api/flows?bookmarked=true"))["flows"]!.AsArray().ShouldHaveSingleItem()!;
        (marked["id"]!.GetValue<string>(), marked["notes"]!.GetValue<string>(), marked["tags"]!.ToJsonString()).ShouldBe((id, "look here", """["odd"]"""));
        await rig.AskAsync("POST", $"/api/flows/{id}/bookmark", """{"bookmarked":false}""");
        (await rig.AskAsync("GET", "/api/flows?bookmarked=true"))["total"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    [Trait("check", "kiro K28")]
    [Trait("check", "kiro K29")]
    public async Task Flows_are_taken_away_in_three_forms()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        await rig.ChatAsync("say:one");
        await rig.ChatAsync("say:two");
        var ids = (await rig.AskAsync("GET", "/api/flows"))["flows"]!.AsArray().Select(static flow => flow!["id"]!.GetValue<string>()).ToList();
        var both = await rig.AskAsync("POST", "/api/flows/export", $$"""{"flow_ids":["{{ids[0]}}","{{ids[1]}}"],"format":"markdown"}""");
        both["format"]!.GetValue<string>().ShouldBe("markdown");
        JsonNode.Parse(both["content"]!.GetValue<string>())!.AsArray().Select(static flow => flow!["id"]!.GetValue<string>()).ShouldBe([ids[1], ids[0]]);
        var markdown = (await rig.AskAsync("POST", "/api/flows/export", $$"""{"flow_ids":["{{ids[0]}}"],"format":"markdown"}"""))["content"]!.GetValue<string>();
        markdown.ShouldStartWith($"# Flow {ids[0]}");
        markdown.ShouldContain("**user**: say:two");
        var lines = (await rig.AskAsync("POST", "/api/flows/export", """{"format":"jsonl"}"""))["content"]!.GetValue<string>().Split('\n');
        lines.Select(static line => JsonNode.Parse(line)!["request"]!["body"]!["model"]!.GetValue<string>()).ShouldBe(["claude-sonnet-4.5", "claude-sonnet-4.5"]);
        JsonNode.Parse((await rig.AskAsync("POST", "/api/flows/export", """{"format":"odd"}"""))["content"]!.GetValue<string>())!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Numbers_are_never_null()
    {
        await using var rig = await KiroRig.StartAsync();
        var empty = await rig.AskAsync("GET", "/api/flows/stats");
        empty.ToJsonString().ShouldBe("""{"total_flows":0,"active_flows":0,"completed":0,"errors":0,"error_rate":"0.0%","avg_duration_ms":0,"total_tokens_in":0,"total_tokens_out":0,"by_model":{}}""");
        (await rig.AskAsync("GET", "/api/logs")).ToJsonString().ShouldBe("""{"logs":[],"total":0}""");
        var id = await rig.AddAsync("ada");
        await rig.ChatAsync();
        await rig.ChatAsync(model: "nothing-of-that-name");
        var stats = await rig.AskAsync("GET", "/api/flows/stats");
        (stats["total_flows"]!.GetValue<int>(), stats["completed"]!.GetValue<int>(), stats["errors"]!.GetValue<int>(), stats["error_rate"]!.GetValue<string>()).ShouldBe((2, 1, 1, "50.0%"));
        stats["avg_duration_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        foreach (var count in stats["by_model"]!["claude-sonnet-4.5"]!.AsObject()) count.Value!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0);
        var detailed = await rig.AskAsync("GET", "/api/stats/detailed");
        (detailed["total_requests"]!.GetValue<int>(), detailed["total_errors"]!.GetValue<int>(), detailed["error_rate"]!.GetValue<string>(), detailed["recent_logs"]!.GetValue<int>()).ShouldBe((2, 1, "50.0%", 2));
        var sums = detailed["detailed"]!;
        foreach (var account in (string[])[id, "unknown"])
        {
            (sums["by_account"]![account]!["total_requests"]!.GetValue<int>(), sums["by_account"]![account]!["last_request"]!.GetValue<double>() > 1e9).ShouldBe((1, true), account);
            foreach (var name in (string[])["total_errors", "total_tokens_in", "total_tokens_out"]) sums["by_account"]![account]![name]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(0);
        }

        foreach (var model in sums["by_model"]!.AsObject()) model.Value!["avg_latency_ms"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
        (sums["requests_last_24h"]!.GetValue<int>(), sums["hourly_requests"]!.AsObject().Sum(static hour => hour.Value!.GetValue<int>())).ShouldBe((2, 2));
        (await rig.AskAsync("GET", "/api/stats"))["total_requests"]!.GetValue<int>().ShouldBe(2);
        var logs = await rig.AskAsync("GET", "/api/logs?limit=1");
        logs["total"]!.GetValue<int>().ShouldBe(2);
        var row = logs["logs"]!.AsArray().ShouldHaveSingleItem()!;
        row["id"]!.GetValue<string>().ShouldMatch("^[0-9a-f]{8}$");
        (row["method"]!.GetValue<string>(), row["path"]!.GetValue<string>(), row["model"]!.GetValue<string>(), row["account_id"], row["status"]!.GetValue<int>(), row["error"]!.GetValue<string>().Length > 0).ShouldBe(("POST", "/v1/messages", "nothing-of-that-name", null, 404, true));
        foreach (var name in (string[])["timestamp", "duration_ms", "tokens_in", "tokens_out"]) row[name]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
        var good = (await rig.AskAsync("GET", "/api/logs?limit=0"))["logs"]!.AsArray();
        good.Count.ShouldBe(1, "at least one row is given");
        (await rig.AskAsync("GET", "/api/logs?limit=50"))["logs"]![1]!["error"].ShouldBeNull();
        (await rig.SendAsync("GET", "/api/logs?limit=many")).Status.ShouldBe(422);
        // Numbers outlive the process.
        await rig.RestartAsync();
        (await rig.AskAsync("GET", "/api/stats"))["total_requests"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    [Trait("check", "kiro K30")]
    [Trait("check", "kiro K36")]
    public async Task The_newest_five_hundred_are_shown()
    {
        await using var rig = await KiroRig.StartAsync();
        // Requests for a model that nobody serves are recorded too, and ask no upstream; each for another one, for what is repeated without a pause is refused before it counts.
        await rig.ChatAsync(model: "first");
        var first = (await rig.AskAsync("GET", "/api/flows"))["flows"]![0]!["id"]!.GetValue<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 500), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await rig.ChatAsync(model: $"more-{i}"));
        var stats = await rig.AskAsync("GET", "/api/flows/stats");
        (stats["total_flows"]!.GetValue<int>(), stats["active_flows"]!.GetValue<int>()).ShouldBe((501, 500));
        (await rig.AskAsync("GET", "/api/flows?limit=1"))["total"]!.GetValue<int>().ShouldBe(500);
        (await rig.SendAsync("GET", $"/api/flows/{first}")).Status.ShouldBe(404);
        await rig.AskAsync("POST", $"/api/flows/{first}/bookmark");
        (await rig.AskAsync("GET", $"/api/flows/{first}"))["request"]!["model"]!.GetValue<string>().ShouldBe("first");
        // The log has the newest thousand.
        await Parallel.ForEachAsync(Enumerable.Range(500, 698), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await rig.ChatAsync(model: $"more-{i}"));
        await rig.ChatAsync(model: "last");
        // Flows are written behind the answers, and those of one millisecond are in no order.
        JsonNode? logs = null;
        await Poll.UntilAsync(async () => (logs = await rig.AskAsync("GET", "/api/logs?limit=20"))["logs"]!.AsArray().Any(static row => row!["model"]!.GetValue<string>() == "last"));
        (logs!["total"]!.GetValue<int>(), logs["logs"]!.AsArray().Count).ShouldBe((1000, 20));
        logs["logs"]!.AsArray().Select(static row => row!["timestamp"]!.GetValue<double>()).ShouldBeInOrder(SortDirection.Descending);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage {")]
    [InlineData("""{"events":[]}""")]
    [Trait("check", "kiro K37")]
    public async Task Telemetry_is_taken_and_forgotten(string body)
    {
        await using var rig = await KiroRig.StartAsync();
        (await rig.AskAsync("POST", "/api/event_logging/batch", body)).ToJsonString().ShouldBe("""{"ok":true}""");
    }
}
