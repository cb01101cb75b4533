using Microsoft.Extensions.Logging;

namespace Dragoman.Gateway.Persistence;

/// <summary>What is reported of everything that is written behind.</summary>
internal static partial class WriteBehindLog
{
    [LoggerMessage(EventId = 50, Message = "{What} cannot be written; what waits is kept and tried again: {Reason}")]
    public static partial void Away(ILogger log, LogLevel level, string what, string reason);

    [LoggerMessage(51, LogLevel.Information, "{What} can be written again")]
    public static partial void Back(ILogger log, string what);

    [LoggerMessage(52, LogLevel.Error, "{What}: {Capacity} entries wait to be written; from now on entries are lost")]
    public static partial void Full(ILogger log, string what, int capacity);

    [LoggerMessage(53, LogLevel.Error, "{What}: {Count} entries were not written before the stop")]
    public static partial void Lost(ILogger log, string what, int count);

    [LoggerMessage(54, LogLevel.Error, "{What}: an entry could not be written and is lost")]
    public static partial void Refused(ILogger log, string what, Exception fault);
}
