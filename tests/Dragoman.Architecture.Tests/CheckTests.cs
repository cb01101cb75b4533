using System.Text.RegularExpressions;

namespace Dragoman.Architecture.Tests;

/// <summary>
/// The acceptance checks of the systems whose surfaces we serve (<c>tests/checks/*.tsv</c>: id, state, what is done and expected). A test that proves one says so with
/// a trait named <c>check</c>, whose value is the id; so that nobody has to believe that a list was gone through.
/// </summary>
public sealed partial class CheckTests
{
    /// <summary>What stands in the second column: a test has it; none yet; or, after «differs: », why we do it otherwise.</summary>
    private const string Tested = "tested", Open = "open", Differs = "differs: ";

    [Fact]
    public void Every_check_that_is_said_to_be_tested_has_a_test_and_no_other_has_one()
    {
        var checks = Checks().ToDictionary(check => check.Id, check => check.State, StringComparer.Ordinal);
        var traits = RepositoryFiles.Files("tests", "*.cs")
            .SelectMany(file => Trait().Matches(File.ReadAllText(file)).Select(match => match.Groups["id"].Value))
            .ToHashSet(StringComparer.Ordinal);

        traits.Except(checks.Keys).ShouldBeEmpty("a test names a check that no list has");
        checks.Where(check => check.Value == Tested && !traits.Contains(check.Key)).Select(check => check.Key).ShouldBeEmpty("no test names these checks");
        checks.Where(check => check.Value == Open && traits.Contains(check.Key)).Select(check => check.Key).ShouldBeEmpty("these have a test: say «tested» in tests/checks");
    }

    [Fact]
    public void Every_check_has_a_state()
        => Checks().Where(check => check.State is not (Tested or Open) && !check.State.StartsWith(Differs, StringComparison.Ordinal)).ShouldBeEmpty();

    private static IEnumerable<(string Id, string State)> Checks()
        => from file in RepositoryFiles.Files("tests/checks", "*.tsv")
           from line in File.ReadLines(file)
           let columns = line.Split('\t')
           select (columns[0], columns[1]);

    [GeneratedRegex("""Trait\("check", "(?<id>[^"]+)"\)""", RegexOptions.NonBacktracking)]
    private static partial Regex Trait();
}
