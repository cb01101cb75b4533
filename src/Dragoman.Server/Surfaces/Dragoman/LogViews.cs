using System.Text.RegularExpressions;
using Dragoman.Gateway.Flows;
using Dragoman.Management;
using Dragoman.Server.Observability;
using Microsoft.AspNetCore.Mvc;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>Lines of the log.</summary>
/// <param name="Lines">The lines, oldest first.</param>
/// <param name="Last">The number of the newest line there is, whatever the filters.</param>
/// <param name="Dropped">Whether lines after the one that was known are kept no more.</param>
internal sealed record LogListView(IReadOnlyList<LogLineView> Lines, long Last, bool Dropped);

/// <summary>A line of the log.</summary>
/// <param name="Number">Its number, from 1 on since the start.</param>
/// <param name="At">When.</param>
/// <param name="Level">How grave: <c>debug</c>, <c>information</c>, <c>warning</c>, <c>error</c>, <c>critical</c>.</param>
/// <param name="Category">Which part of the gateway says it.</param>
/// <param name="Message">What happened; what looks like a key is masked.</param>
/// <param name="RequestId">The request that it is about, by its id among the flows.</param>
internal sealed partial record LogLineView(long Number, DateTimeOffset At, LogLevel Level, string Category, string Message, string? RequestId) : INumberedEvent
{
    public static LogLineView From(LogLine line) => new(line.Number, line.At, line.Level, line.Category, SecretPatterns.Redact(line.Message), RequestIdIn(line.Message));

    private static string? RequestIdIn(string message) => Id().Match(message) is { Success: true } found ? found.Groups["id"].Value : null;

    /// <summary>An id of a flow: a UUID of version 7 without dashes, alone or as answers name it.</summary>
    [GeneratedRegex(@"(?<![0-9a-f])(?<id>[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15})(?![0-9a-f])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Id();
}

/// <summary>Lines that a slow reader lost.</summary>
/// <param name="Lines">How many.</param>
internal sealed record MissedLinesView(long Lines);

/// <summary>Which lines are meant.</summary>
internal sealed class LogFilters
{
    /// <summary>This level and graver ones.</summary>
    [FromQuery(Name = "level")]
    public string? Level { get; init; }

    /// <summary>Parts of the gateway with this in their name.</summary>
    [FromQuery(Name = "category")]
    public string? Category { get; init; }

    /// <summary>Messages with this in them.</summary>
    [FromQuery(Name = "text")]
    public string? Text { get; init; }

    /// <summary>The filter, or what is wrong with it.</summary>
    public ManagementResult<LogFilter> Read()
    {
        LogLevel? level = Level?.ToLowerInvariant() switch
        {
            null or "" => LogLevel.Trace,
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "information" or "info" => LogLevel.Information,
            "warning" or "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "critical" => LogLevel.Critical,
            _ => null,
        };
        return level is { } least ? new LogFilter(least, Category, Text) : ManagementError.Invalid("level is trace, debug, information, warning, error or critical.", "level");
    }
}

/// <summary>Which lines are meant.</summary>
/// <param name="Least">The least level.</param>
/// <param name="Category">A part of the category, or null.</param>
/// <param name="Text">A part of the message, or null.</param>
internal sealed record LogFilter(LogLevel Least, string? Category, string? Text)
{
    public bool Fits(LogLine line) => line.Level >= Least
        && (string.IsNullOrEmpty(Category) || line.Category.Contains(Category, StringComparison.OrdinalIgnoreCase))
        && (string.IsNullOrEmpty(Text) || line.Message.Contains(Text, StringComparison.OrdinalIgnoreCase));
}
