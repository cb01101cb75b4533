using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Configuration;
using Dragoman.Management;
using Dragoman.Management.Flows;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Failed requests and single requests as log files (wire notes cliproxyapi 1.9): each is made of what the gateway has recorded, when it is asked for.</summary>
internal sealed class RequestLogRoutes(FlowArchive flows, RequestLogText text, Func<GatewayConfig> config) : ICliProxyRoutes
{
    private const int Most = 200;
    private const int MostSearched = 1_000;
    private const string Failures = "400-599";
    private const int ClientLeft = 499;

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Get("/request-error-logs", "Lists the logs of failed requests, the newest first.", ListAsync);
        management.Get("/request-error-logs/{**name}", "Gives the log of a failed request.", GetAsync);
        management.Get("/request-log-by-id/{id}", "Gives the log of a request.", call => FileAsync(call, call.Route("id"), "request log not found"));
    }

    private async Task<SurfaceAnswer> ListAsync(SurfaceCall call)
    {
        // Where every request is logged whole, failed ones have no files of their own.
        if (config().CliProxy.RequestLog) return SurfaceAnswer.Json(new JsonObject { ["files"] = new JsonArray() });
        var most = config().CliProxy.ErrorLogsMaxFiles is > 0 and var limit ? Math.Min(limit, Most) : Most;
        var page = await flows.ListAsync(new FlowFilter { Status = Failures }, Most, null, call.CancellationToken);
        if (!page.Succeeded) return CliProxyErrors.AnswerOf(page.Error);
        var files = new JsonArray();
        foreach (var flow in page.Value.Flows.Where(static flow => flow.Status != ClientLeft).Take(most))
        {
            var content = await text.WriteAsync(flow, call.CancellationToken);
            files.Add((JsonNode)new JsonObject { ["name"] = RequestLogText.NameOf(flow, isError: true), ["size"] = Encoding.UTF8.GetByteCount(content), ["modified"] = flow.StartedAt.ToUnixTimeSeconds() });
        }

        return SurfaceAnswer.Json(new JsonObject { ["files"] = files });
    }

    private Task<SurfaceAnswer> GetAsync(SurfaceCall call)
    {
        // A slash that was escaped comes as it was.
        var name = Uri.UnescapeDataString(call.Route("name"));
        if (name.IndexOfAny(['/', '\\']) >= 0 || name.Contains("..", StringComparison.Ordinal)) return Task.FromResult(CliProxyErrors.Flat(400, "invalid log file name"));
        if (!name.StartsWith("error-", StringComparison.Ordinal) || !name.EndsWith(".log", StringComparison.Ordinal)) return Task.FromResult(CliProxyErrors.Flat(404, "log file not found"));
        return FileAsync(call, name[(name.LastIndexOf('-') + 1)..^".log".Length], "log file not found");
    }

    private async Task<SurfaceAnswer> FileAsync(SurfaceCall call, string id, string missing)
    {
        if (id.Length == 0 || id.Any(static letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-'))) return CliProxyErrors.Flat(400, "invalid request id");
        var flow = await FindAsync(id, call.CancellationToken);
        if (!flow.Succeeded) return flow.Error.Kind == ManagementErrorKind.NotFound ? CliProxyErrors.Flat(404, missing) : CliProxyErrors.AnswerOf(flow.Error);
        var content = await text.WriteAsync(flow.Value, call.CancellationToken);
        return SurfaceAnswer.File("text/plain; charset=utf-8", RequestLogText.NameOf(flow.Value, flow.Value.Status >= 400), Encoding.UTF8.GetBytes(content));
    }

    /// <summary>By the whole id, or by the short one among the last requests.</summary>
    private async Task<ManagementResult<FlowView>> FindAsync(string id, CancellationToken cancellationToken)
    {
        var whole = await flows.GetAsync(id, cancellationToken);
        if (whole.Succeeded || id.Length != RequestIds.Length) return whole;
        var page = await flows.ListAsync(new FlowFilter(), MostSearched, null, cancellationToken);
        if (!page.Succeeded) return page.Error;
        return page.Value.Flows.FirstOrDefault(flow => flow.Id.EndsWith(id, StringComparison.Ordinal)) is { } found ? found : whole;
    }
}
