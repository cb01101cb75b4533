using System.Text.Json.Nodes;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Routing;
using Dragoman.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Surfaces.Antigravity;

/// <summary>What clients of this surface count on from Google's backend and back: wire note codex-and-antigravity.md G.3, checks 71 to 82, 84 and 85. Check 83 is of the login (<c>AntigravityTests</c> of the providers).</summary>
public sealed class AntigravityCheckTests
{
    private const string Claude = "claude-opus-4-6-thinking";
    private const string Gemini = "gemini-3-flash";
    private const string Fine = """{"text":"fine"}""";
    private const string ReadTool = """{"name":"read","description":"Reads.","input_schema":{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}}""";

    private static string Messages(string model, string content, string more = "") => $$"""{"model":"{{model}}","max_tokens":4000{{more}},"messages":{{content}}}""";

    private static string Say(string text) => $$"""[{"role":"user","content":"{{text}}"}]""";

    [Fact]
    [Trait("check", "antigravity 71")]
    public async Task Check_71_Claude_thinks_by_a_budget_below_its_limit_and_calls_tools_validated()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, Fine));
        (await rig.AskAsync(Messages(Claude, Say("hi"), $",\"thinking\":{{\"type\":\"enabled\",\"budget_tokens\":2000}},\"tools\":[{ReadTool}]"))).Status.ShouldBe(200);
        var request = rig.Sent(0)["request"]!;
        request["generationConfig"]!["thinkingConfig"]!.ToJsonString().ShouldBe("""{"thinking_budget":2000,"include_thoughts":true}""", StringCompareShould.IgnoreCase);
        request["generationConfig"]!["maxOutputTokens"]!.GetValue<int>().ShouldBeGreaterThan(2_000);
        request["toolConfig"]!["functionCallingConfig"]!["mode"]!.GetValue<string>().ShouldBe("VALIDATED");
    }

    [Fact]
    [Trait("check", "antigravity 72")]
    public async Task Check_72_Gemini_3_thinks_by_levels()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, Fine));
        (await rig.SendAsync("/v1/chat/completions", $$"""{"model":"{{Gemini}}","reasoning_effort":"high","messages":{{Say("hi")}}}""")).Status.ShouldBe(200);
        var thinking = rig.Sent(0)["request"]!["generationConfig"]!["thinkingConfig"]!.AsObject();
        (thinking["thinkingLevel"]!.GetValue<string>().ToLowerInvariant(), thinking.ContainsKey("thinkingBudget")).ShouldBe(("high", false));
    }

    [Fact]
    [Trait("check", "antigravity 73")]
    [Trait("check", "antigravity 74")]
    public async Task Checks_73_and_74_schemas_are_such_as_the_backend_takes_and_a_property_may_be_called_title()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, Fine));
        const string schema = """
            {"type":"object","$defs":{"Kind":{"type":"string","enum":["a","b"]}},"properties":{"title":{"type":"string","title":"The title","deprecated":true},"kind":{"$ref":"#/$defs/Kind"},"mode":{"const":"fast"},
            "either":{"anyOf":[{"type":"string"},{"type":"null"}]},"map":{"type":"object","propertyNames":{"pattern":"^x"},"additionalProperties":{"type":"string"}}},"required":["title"]}
            """;
        (await rig.AskAsync(Messages(Gemini, Say("hi"), $",\"tools\":[{{\"name\":\"t\",\"description\":\"d\",\"input_schema\":{schema}}}]"))).Status.ShouldBe(200);
        var declared = rig.Sent(0)["request"]!["tools"]![0]!["functionDeclarations"]![0]!;
        var parameters = (declared["parametersJsonSchema"] ?? declared["parameters"])!;
        parameters["properties"]!["title"]!["type"]!.GetValue<string>().ShouldBe("string", StringCompareShould.IgnoreCase);
        var text = parameters.ToJsonString();
        foreach (var key in (string[])["$ref", "$defs", "const", "anyOf", "propertyNames", "deprecated"]) text.ShouldNotContain($"\"{key}\"");
        // The kind's values are there, wherever they stand: by reference the backend would not find them.
        text.ShouldContain("""["a","b"]""");
    }

    [Fact]
    [Trait("check", "antigravity 75")]
    public async Task Check_75_the_first_call_of_a_turn_has_a_signature_also_where_the_client_has_lost_it()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, Fine));
        var turns = """[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read","arguments":"{\"path\":\"x\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"text"}]""";
        (await rig.SendAsync("/v1/chat/completions", $$"""{"model":"{{Gemini}}","messages":{{turns}},"tools":[{"type":"function","function":{"name":"read","parameters":{"type":"object","properties":{"path":{"type":"string"} } } } } ] }""")).Status.ShouldBe(200);
        var call = rig.Sent(0)["request"]!["contents"]!.AsArray().SelectMany(static content => content!["parts"]!.AsArray()).First(static part => part!["functionCall"] is not null)!;
        call["thoughtSignature"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    [Trait("check", "antigravity 76")]
    public async Task Check_76_reasoning_of_another_family_stays_behind()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, Fine));
        const string turns = """[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"what Claude thought","signature":"RXJRQ0NrZ0lCaEFDR0FJcVFB"},{"type":"text","text":"hello"}]},{"role":"user","content":"more"}]""";
        (await rig.AskAsync(Messages(Gemini, turns))).Status.ShouldBe(200);
        rig.Raw.Bodies[0].ShouldNotContain("what Claude thought");
        rig.Raw.Bodies[0].ShouldNotContain("RXJRQ0NrZ0lCaEFDR0FJcVFB");
        rig.Raw.Bodies[0].ShouldContain("hello");
    }

    [Fact]
    [Trait("check", "antigravity 77")]
    public async Task Check_77_a_signature_that_is_refused_is_left_out_once()
    {
        await using var rig = await Rig.StartAsync(static (context, number) => number == 1
            ? AntigravityAnswers.RefuseAsync(context, 400, "INVALID_ARGUMENT", "{\\\"type\\\":\\\"error\\\",\\\"error\\\":{\\\"type\\\":\\\"invalid_request_error\\\",\\\"message\\\":\\\"messages.1.content.0: Invalid `signature` in `thinking` block\\\"}}")
            : AntigravityAnswers.SayAsync(context, Fine));
        const string turns = """[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"what was thought","signature":"RXJRQ0NrZ0lCaEFDR0FJcVFB"},{"type":"text","text":"hello"}]},{"role":"user","content":"more"}]""";
        var answer = await rig.AskAsync(Messages(Claude, turns, ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}"));
        (answer.Status, rig.Raw.Calls).ShouldBe((200, 2), answer.Body);
        rig.Raw.Bodies[1].ShouldNotContain("what was thought");
    }

    [Fact]
    [Trait("check", "antigravity 78")]
    public async Task Check_78_a_quota_is_of_one_model_and_lasts_as_long_as_is_said()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => ((string)context.Items[RawUpstream.BodyItem]!).Contains(Claude, StringComparison.Ordinal)
            ? AntigravityAnswers.RefuseAsync(context, 429, "RESOURCE_EXHAUSTED", "You have exhausted your capacity on this model. Your quota will reset after 2h1m1s.", $$"""{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"QUOTA_EXHAUSTED","domain":"cloudcode-pa.googleapis.com","metadata":{"model":"{{Claude}}","quotaResetDelay":"2h1m1.277107632s"} },{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7261.277107632s"}""")
            : AntigravityAnswers.SayAsync(context, Fine));
        var refused = await rig.AskAsync(Messages(Claude, Say("hi")));
        (refused.Status, refused.Json["error"]!["message"]!.GetValue<string>().StartsWith("RESOURCE_EXHAUSTED", StringComparison.Ordinal)).ShouldBe((429, true), refused.Body);
        rig.CooldownOf(Claude)!.Value.TotalSeconds.ShouldBeInRange(7_200, 7_300);
        (await rig.AskAsync(Messages(Gemini, Say("hi")))).Status.ShouldBe(200);
        (await rig.AskAsync(Messages(Claude, Say("hi")))).Status.ShouldBe(429);
        rig.Raw.Calls.ShouldBe(2, "what is used up is not asked again");
    }

    [Fact]
    [Trait("check", "antigravity 79")]
    public async Task Check_79_a_bare_refusal_makes_no_long_cooldown()
    {
        await using var rig = await Rig.StartAsync(static (context, number) => number == 1 ? AntigravityAnswers.RefuseAsync(context, 429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).") : AntigravityAnswers.SayAsync(context, Fine));
        (await rig.AskAsync(Messages(Claude, Say("hi")))).Status.ShouldBe(429);
        (rig.CooldownOf(Claude) ?? TimeSpan.Zero).ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(2));
        (await rig.AskAsync(Messages(Claude, Say("hi")))).Status.ShouldBe(200, "nobody else is there, so it is asked again");
    }

    [Fact]
    [Trait("check", "antigravity 80")]
    public async Task Check_80_a_busy_model_is_asked_again_unseen()
    {
        var time = new ManualTime();
        await using var rig = await Rig.StartAsync(static (context, number) => number <= 2 ? AntigravityAnswers.RefuseAsync(context, 503, "UNAVAILABLE", "No capacity available for model", """{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"MODEL_CAPACITY_EXHAUSTED"}""") : AntigravityAnswers.SayAsync(context, Fine), "request-retry: 3\nmax-retry-interval: 120\n", time);
        var asked = rig.AskAsync(Messages(Claude, Say("hi")));
        await time.UntilAsync(() => asked.IsCompleted);
        (await asked).Status.ShouldBe(200);
        rig.Raw.Calls.ShouldBe(3);
        rig.CooldownOf(Claude).ShouldBeNull("the account has done nothing wrong");
    }

    [Fact]
    [Trait("check", "antigravity 81")]
    public async Task Check_81_who_has_to_be_verified_is_told_where()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.RefuseAsync(context, 403, "PERMISSION_DENIED", "Verify your account to continue.", """{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"VALIDATION_REQUIRED","domain":"cloudcode-pa.googleapis.com","metadata":{"validation_url":"https://accounts.google.com/verify"}}"""));
        var refused = await rig.AskAsync(Messages(Claude, Say("hi")));
        refused.Status.ShouldBe(403, refused.Body);
        refused.Body.ShouldContain("Verify your account to continue.");
        // The whole account, not one model of it.
        rig.CooldownOf(Gemini).ShouldNotBeNull();
        var shown = JsonNode.Parse(await rig.GetAsync("/account-limits"))!["accounts"]!.AsArray().ShouldHaveSingleItem()!;
        (shown["status"]!.GetValue<string>(), shown["isInvalid"]!.GetValue<bool>(), (string?)shown["verifyUrl"]).ShouldBe(("invalid", true, "https://accounts.google.com/verify"), shown.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("check", "antigravity 82")]
    public async Task Check_82_an_answer_without_a_word_is_asked_for_again_and_at_last_told_in_words(bool stream)
    {
        var time = new ManualTime();
        await using var rig = await Rig.StartAsync(static (context, number) => number == 3 ? AntigravityAnswers.SayAsync(context, Fine) : AntigravityAnswers.SayAsync(context, ""), time: time);
        var body = Messages(Gemini, Say("hi"), stream ? ",\"stream\":true" : "");
        var answer = await rig.AskAsync(body, time);
        (answer.Status, rig.Raw.Calls).ShouldBe((200, 3), answer.Body);
        answer.Body.ShouldContain("fine");
        answer = await rig.AskAsync(body, time);
        (answer.Status, rig.Raw.Calls).ShouldBe((200, 6), answer.Body);
        answer.Body.ShouldContain("[No response after retries - please try again]");
        answer.Body.ShouldContain("\"stop_reason\":\"end_turn\"");
        if (stream) answer.Body.TrimEnd().ShouldEndWith("{\"type\":\"message_stop\"}");
        rig.CooldownOf(Gemini).ShouldBeNull("nobody is at fault");
        // The gateway's own listener has no such manner, and a filter's word is one.
        var own = await rig.SendAsync("/v1/messages", body, listener: 0);
        (own.Status, rig.Raw.Calls).ShouldBe((200, 7), own.Body);
        own.Body.ShouldNotContain("No response");
    }

    [Fact]
    public async Task Check_82_is_not_of_an_answer_that_a_filter_has_stopped_nor_of_one_that_has_words()
    {
        await using var rig = await Rig.StartAsync(static (context, number) => number == 1 ? AntigravityAnswers.SayAsync(context, "", "SAFETY") : AntigravityAnswers.SayAsync(context, """{"text":""},{"functionCall":{"name":"read","args":{"path":"x"}}}"""));
        var filtered = await rig.AskAsync(Messages(Gemini, Say("hi")));
        (filtered.Status, rig.Raw.Calls).ShouldBe((200, 1), filtered.Body);
        filtered.Body.ShouldContain("refusal");
        var calls = await rig.AskAsync(Messages(Gemini, Say("hi"), $",\"tools\":[{ReadTool}]"));
        (calls.Status, rig.Raw.Calls).ShouldBe((200, 2), calls.Body);
        calls.Body.ShouldContain("tool_use");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("check", "antigravity 84")]
    public async Task Check_84_a_version_that_is_not_served_any_more_is_an_error_and_no_answer(bool stream)
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, """{"text":"This version of Antigravity is no longer supported. Please update to receive the latest features!"}"""));
        var answer = await rig.AskAsync(Messages(Gemini, Say("hi"), stream ? ",\"stream\":true" : ""));
        answer.Status.ShouldBe(400, answer.Body);
        answer.Json["type"]!.GetValue<string>().ShouldBe("error");
        answer.Body.ShouldContain("no longer supported");

        await using var quoting = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, """{"text":"It said: \"This version of Antigravity is no longer supported\"."}"""));
        (await quoting.AskAsync(Messages(Gemini, Say("what did it say?")))).Status.ShouldBe(200);
    }

    [Fact]
    [Trait("check", "antigravity 85")]
    public async Task Check_85_Claude_Codes_search_is_grounded_and_told_in_its_form()
    {
        await using var rig = await Rig.StartAsync(static (context, _) => AntigravityAnswers.SayAsync(context, """{"text":"It is sunny."}""",
            more: ""","groundingMetadata":{"webSearchQueries":["weather"],"groundingChunks":[{"web":{"uri":"https://weather.example/","title":"Weather"}}],"groundingSupports":[{"segment":{"startIndex":0,"endIndex":12,"text":"It is sunny."},"groundingChunkIndices":[0]}]}"""));
        var answer = await rig.AskAsync(Messages(Gemini, Say("weather?"), """,\"tools\":[{"type":"web_search_20250305","name":"web_search","max_uses":8}]""".Replace("\\", "", StringComparison.Ordinal)));
        answer.Status.ShouldBe(200, answer.Body);
        rig.Sent(0)["request"]!["tools"]![0]!.AsObject().Select(static member => member.Key).ShouldBe(["googleSearch"]);
        var kinds = answer.Json["content"]!.AsArray().Select(static block => block!["type"]!.GetValue<string>()).ToList();
        kinds.ShouldContain("server_tool_use");
        kinds.ShouldContain("web_search_tool_result");
        answer.Body.ShouldContain("https://weather.example/");
    }

    /// <summary>A gateway with this surface and one account before an upstream that says what a check wants.</summary>
    private sealed class Rig : IAsyncDisposable
    {
        private readonly HttpClient _http = new();

        public RawUpstream Raw { get; private set; } = null!;

        public GatewayHost Host { get; private set; } = null!;

        private TimeProvider Time { get; set; } = TimeProvider.System;

        public static async Task<Rig> StartAsync(Func<HttpContext, int, Task> handle, string more = "request-retry: 0\nmax-retry-interval: 0\n", TimeProvider? time = null)
        {
            var rig = new Rig { Raw = await RawUpstream.StartAsync(handle), Time = time ?? TimeProvider.System };
            var config = $"listeners:\n  - {{ surface: dragoman, port: 0 }}\n  - {{ surface: antigravity, port: 0 }}\n{more}antigravity-account: [ {{ name: one, access-token: ya29-one, project: mine, base-url: '{rig.Raw.Address}', models: [ {Claude}, {Gemini} ] }} ]\n";
            rig.Host = await GatewayHost.StartAsync(new StartOptions { ConfigText = config, Port = 0, LogLevel = LogLevel.None, Time = rig.Time });
            return rig;
        }

        public JsonNode Sent(int call) => JsonNode.Parse(Raw.Bodies[call])!;

        /// <summary>How long a model cools down; null where it does not.</summary>
        public TimeSpan? CooldownOf(string model) => Host.Services.GetRequiredService<Router>().Cooldowns.Find(Host.Config.Accounts.Single(), model) is { } state ? state.Until - Time.GetUtcNow() : null;

        /// <summary>Asks while the clock runs as fast as it may.</summary>
        public async Task<SurfaceReply> AskAsync(string body, ManualTime time)
        {
            var asked = AskAsync(body);
            await time.UntilAsync(() => asked.IsCompleted);
            return await asked;
        }

        public Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri(Host.Addresses[1], path));

        public Task<SurfaceReply> AskAsync(string body) => SendAsync("/v1/messages", body);

        public async Task<SurfaceReply> SendAsync(string path, string body, int listener = 1)
        {
            using var answer = await _http.PostAsync(new Uri(Host.Addresses[listener], path), new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            return new SurfaceReply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Concat(answer.Content.Headers).ToDictionary(pair => pair.Key.ToLowerInvariant(), pair => string.Join(", ", pair.Value)));
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await Host.DisposeAsync();
            await Raw.DisposeAsync();
        }
    }
}
