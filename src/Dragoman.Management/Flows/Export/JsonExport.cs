using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows.Export;

/// <summary>One array, or one object a line.</summary>
internal sealed class JsonExport(bool lines, bool bodies) : FlowExport
{
    public override string MediaType => lines ? "application/jsonl" : "application/json";

    public override string Extension => lines ? "jsonl" : "json";

    public override bool WantsBodies => bodies;

    public override async Task WriteAsync(Stream target, IAsyncEnumerable<ExportedFlow> flows, CancellationToken cancellationToken)
    {
        var first = true;
        if (!lines) await target.WriteAsync("["u8.ToArray(), cancellationToken);
        await foreach (var flow in flows.WithCancellation(cancellationToken))
        {
            if (!first && !lines) await target.WriteAsync(",\n"u8.ToArray(), cancellationToken);
            first = false;
            var view = new ExportedFlowView(FlowView.From(flow.Flow), bodies ? [.. flow.Bodies.Select(ViewOf)] : null);
            await JsonSerializer.SerializeAsync(target, view, ManagementJson.Options, cancellationToken);
            if (lines) await target.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }

        if (!lines) await target.WriteAsync("]\n"u8.ToArray(), cancellationToken);
    }

    private static ExportedBodyView ViewOf(FlowBody body) => new(FlowBodyView.From(body), Encoding.UTF8.GetString(body.Content.Span));
}

/// <summary>A flow in an export.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Bodies">Its bodies; absent where they were not asked for.</param>
public sealed record ExportedFlowView(FlowView Flow, IReadOnlyList<ExportedBodyView>? Bodies);

/// <summary>A body in an export.</summary>
/// <param name="Body">Which, and what was done to it.</param>
/// <param name="Text">Its text.</param>
public sealed record ExportedBodyView(FlowBodyView Body, string Text);
