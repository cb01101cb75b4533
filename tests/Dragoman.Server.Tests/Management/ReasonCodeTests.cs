using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Server.Tests.Flows;
using Dragoman.Server.Tests.Support;
using Dragoman.Testing;

namespace Dragoman.Server.Tests.Management;

/// <summary>What the gateway says in words is said as codes too, which stay the same and which the panel knows in both its languages.</summary>
[Trait("speed", "fast")]
public sealed partial class ReasonCodeTests
{
    [Fact]
    public async Task The_steps_of_a_route_are_codes_with_what_they_name_beside_the_same_words()
    {
        await using var rig = await GatewayFixture.StartAsync();
        var plan = await AskAsync(rig, "explain?model=chat-1(high)");
        var steps = plan["decisions"]!.AsArray();
        steps.Select(step => step!.Text("text")).ShouldBe(plan["trace"]!.AsArray().Select(line => line!.GetValue<string>()));
        steps.Select(step => step!.Text("code")).ShouldBe(["suffix_reasoning", "configured", "priority"], plan.ToJsonString());
        steps[0]!["values"]!.Text("suffix").ShouldBe("high");
        (steps[1]!["values"]!.Text("name"), steps[1]!["values"]!.Text("count")).ShouldBe(("chat-1", "1"));
        (steps[2]!["values"]!.Text("priority"), steps[2]!["values"]!.Text("usable"), steps[2]!["values"]!.Text("strategy")).ShouldBe(("0", "1", "round-robin"));
        (await AskAsync(rig, "explain?model=nobody-has-this"))["decisions"]!.AsArray()[^1]!.Text("code").ShouldBe("nobody");
    }

    [Fact]
    public async Task An_attempt_says_as_a_code_why_its_account_was_chosen_and_what_its_cooldown_follows_from()
    {
        await using var rig = await GatewayFixture.StartAsync("request-retry: 0\n");
        using (var failed = await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1", "fault:status=500"))) ((int)failed.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        using (await rig.PostAsync("/v1/chat/completions", Talk.Chat("chat-1", "say:hello")))
        {
        }

        var flows = await FlowFixture.CountAsync(rig.Http, 2);
        var first = flows[1]["attempts"]!.AsArray()[0]!;
        (first.Text("reason"), first.Text("reason_code"), first["values"]!.AsObject().Count).ShouldBe(("each in its turn", "round-robin", 0));
        var again = flows[0]["attempts"]!.AsArray()[0]!;
        (again.Text("reason"), again.Text("reason_code"), again["values"]!.Text("cause")).ShouldBe(("cools down (the upstream failed a moment ago), so it is asked after the others", "cooling_down", "transient"));
    }

    [Fact]
    public async Task Warnings_of_accounts_have_codes()
    {
        await using var rig = await GatewayFixture.StartAsync("""
            coding-plan:
              - name: plan
                plan: zai
                api-key: k
            """);
        var accounts = (await AskAsync(rig, "accounts"))["accounts"]!.AsArray();
        var plan = accounts.Single(account => account!.Text("provider") == "coding-plan")!;
        var notice = plan["notices"]!.AsArray().ShouldHaveSingleItem()!;
        (notice.Text("code"), notice.Text("text")).ShouldBe(("position_forbidden", plan["warnings"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>()));
        (notice["values"]!.Text("offer"), notice["values"]!.Text("day")).ShouldBe(("Z.ai GLM Coding Plan", "2026-11-30"));
    }

    [Theory]
    [InlineData("Sign in again", "sign_in", null)]
    [InlineData("Sign in again: it was revoked.", "sign_in_because", "it was revoked")]
    [InlineData("Something of another build.", "other", null)]
    public void Problems_that_the_store_keeps_as_words_have_their_code_again(string words, string code, string? reason)
    {
        var problem = Gateway.Accounts.AccountProblems.Read(words);
        (problem.Code, problem.Text, problem.Values.GetValueOrDefault("reason")).ShouldBe((code, words, reason));
    }

    [Theory]
    [InlineData("invalid_grant", false, "sign_in_because")]
    [InlineData("invalid_grant (Token expired)", true, "sign_in_interrupted")]
    public void A_login_that_is_not_taken_any_more_is_read_back_as_it_was_written(string reason, bool isInterrupted, string code)
    {
        var problem = Gateway.Accounts.AccountProblems.Read(Gateway.Accounts.AccountProblems.SignIn(reason, isInterrupted));
        (problem.Code, problem.Values["reason"]).ShouldBe((code, reason));
    }

    [Fact]
    public void The_panel_says_every_code_in_both_languages()
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(RepositoryFiles.File("src"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match call in Created().Matches(File.ReadAllText(file)))
            {
                var found = Literals().Matches(call.Groups["code"].Value);
                found.Count.ShouldBeGreaterThan(0, $"{RepositoryFiles.Relative(file)}: a code is written where the words are made: {call.Value}");
                codes.UnionWith(found.Select(static literal => literal.Groups["literal"].Value));
            }
        }

        codes.Count.ShouldBeGreaterThan(30);
        codes.Remove("other");
        foreach (var language in (string[])["en", "zh-CN"])
        {
            var said = JsonNode.Parse(File.ReadAllText(RepositoryFiles.File("panel", "src", "app", "texts", $"{language}.json")))!["said"]!.AsObject().Select(static text => text.Key.EndsWith("_one", StringComparison.Ordinal) || text.Key.EndsWith("_other", StringComparison.Ordinal) ? text.Key[..text.Key.LastIndexOf('_')] : text.Key).ToHashSet();
            codes.Except(said).ShouldBeEmpty($"codes without a text in {language}.json");
            said.Except(codes).ShouldBeEmpty($"texts of {language}.json that nobody says");
        }
    }

    private static async Task<JsonNode> AskAsync(GatewayFixture rig, string path)
    {
        using var answer = await rig.GetAsync($"/api/v1/{path}");
        ((int)answer.StatusCode).ShouldBe(200);
        return await answer.JsonAsync();
    }

    /// <summary>A call with its first argument: up to the first comma that stands in no brackets, with at most one conditional.</summary>
    [GeneratedRegex("""CodedText\.Create\(\s*(?<code>(?:"[^"]*"|\([^()]*\)|[^,"()])*),""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Created();

    [GeneratedRegex("\"(?<literal>[a-z_]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Literals();
}
