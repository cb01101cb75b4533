using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Support;
using Dragoman.Server.Tests.Surfaces.Antigravity;
using Microsoft.AspNetCore.Http;

namespace Dragoman.Server.Tests.Forwarding;

/// <summary>What an owner wants to follow from failures of some status and words: <c>request-scoped-errors</c> and <c>oauth-request-scoped-errors</c> (wire note cliproxyapi §2, §4).</summary>
public sealed class ErrorRuleTests
{
    private const string TooLong = """{"error":{"message":"Input is too long: maximum_context_length.","type":"invalid_request_error","param":null,"code":null}}""";
    private const string Broken = """{"error":{"message":"internal_server_error","type":"server_error","param":null,"code":null}}""";

    [Theory]
    // Without a rule: a wrong request is nobody else's business, and a fault is tried again and then elsewhere.
    [InlineData("[]", 400, 400, 1, 0, false)]
    [InlineData("[]", 500, 200, 2, 1, true)]
    [InlineData("[ { status: 400, match: [ maximum_context_length ], action: continue } ]", 400, 200, 1, 1, false)]
    [InlineData("[ { status: 400, match: [ none, maximum_context_length ], action: continue-and-cooldown } ]", 400, 200, 1, 1, true)]
    [InlineData("[ { status: 500, match-regexr: [ '^\\{.*internal_[a-z]+_error' ], action: stop } ]", 500, 500, 1, 0, false)]
    [InlineData("[ { status: 500, match: [ internal_server_error ], action: stop-and-cooldown } ]", 500, 500, 1, 0, true)]
    [InlineData("[ { status: 500, match: [ internal_server_error ], action: continue } ]", 500, 200, 1, 1, false)]
    // Another status, other words: as without a rule. The first rule that fits counts.
    [InlineData("[ { status: 422, match: [ maximum_context_length ], action: continue }, { status: 400, match: [ Maximum ], action: continue } ]", 400, 400, 1, 0, false)]
    [InlineData("[ { status: 400, match: [ Input ], action: continue }, { status: 400, match: [ Input ], action: stop-and-cooldown } ]", 400, 200, 1, 1, false)]
    [Trait("check", "cliproxy 46")]
    public async Task A_rule_says_what_follows(string rules, int status, int expected, int first, int second, bool cools)
    {
        await using var odd = await RawUpstream.StartAsync((context, _) => context.SayAsync(status, status == 400 ? TooLong : Broken));
        await using var good = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await StartAsync(odd, good, $"request-scoped-errors: {rules}");
        using (var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"))) ((int)answer.StatusCode).ShouldBe(expected, await answer.TextAsync());
        (odd.Calls, good.Calls).ShouldBe((first, second));
        // Whoever cools down is asked after the other.
        using var again = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
        (odd.Calls == first).ShouldBe(cools);
    }

    [Fact]
    public async Task A_rule_with_a_cooldown_counts_also_where_nothing_cools_down()
    {
        await using var odd = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(400, TooLong));
        await using var good = await RawUpstream.StartAsync(static (context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
        await using var gateway = await StartAsync(odd, good, "disable-cooling: true, request-scoped-errors: [ { status: 400, match: [ 'too long' ], action: continue-and-cooldown } ]");
        for (var time = 0; time < 3; time++)
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(200);
        }

        (odd.Calls, good.Calls).ShouldBe((1, 3));
    }

    [Theory]
    [InlineData("antigravity", 1)]
    [InlineData("codex", 2)]
    public async Task Logins_have_the_rules_of_their_channel(string channel, int calls)
    {
        await using var raw = await RawUpstream.StartAsync(static (context, _) => AntigravityAnswers.RefuseAsync(context, 500, "INTERNAL", "internal_server_error"));
        var config = $"request-retry: 0\noauth-request-scoped-errors: {{ {channel}: [ {{ status: 500, match: [ internal_server_error ], action: stop }} ] }}\nantigravity-account: [ {{ name: one, access-token: ya29-one, project: mine, base-url: '{raw.Address}', models: [ m ] }} ]\n";
        await using var gateway = await GatewayHost.StartAsync(new StartOptions { ConfigText = config, Port = 0, LogLevel = Microsoft.Extensions.Logging.LogLevel.None });
        using var answer = await FailureTests.PostAsync(gateway, Talk.Messages("m"), "/v1/messages");
        ((int)answer.StatusCode, raw.Calls).ShouldBe((500, calls), await answer.TextAsync());
    }

    private static Task<GatewayHost> StartAsync(RawUpstream first, RawUpstream second, string settings) => GatewayHost.StartAsync(new StartOptions
    {
        ConfigText = $$"""
            request-retry: 0
            routing: { strategy: fill-first }
            openai-compatibility:
              - { name: first, base-url: '{{first.Address}}', api-key-entries: [ { api-key: k } ], models: [ { name: m } ], priority: 1, {{settings}} }
              - { name: second, base-url: '{{second.Address}}', api-key-entries: [ { api-key: k } ], models: [ { name: m } ] }
            """,
        Port = 0, LogLevel = Microsoft.Extensions.Logging.LogLevel.None,
    });
}
