using System.Globalization;
using System.Text.RegularExpressions;

namespace Dragoman.Architecture.Tests;

/// <summary>Every log message states an event id of its own, by which operators filter and alert. The attribute leaves no trace in the assembly, so the source is read.</summary>
public sealed partial class LogEventTests
{
    [Fact]
    public void Event_ids_are_stated_and_unique()
    {
        var messages = RepositoryFiles.Files("src", "*.cs").SelectMany(file => Messages().Matches(File.ReadAllText(file)).Select(match => (Id: match.Groups["id"].Value, Where: $"{RepositoryFiles.Relative(file)}: {match.Value}"))).ToList();
        messages.Count.ShouldBeGreaterThan(30);
        messages.Where(message => message.Id.Length == 0).Select(message => message.Where).ShouldBeEmpty("a log message states its event id first");
        messages.GroupBy(message => int.Parse(message.Id, CultureInfo.InvariantCulture)).Where(group => group.Count() > 1).Select(group => string.Join("; ", group.Select(message => message.Where))).ShouldBeEmpty("an event id names one message");
    }

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId = )?(?<id>\d*)[^\n]*", RegexOptions.None, 10_000)]
    private static partial Regex Messages();
}
