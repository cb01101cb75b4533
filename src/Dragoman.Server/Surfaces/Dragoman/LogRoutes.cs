using System.Globalization;
using Dragoman.Management;
using Dragoman.Server.Observability;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/logs</c>: the last lines of the log, and new ones as they come.</summary>
internal sealed class LogRoutes(RecentLog log, EventStreamWriter writer) : IManagementRoutes
{
    private const int Usual = 200;

    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/logs", Results<Ok<LogListView>, ManagementErrorResult> ([AsParameters] LogFilters filters, long? after, int? limit) => List(filters, after ?? 0, limit ?? Usual).ToOk())
            .WithName("listLogLines").WithTags("Gateway").WithSummary("The last lines of the log, oldest first; of more than `limit`, the newest.")
            .WithDescription($"`after` is the number of the last line that is known; `dropped` says that lines after it are kept no more. The last {RecentLog.Kept} are kept, in memory. What looks like a key is masked.");

        api.MapGet("/logs/live", Results<EventStreamResult, ManagementErrorResult> ([AsParameters] LogFilters filters, long? after, HttpContext context) =>
        {
            var filter = filters.Read();
            if (!filter.Succeeded) return ManagementErrorResult.From(filter.Error);
            var known = long.TryParse(context.Request.Headers["last-event-id"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : after;
            return new EventStreamResult(writer, [(report, cancellationToken) => FollowAsync(filter.Value, known, report, cancellationToken)]);
        }).WithName("tailLog").WithTags("Gateway").WithSummary("New lines of the log as they come ('line', with the number as id); 'missed' says how many a slow reader lost.").Produces<string>(200, "text/event-stream")
            .WithDescription("With `after`, or `Last-Event-ID` as browsers send it, it begins behind that line.");
    }

    private ManagementResult<LogListView> List(LogFilters filters, long after, int limit)
    {
        if (limit is < 1 or > RecentLog.Kept) return ManagementError.Invalid($"limit is 1 to {RecentLog.Kept}.", "limit");
        var filter = filters.Read();
        if (!filter.Succeeded) return filter.Error;
        // The last number first: a line that comes meanwhile is only seen again.
        var last = log.Last;
        var kept = log.Read(after);
        var lines = kept.Where(filter.Value.Fits).TakeLast(limit).Select(LogLineView.From).ToList();
        return new LogListView(lines, last, after > 0 && after < last && (kept.Count == 0 || kept[0].Number > after + 1));
    }

    private async Task FollowAsync(LogFilter filter, long? after, Func<string, object, ValueTask> report, CancellationToken cancellationToken)
    {
        var known = after;
        await foreach (var line in log.FollowAsync(history: after is not null, cancellationToken))
        {
            if (line.Number <= known) continue;
            if (known is { } seen && line.Number > seen + 1) await report("missed", new MissedLinesView(line.Number - seen - 1));
            known = line.Number;
            if (filter.Fits(line)) await report("line", LogLineView.From(line));
        }
    }
}
