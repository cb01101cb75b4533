using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Server.Observability;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary><c>/logs</c>: the last lines of the log, in that system's form, by time or from a cursor on (wire notes cliproxyapi 1.9).</summary>
internal sealed class LogRoutes(RecentLog log, Func<GatewayConfig> config, TimeProvider time) : ICliProxyRoutes
{
    private const int Tail = 1_000;

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/logs", "Shows the last lines of the log.", call => Task.FromResult(Show(call)));
        management.Add("DELETE", "/logs", "Forgets the lines of the log.", _ => Task.FromResult(Clear()));
    }

    private SurfaceAnswer Show(SurfaceCall call)
    {
        if (!config().Logging.ToFile) return CliProxyErrors.Flat(400, "logging to file disabled");
        var most = RecentLog.Kept;
        if (call.Query("limit") is { Length: > 0 } limit)
        {
            if (!int.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out most)) return CliProxyErrors.Flat(400, "invalid limit: must be a positive integer");
            if (most <= 0) return CliProxyErrors.Flat(400, "invalid limit: must be greater than zero");
        }

        var after = long.TryParse(call.Query("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        IReadOnlyList<LogLine> lines;
        var isReset = false;
        if (call.Query("cursor") is { Length: > 0 } cursor)
        {
            // A cursor of lines that are not kept any more is as good as none.
            var number = Read(cursor);
            isReset = number is null || number > log.Last || number < log.Last - RecentLog.Kept;
            lines = isReset ? log.Read(0, Math.Min(most, Tail)) : log.Read(number!.Value, most);
        }
        else
        {
            lines = log.Read(0, after > 0 ? RecentLog.Kept : most);
            if (after > 0) lines = [.. lines.Where(line => line.At.ToUnixTimeSeconds() > after).TakeLast(most)];
        }

        var answer = new JsonObject
        {
            ["lines"] = new JsonArray([.. lines.Select(line => (JsonNode)Describe(line))]),
            ["line-count"] = lines.Count,
            ["latest-timestamp"] = lines.Count > 0 ? lines[^1].At.ToUnixTimeSeconds() : after,
            ["next-cursor"] = Write(lines.Count > 0 ? lines[^1].Number : log.Last),
        };
        if (isReset) answer["cursor-reset"] = true;
        return SurfaceAnswer.Json(answer);
    }

    private SurfaceAnswer Clear()
    {
        if (!config().Logging.ToFile) return CliProxyErrors.Flat(400, "logging to file disabled");
        log.Clear();
        return SurfaceAnswer.Json(new JsonObject { ["success"] = true, ["message"] = "Logs cleared successfully", ["removed"] = 0 });
    }

    /// <summary>A line: <c>[time] [request id] [level] [part] message</c>.</summary>
    private string Describe(LogLine line)
    {
        var (id, message) = RequestIds.Split(line.Message);
        return string.Create(CultureInfo.InvariantCulture, $"[{TimeZoneInfo.ConvertTime(line.At, time.LocalTimeZone):yyyy-MM-dd HH:mm:ss}] [{id ?? "--------"}] [{LevelOf(line.Level),-5}] [{line.Category}] {message}");
    }

    private static string LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Critical => "fatal",
        _ => "error",
    };

    private static string Write(long number) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"v\":1,\"n\":{number}}}")));

    private static long? Read(string cursor)
    {
        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(cursor)) is JsonObject known && known["n"] is JsonValue value && value.TryGetValue<long>(out var number) && number >= 0 ? number : null;
        }
        catch (Exception ex) when (ex is FormatException or JsonException)
        {
            return null;
        }
    }
}
