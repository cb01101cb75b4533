using System.Text.Json.Nodes;
using Dragoman.Emulators.Script;
using Dragoman.Testing;

namespace Dragoman.Server.Tests.Surfaces;

/// <summary>What clients of a Kiro proxy count on, and its settings: wire note kiro-and-bedrock.md A.1, A.7, C and F.1.</summary>
public sealed class KiroClientTests
{
    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("gpt-4")]
    [InlineData("gpt-4o-mini")]
    [InlineData("gpt-3.5-turbo")]
    [InlineData("o1")]
    [InlineData("o1-preview")]
    [InlineData("claude-sonnet-4-5-20250929")]
    [InlineData("sonnet")]
    [InlineData("gemini-2.5-flash")]
    [InlineData("")]
    [Trait("check", "kiro U1")]
    [Trait("check", "kiro N7")]
    public async Task Names_of_other_vendors_models_are_answered(string model)
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        foreach (var path in (string[])["/v1/messages", "/cc/v1/messages", "/v1/chat/completions"])
        {
            var answer = await rig.ChatAsync(model: model, path: path);
            answer.Status.ShouldBe(200, answer.Body);
            answer.Body.ShouldContain("hello there");
        }

        // So it stays when the service has said what it has.
        await rig.AskAsync("GET", $"/api/accounts/{(await rig.AskAsync("GET", "/api/accounts"))["accounts"]![0]!["id"]}/usage");
        (await rig.ChatAsync(model: model)).Status.ShouldBe(200);
        var sent = JsonNode.Parse(rig.Upstream.Requests.Last(request => request.Target == "/kiro/service/generateAssistantResponse").Text)!["conversationState"]!["currentMessage"]!["userInputMessage"]!["modelId"]!.GetValue<string>();
        sent.ShouldBe(model switch { "gpt-4o-mini" or "gpt-3.5-turbo" => "claude-haiku-4.5", "o1" or "o1-preview" => "claude-opus-4.5", "claude-sonnet-4-5-20250929" => "claude-sonnet-4.5", _ => "claude-sonnet-4" });
    }

    [Fact]
    public async Task A_body_without_a_model_means_one_and_what_is_wrong_with_it_is_told_in_the_clients_form()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        (await rig.SendAsync("POST", "/v1/messages", """{"max_tokens":50,"messages":[{"role":"user","content":"say:hello there"}]}""")).Body.ShouldContain("hello there");
        foreach (var body in (string[])["""{"model":"claude-sonnet-4.5","max_tokens":50,"messages":[]}""", "{}", "{\"model\":"])
        {
            var refused = await rig.SendAsync("POST", "/v1/messages", body);
            (refused.Status, refused.Json["type"]!.GetValue<string>(), refused.Json["error"]!["type"]!.GetValue<string>()).ShouldBe((400, "error", "invalid_request_error"), refused.Body);
            (await rig.SendAsync("POST", "/v1/chat/completions", body)).Json["error"]!["message"]!.GetValue<string>().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Without_an_account_clients_hear_it_in_their_own_form()
    {
        await using var rig = await KiroRig.StartAsync();
        var message = (await rig.ChatAsync());
        (message.Status, message.Json["type"]!.GetValue<string>(), message.Json["error"]!["type"]!.GetValue<string>(), message.Json["error"]!["message"]!.GetValue<string>()).ShouldBe((503, "error", "api_error", "All accounts are rate limited or unavailable"));
        var chat = await rig.ChatAsync(path: "/v1/chat/completions");
        (chat.Status, chat.Json["error"]!["type"]!.GetValue<string>(), chat.Json["error"]!["message"]!.GetValue<string>()).ShouldBe((503, "server_error", "All accounts are rate limited or unavailable"));
        var gemini = await rig.SendAsync("POST", "/v1beta/models/claude-sonnet-4.5:generateContent", """{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}""");
        (gemini.Status, gemini.Json["error"]!["status"]!.GetValue<string>(), gemini.Json["error"]!["code"]!.GetValue<int>()).ShouldBe((503, "UNAVAILABLE", 503));
        foreach (var path in (string[])["/v1/nothing", "/api/v1/version", "/nothing"]) (await rig.SendAsync("GET", path)).Status.ShouldBe(404, path);
        await rig.AddAsync("ada");
        (await rig.ChatAsync(model: "nothing-of-that-name")).Status.ShouldBe(404, "with an account it is the name that is wrong");
    }

    [Fact]
    [Trait("check", "kiro K38")]
    public async Task Models_are_listed_where_the_service_does_not_answer()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        rig.Upstream.Script.Add(ScriptedReply.Whole("{}", status: 500) with { Path = "Available", Times = 0 });
        var list = (await rig.AskAsync("GET", "/v1/models"))["data"]!.AsArray().Select(static model => model!["id"]!.GetValue<string>()).ToList();
        list.ShouldBe(["auto", "claude-sonnet-4", "claude-sonnet-4.5", "claude-haiku-4.5", "claude-opus-4.5"]);
    }

    [Fact]
    public async Task A_name_that_is_served_stays_what_it_is()
    {
        await using var rig = await KiroRig.StartAsync("openai-compatibility: [ { name: chat, base-url: UPSTREAM/v1, api-key-entries: [ { api-key: k } ], models: [ gpt-4o ] } ]\n");
        await rig.AddAsync("ada");
        var answer = await rig.ChatAsync(model: "gpt-4o", path: "/v1/chat/completions");
        answer.Headers["x-dragoman-account"].ShouldBe("chat");
        (await rig.ChatAsync(model: "gpt-4", path: "/v1/chat/completions")).Headers["x-dragoman-account"].ShouldBe("ada");
    }

    [Fact]
    [Trait("check", "kiro K38")]
    public async Task Models_are_listed_with_names_and_times_and_five_usual_ones_where_nobody_serves_any()
    {
        await using var rig = await KiroRig.StartAsync();
        var none = (await rig.AskAsync("GET", "/v1/models"))["data"]!.AsArray();
        none.Select(static model => model!["id"]!.GetValue<string>()).ShouldBe(["auto", "claude-sonnet-4", "claude-sonnet-4.5", "claude-haiku-4.5", "claude-opus-4.5"]);
        await rig.AddAsync("ada");
        var list = await rig.AskAsync("GET", "/v1/models");
        list["object"]!.GetValue<string>().ShouldBe("list");
        foreach (var model in list["data"]!.AsArray())
        {
            (model!["object"]!.GetValue<string>(), model["owned_by"]!.GetValue<string>(), model["created"]!.GetValue<long>() > 0).ShouldBe(("model", "kiro", true), model.ToJsonString());
            model["name"]!.GetValue<string>().ShouldNotBeEmpty();
        }

        // The service was asked: it has more than the usual five, by its own names.
        list["data"]!.AsArray().Count(static model => model!["id"]!.GetValue<string>().Contains("sonnet-4-5", StringComparison.Ordinal)).ShouldBe(0);
        list["data"]!.AsArray().Select(static model => model!["id"]!.GetValue<string>()).ShouldContain("claude-opus-4.6");
        // Anthropic's clients find their own members beside those.
        var anthropic = (await rig.SendAsync("GET", "/v1/models", null, ("anthropic-version", "2023-06-01"))).Json;
        (anthropic["data"]![0]!["type"]!.GetValue<string>(), anthropic["has_more"]!.GetValue<bool>(), anthropic["first_id"]!.GetValue<string>()).ShouldBe(("model", false, anthropic["data"]![0]!["id"]!.GetValue<string>()));
    }

    [Fact]
    [Trait("check", "kiro K39")]
    public async Task Gemini_streams_and_tokens_are_counted()
    {
        await using var rig = await KiroRig.StartAsync();
        await rig.AddAsync("ada");
        const string Body = """{"contents":[{"role":"user","parts":[{"text":"say:hello there"}]}]}""";
        foreach (var version in (string[])["v1", "v1beta"])
        {
            (await rig.SendAsync("POST", $"/{version}/models/claude-sonnet-4.5:generateContent", Body)).Json["candidates"]![0]!["content"]!["parts"]![0]!["text"]!.GetValue<string>().ShouldBe("hello there");
            (await rig.SendAsync("POST", $"/{version}/models/gemini-2.5-flash:streamGenerateContent?alt=sse", Body)).Body.ShouldContain("data: {");
        }

        (await rig.SendAsync("POST", "/v1/messages/count_tokens", "{}")).Status.ShouldBe(400);
        (await rig.AskAsync("POST", "/v1/messages/count_tokens", """{"model":"claude-sonnet-4.5","messages":[{"role":"user","content":"hello"}]}"""))["input_tokens"]!.GetValue<int>().ShouldBeGreaterThan(0);
    }

    [Fact]
    [Trait("check", "kiro K32")]
    public async Task Settings_of_long_conversations_are_kept_and_obeyed()
    {
        await using var rig = await KiroRig.StartAsync();
        var id = await rig.AddAsync("ada");
        var usual = await rig.AskAsync("GET", "/api/settings/history");
        usual.ToJsonString().ShouldBe("""{"strategies":["error_retry"],"max_messages":30,"max_chars":150000,"summary_keep_recent":10,"summary_threshold":100000,"summary_max_length":2000,"retry_max_messages":20,"max_retries":2,"estimate_threshold":180000,"chars_per_token":3,"summary_cache_enabled":true,"summary_cache_min_delta_messages":3,"summary_cache_min_delta_chars":4000,"summary_cache_max_age_seconds":180,"add_warning_header":true}""");
        var changed = await rig.AskAsync("POST", "/api/settings/history", """{"max_messages":10,"strategies":["smart_summary"],"unknown":1}""");
        (changed["ok"]!.GetValue<bool>(), changed["config"]!["max_messages"]!.GetValue<int>(), changed["config"]!["max_chars"]!.GetValue<int>()).ShouldBe((true, 10, 150000));
        (await rig.SendAsync("POST", "/api/settings/history", """{"strategies":["magic"]}""")).Status.ShouldBe(400);
        (await rig.SendAsync("POST", "/api/settings/history", """{"max_messages":"ten"}""")).Status.ShouldBe(400);
        await rig.RestartAsync();
        (await rig.AskAsync("GET", "/api/settings/history"))["max_messages"]!.GetValue<int>().ShouldBe(10);
        (await rig.AskAsync("POST", "/api/settings/history", "{}"))["config"]!["max_messages"]!.GetValue<int>().ShouldBe(30, "what is left out takes its default");
        await rig.AskAsync("POST", "/api/settings/history", """{"strategies":["none"]}""");
        // What the accounts do then is what the gateway shows of them.
        using var own = new HttpClient();
        var audit = await own.GetStringAsync(new Uri(rig.Gateway.Addresses[0], "/api/v1/audit"));
        audit.ShouldContain("compaction");
        id.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Settings_of_rates_hold_and_last()
    {
        await using var rig = await KiroRig.StartAsync(hasFile: true);
        var id = await rig.AddAsync("ada");
        await rig.ChatAsync();
        var usual = await rig.AskAsync("GET", "/api/settings/rate-limit");
        (usual["enabled"]!.GetValue<bool>(), usual["min_request_interval"]!.GetValue<double>(), usual["max_requests_per_minute"]!.GetValue<int>(), usual["global_max_requests_per_minute"]!.GetValue<int>(), usual["quota_cooldown_seconds"]!.GetValue<int>()).ShouldBe((false, 0.5, 60, 120, 30));
        var stats = usual["stats"]!;
        (stats["enabled"]!.GetValue<bool>(), stats["global_rpm"]!.GetValue<int>(), stats["quota_cooldown_seconds"]!.GetValue<int>(), stats["accounts"]![id]!["rpm"]!.GetValue<int>()).ShouldBe((false, 1, 30, 1));
        stats["accounts"]![id]!["last_request"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
        var changed = await rig.AskAsync("POST", "/api/settings/rate-limit", """{"enabled":true,"max_requests_per_minute":10,"odd":1}""");
        changed.ToJsonString().ShouldBe("""{"ok":true,"config":{"enabled":true,"min_request_interval":0.5,"max_requests_per_minute":10,"global_max_requests_per_minute":120,"quota_cooldown_seconds":30}}""");
        var limits = rig.Gateway.Config.Routing.Limits["kiro"];
        (limits.RequestsPerMinute, limits.TotalRequestsPerMinute, limits.RequestInterval).ShouldBe((10, 120, TimeSpan.FromMilliseconds(500)));
        await rig.RestartAsync();
        (await rig.AskAsync("POST", "/api/settings/rate-limit", "{}"))["config"]!["max_requests_per_minute"]!.GetValue<int>().ShouldBe(10, "what is left out stays");
        var off = await rig.AskAsync("POST", "/api/settings/rate-limit", """{"enabled":false}""");
        off.ToJsonString().ShouldBe("""{"ok":true,"config":{"enabled":false,"min_request_interval":0.5,"max_requests_per_minute":10,"global_max_requests_per_minute":120,"quota_cooldown_seconds":30}}""");
        limits = rig.Gateway.Config.Routing.Limits["kiro"];
        (limits.RequestsPerMinute, limits.TotalRequestsPerMinute, limits.RequestInterval).ShouldBe((null, null, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("check", "kiro K33")]
    [Trait("check", "kiro K34")]
    public async Task An_account_that_met_a_limit_cools_down_and_the_other_answers(bool enabled)
    {
        var time = new ManualTime();
        await using var rig = await KiroRig.StartAsync(time: time, hasFile: true);
        await rig.AddAsync("ada");
        await rig.AddAsync("bob");
        await rig.AskAsync("POST", "/api/settings/rate-limit", $$"""{"enabled":{{(enabled ? "true" : "false")}}}""");
        rig.Upstream.Script.Add(ScriptedReply.Whole("""{"message":"Too many requests, please wait."}""", status: 429) with { Path = "generateAssistantResponse" });
        (await rig.ChatAsync()).Status.ShouldBe(200);
        var quota = await rig.AskAsync("GET", "/api/quota");
        (quota["cooldown_seconds"]!.GetValue<int>(), quota["exceeded_count"]!.GetValue<int>()).ShouldBe((300, enabled ? 1 : 0));
        var cooling = (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().Single(static account => account!["status"]!.GetValue<string>() == "cooldown")!;
        if (enabled)
        {
            var record = quota["exceeded_credentials"]![0]!;
            (record["credential_id"]!.GetValue<string>(), record["reason"]!.GetValue<string>().Length > 0).ShouldBe((cooling["id"]!.GetValue<string>(), true));
            record["remaining_seconds"]!.GetValue<int>().ShouldBeInRange(0, 30);
            (record["cooldown_until"]!.GetValue<double>() >= record["exceeded_at"]!.GetValue<double>()).ShouldBeTrue();
            (await rig.AskAsync("GET", "/api/stats"))["accounts_cooldown"]!.GetValue<int>().ShouldBe(1);
        }

        time.Advance(TimeSpan.FromMinutes(1));
        (await rig.AskAsync("GET", "/api/accounts"))["accounts"]!.AsArray().Select(static account => account!["status"]!.GetValue<string>()).ShouldBe(["active", "active"]);
        (await rig.AskAsync("GET", "/api/quota"))["exceeded_count"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    [Trait("check", "kiro K40")]
    public async Task A_management_secret_is_asked_for_where_one_is_demanded()
    {
        await using var rig = await KiroRig.StartAsync("remote-management: { secret-key: a-long-enough-secret, require-secret-on-loopback: true }\n");
        var refused = await rig.SendAsync("GET", "/api/accounts");
        refused.Status.ShouldBe(401);
        refused.Json["detail"]!.GetValue<string>().ShouldNotBeEmpty();
        foreach (var header in ((string, string)[])[("Authorization", "Bearer a-long-enough-secret"), ("x-api-key", "a-long-enough-secret")]) (await rig.SendAsync("GET", "/api/accounts", null, header)).Status.ShouldBe(200);
        (await rig.SendAsync("POST", "/api/event_logging/batch", "{}")).Status.ShouldBe(200);
        // The page for signing in from elsewhere is shown without it, and asks for it.
        var made = await rig.SendAsync("POST", "/api/remote-login/create", "{}", ("x-management-key", "a-long-enough-secret"));
        (await rig.SendAsync("GET", $"/remote-login/{made.Json["session_id"]}")).Body.ShouldContain("Management secret");
        (await rig.SendAsync("POST", $"/api/remote-login/{made.Json["session_id"]}/complete", "{}")).Status.ShouldBe(401);
    }
}
