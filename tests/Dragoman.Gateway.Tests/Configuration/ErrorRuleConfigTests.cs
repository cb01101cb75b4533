using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Tests.Support;

namespace Dragoman.Gateway.Tests.Configuration;

/// <summary>CLIProxyAPI's rules about failures, as they are read.</summary>
public sealed class ErrorRuleConfigTests
{
    [Fact]
    public void A_rule_has_a_status_words_or_patterns_and_an_action()
    {
        const string rules = "[ { status: 400, match: [ one ], match-regexr: [ 'x$' ], action: Stop-And-Cooldown } ]";
        var rule = Config.Load($"claude-api-key: [ {{ api-key: k, request-scoped-errors: {rules} }} ]").Accounts.ShouldHaveSingleItem().ErrorRules.ShouldHaveSingleItem();
        (rule.Status, rule.Action, rule.Marks.Count, rule.Patterns.Count).ShouldBe((400, ErrorAction.StopAndCooldown, 1, 1));
        (rule.Matches(400, "at one"), rule.Matches(400, "ends in x"), rule.Matches(400, "x begins"), rule.Matches(500, "one")).ShouldBe((true, true, false, false));
    }

    [Theory]
    [InlineData("[ { status: 400, action: stop } ]")]
    [InlineData("[ { match: [ x ], action: stop } ]")]
    [InlineData("[ { status: 400, match: [ x ] } ]")]
    public void One_that_is_not_whole_is_left_out_and_reported(string rules)
    {
        var config = $"claude-api-key: [ {{ api-key: k, request-scoped-errors: {rules} }} ]";
        Config.Load(config).Accounts.ShouldHaveSingleItem().ErrorRules.ShouldBeEmpty();
        Config.Warnings(config).ShouldContain(problem => problem.Message.StartsWith("A rule needs", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ status: 400, match-regexr: [ '(?=x)' ], action: stop }", "regular expression")]
    [InlineData("{ status: 400, match: [ x ], action: halt }", "not one of")]
    [InlineData("{ status: 4000, match: [ x ], action: stop }", "4000")]
    public void What_cannot_be_is_an_error(string rule, string message)
        => Config.Errors($"oauth-request-scoped-errors: {{ codex: [ {rule} ] }}").ShouldContain(problem => problem.Message.Contains(message, StringComparison.Ordinal));
}
