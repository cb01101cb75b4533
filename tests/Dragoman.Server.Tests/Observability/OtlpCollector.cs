using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Observability;

/// <summary>A collector that keeps what it is sent, by HTTP or gRPC.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtlpCollector(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>The spans, with their resource's attributes.</summary>
    public ConcurrentQueue<OtlpSpan> Spans { get; } = new();

    /// <summary>The data points by metric.</summary>
    public ConcurrentQueue<OtlpPoint> Points { get; } = new();

    /// <summary>The headers of the requests.</summary>
    public ConcurrentQueue<string> Keys { get; } = new();

    public static async Task<OtlpCollector> StartAsync(bool grpc)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var collector = new OtlpCollector(app);
        app.Run(collector.HandleAsync);
        await app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var content = body.ToArray();
        Keys.Enqueue(context.Request.Headers["x-key"].ToString());
        var grpc = context.Request.ContentType == "application/grpc";
        if (grpc) content = content[5..];
        else context.Request.ContentType.ShouldBe("application/x-protobuf");
        var path = context.Request.Path.Value!;
        if (path is "/v1/traces" or "/opentelemetry.proto.collector.trace.v1.TraceService/Export") ReadSpans(new ProtoMessage(content));
        else if (path is "/v1/metrics" or "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export") ReadMetrics(new ProtoMessage(content));
        else context.Response.StatusCode = 404;
        context.Response.ContentType = context.Request.ContentType!;
        if (!grpc) return;
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private void ReadSpans(ProtoMessage request)
    {
        foreach (var resource in request.Messages(1))
        {
            var about = resource.Messages(1).Single().Attributes(1);
            foreach (var span in resource.Messages(2).SelectMany(scope => scope.Messages(2)))
            {
                Spans.Enqueue(new OtlpSpan(
                    span.Text(5), (int)span.Number(6), Convert.ToHexStringLower(span.Bytes(1)), Convert.ToHexStringLower(span.Bytes(2)), Convert.ToHexStringLower(span.Bytes(4)),
                    span.Number(7), span.Number(8), span.Attributes(9), (int)(span.Messages(15).FirstOrDefault()?.Number(3) ?? 0), about));
            }
        }
    }

    private void ReadMetrics(ProtoMessage request)
    {
        foreach (var metric in request.Messages(1).SelectMany(resource => resource.Messages(2)).SelectMany(scope => scope.Messages(2)))
        {
            var (kind, field) = metric.Messages(9).FirstOrDefault() is { } histogram ? (histogram, 9) : metric.Messages(7).FirstOrDefault() is { } sum ? (sum, 7) : (metric.Messages(5).First(), 7);
            foreach (var point in kind.Messages(1)) Points.Enqueue(new OtlpPoint(metric.Text(1), metric.Text(3), point.Attributes(field), field == 9 ? point.Number(4) : 0, field == 9 ? point.Doubles(7) : []));
        }
    }
}

/// <summary>A span. Kind 2 is a server's, 3 a client's; status 2 an error.</summary>
internal sealed record OtlpSpan(string Name, int Kind, string Trace, string Id, string Parent, ulong Start, ulong End, Dictionary<string, string> Attributes, int Status, Dictionary<string, string> Resource);

/// <summary>A data point; count and bounds of histograms.</summary>
internal sealed record OtlpPoint(string Metric, string Unit, Dictionary<string, string> Attributes, ulong Count, double[] Bounds);
