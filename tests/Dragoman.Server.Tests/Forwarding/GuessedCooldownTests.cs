using System.Text.Json.Nodes;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>
/// One request must not become everybody's outage: what an upstream says of a model, a key or a request never makes the gateway refuse what it
/// could have tried, and the client gets the upstream's own status and words.
/// </summary>
public sealed class GuessedCooldownTests
{
    private const string NoModel = """{"error":{"message":"The model `m` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}""";
    private const string BadKey = """{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""";
    private const string Forbidden = """{"error":{"message":"You are not allowed to sample from this model","type":"invalid_request_error","param":null,"code":null}}""";
    private const string NoTools = """{"error":{"message":"No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/guides/routing/provider-selection","code":404}}""";
    private const string Flagged = """{"error":{"code":403,"message":"m requires moderation. Your input was flagged for \"violence\"","metadata":{"reasons":["violence"],"flagged_input":"x","provider_name":"p","model_slug":"m"}}}""";
    private const string Region = """{"error":{"message":"Country, region, or territory not supported","type":"request_forbidden","param":null,"code":"unsupported_country_region_territory"}}""";
    private const string Rate = """{"error":{"message":"Slow down.","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}""";
    private const string Broken = """{"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}""";
    private const string QuotaUsed = """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""";

    public static TheoryData<int, string> Guesses => new()
    {
        { 404, NoModel }, { 404, NoTools }, { 404, "Not Found" }, { 401, BadKey }, { 403, Forbidden }, { 403, Flagged }, { 429, Rate }, { 429, QuotaUsed }, { 402, """{"error":{"message":"Insufficient credits","code":402}}""" },
        { 500, Broken }, { 503, Broken }, { 400, """{"error":{"message":"The model m does not exist.","code":"model_not_found"}}""" },
        { 400, """{"detail":"The 'm' model is not supported when using Codex with a ChatGPT account."}""" },
    };

    [Theory, MemberData(nameof(Guesses))]
    public async Task One_odd_request_switches_nothing_off_and_the_upstreams_words_reach_the_client(int status, string body)
    {
        var odd = true;
        await using var upstream = await RawUpstream.StartAsync((context, _) => odd ? context.SayAsync(status, body) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.OneAsync(upstream, "request-retry: 0\n");
        for (var time = 0; time < 4; time++)
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            // It is the account's credential that is refused, and not the client's.
            ((int)answer.StatusCode).ShouldBe(status == 401 ? 424 : status);
            var text = await answer.TextAsync();
            // Words that are no JSON reach a client in its own protocol's error.
            if (status == 401) JsonNode.Parse(text)!["error"]!["message"]!.GetValue<string>().ShouldContain("(401: Incorrect API key provided)");
            else if (body[0] == '{') text.ShouldBe(body);
            else JsonNode.Parse(text)!["error"]!["message"]!.GetValue<string>().ShouldBe(body);
            using var translated = await FailureTests.PostAsync(gateway, Talk.Messages("m"), "/v1/messages");
            ((int)translated.StatusCode).ShouldBe(status switch { 401 => 424, 503 => 529, _ => status });
            var words = (await translated.JsonAsync())["error"]!["message"]!.GetValue<string>();
            if (status == 401) words.ShouldContain("(401: Incorrect API key provided)");
            else words.ShouldBe(WordsOf(body));
        }

        odd = false;
        foreach (var path in (string[])["/v1/chat/completions", "/v1/messages"])
        {
            using var good = await FailureTests.PostAsync(gateway, Talk.Messages("m"), path);
            ((int)good.StatusCode).ShouldBe(200, "nothing was switched off");
        }
    }

    [Theory]
    [InlineData(404, NoModel)]
    [InlineData(401, BadKey)]
    [InlineData(403, Forbidden)]
    public async Task Who_refused_is_asked_after_the_others_and_still_asked(int status, string body)
    {
        var secondIsGone = false;
        await using var first = await RawUpstream.StartAsync((context, _) => secondIsGone ? context.SayAsync(200, RawAnswers.ChatWhole) : context.SayAsync(status, body));
        await using var second = await RawUpstream.StartAsync((context, _) => secondIsGone ? context.SayAsync(404, NoModel) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.TwoAsync(first, second, "routing: { strategy: fill-first }\n");
        foreach (var attempts in (string[])["2", "1", "1"])
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(200);
            (answer.Header("x-dragoman-account"), answer.Header("x-dragoman-attempts")).ShouldBe(("two", attempts));
        }

        secondIsGone = true;
        using var back = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
        (back.Header("x-dragoman-account"), (int)back.StatusCode).ShouldBe(("one", 200));
    }

    [Theory]
    [InlineData(404, NoTools)]
    [InlineData(403, Region)]
    [InlineData(400, """{"detail":"The 'm' model is not supported when using Codex with a ChatGPT account."}""")]
    public async Task What_belongs_to_a_request_touches_no_account_and_another_may_take_it(int status, string body)
    {
        await using var first = await RawUpstream.StartAsync((context, n) => n == 1 ? context.SayAsync(status, body) : context.SayAsync(200, RawAnswers.ChatWhole));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await FailureTests.TwoAsync(first, second, "routing: { strategy: fill-first }\n");
        foreach (var account in (string[])["two", "one"])
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(200);
            answer.Header("x-dragoman-account").ShouldBe(account);
        }

        gateway.Router.Cooldowns.Report().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(503, Broken, 404, NoModel, 503, Broken)]
    [InlineData(404, NoModel, 503, Broken, 503, Broken)]
    [InlineData(404, NoTools, 503, Broken, 404, NoTools)]
    [InlineData(404, NoTools, 401, BadKey, 404, NoTools)]
    [InlineData(429, Rate, 500, Broken, 429, Rate)]
    [InlineData(401, BadKey, 404, NoModel, 404, NoModel)]
    [InlineData(404, NoModel, 401, BadKey, 404, NoModel)]
    [InlineData(401, BadKey, 403, Forbidden, 403, Forbidden)]
    public async Task Of_several_failures_the_most_telling_is_told_whoever_failed_last(int status1, string body1, int status2, string body2, int status, string body)
    {
        await using var first = await RawUpstream.StartAsync((context, _) => context.SayAsync(status1, body1));
        await using var second = await RawUpstream.StartAsync((context, _) => context.SayAsync(status2, body2));
        await using var gateway = await FailureTests.TwoAsync(first, second, "request-retry: 0\nrouting: { strategy: fill-first }\n");
        for (var time = 0; time < 3; time++)
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(status);
            (await answer.TextAsync()).ShouldBe(body);
            answer.Header("x-dragoman-account").ShouldBe(body == body1 ? "one" : "two");
        }
    }

    [Fact]
    public async Task A_stated_limit_of_one_says_more_than_the_refused_key_of_the_other()
    {
        await using var limited = await RawUpstream.StartAsync((context, _) => context.SayAsync(429, Rate, headers: ("retry-after", "90")));
        await using var dead = await RawUpstream.StartAsync((context, _) => context.SayAsync(401, BadKey));
        await using var gateway = await FailureTests.TwoAsync(limited, dead);
        for (var time = 0; time < 3; time++)
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(429);
            int.Parse(answer.Header("retry-after")!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(60, 90);
        }

        (limited.Calls, dead.Calls).ShouldBe((1, 3), "who named a time is left alone, who only failed is tried");
    }

    private static string WordsOf(string body)
    {
        if (body[0] != '{') return body;
        var json = System.Text.Json.Nodes.JsonNode.Parse(body)!;
        return (json["error"]?["message"] ?? json["detail"])!.GetValue<string>();
    }
}
