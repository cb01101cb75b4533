using System.Text.RegularExpressions;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Settings;

namespace Dragoman.Gateway.Providers.Schema;

/// <summary>Reads rules about failures, in CLIProxyAPI's form: <c>status</c>, <c>match</c>, <c>match-regexr</c> and <c>action</c>.</summary>
public static class ErrorRuleSettings
{
    private const int LongestPattern = 2_000;

    private static readonly (string Word, ErrorAction Value)[] Actions =
        [("stop", ErrorAction.Stop), ("stop-and-cooldown", ErrorAction.StopAndCooldown), ("continue", ErrorAction.Continue), ("continue-and-cooldown", ErrorAction.ContinueAndCooldown)];

    /// <summary>The keys of a rule.</summary>
    public static IReadOnlyList<SettingField> Items { get; } =
    [
        new("status", SettingType.Integer, "The status that the upstream answers with.") { IsRequired = true, Min = 100, Max = 599 },
        new("match", SettingType.TextList, "Texts, one of which stands in what it says."),
        new("match-regexr", SettingType.TextList, "Regular expressions (RE2's syntax), one of which matches in what it says."),
        new("action", SettingType.Choice, "What follows: the client gets the error (stop) or the next account is asked (continue), with or without a cooldown.") { IsRequired = true, Choices = [.. Actions.Select(static action => action.Word)] },
    ];

    /// <summary>The rules of an account.</summary>
    public static SettingField Field { get; } = new("request-scoped-errors", SettingType.List, "What follows from failures with this status and words, before what the provider makes of them; the first rule that fits counts.") { Items = Items };

    /// <summary>Reads the rules under a key, in their order.</summary>
    public static IReadOnlyList<ErrorRule> Read(SettingsReader section, string key)
    {
        ArgumentNullException.ThrowIfNull(section);
        var rules = new List<ErrorRule>();
        foreach (var entry in section.Sections(key))
        {
            var status = entry.OptionalInteger("status", 100, 599);
            List<string> marks = [.. entry.GetStrings("match").Select(static item => item.Text).Where(static text => text.Length > 0)];
            List<Regex> patterns = [];
            foreach (var (text, node, at) in entry.GetStrings("match-regexr"))
            {
                if (text.Length == 0) continue;
                if (PatternOf(text) is { } pattern) patterns.Add(pattern);
                else entry.Error(node, at, $"'{text}' is not a regular expression that can be used here.", "Use RE2's syntax: no look-around, no back-references.");
            }

            var action = entry.GetEnum("action", ErrorAction.Stop, Actions);
            var hasAction = entry.Has("action");
            entry.Finish();
            if (status is null || !hasAction || marks.Count + patterns.Count == 0) entry.WarnAt("status", "A rule needs 'status', 'action' and one of 'match' and 'match-regexr'; it is left out.", "Add what is missing, or remove the rule.");
            else rules.Add(new ErrorRule(status.Value, marks, patterns, action));
        }

        return rules;
    }

    private static Regex? PatternOf(string text)
    {
        if (text.Length > LongestPattern) return null;
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(10));
        }
        catch (Exception ex) when (ex is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
