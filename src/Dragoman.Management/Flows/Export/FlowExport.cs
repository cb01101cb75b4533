using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows.Export;

/// <summary>A way to write flows down.</summary>
internal abstract class FlowExport
{
    public abstract string MediaType { get; }

    public abstract string Extension { get; }

    /// <summary>Whether it needs the recorded bodies.</summary>
    public abstract bool WantsBodies { get; }

    public abstract Task WriteAsync(Stream target, IAsyncEnumerable<ExportedFlow> flows, CancellationToken cancellationToken);

    /// <summary>The format of a name, or null. HAR and Markdown are nothing without bodies and always have them.</summary>
    public static FlowExport? Find(string format, bool bodies) => format.ToLowerInvariant() switch
    {
        "json" => new JsonExport(lines: false, bodies),
        "jsonl" or "ndjson" => new JsonExport(lines: true, bodies),
        "har" => new HarExport(),
        "markdown" or "md" => new MarkdownExport(),
        _ => null,
    };
}

/// <summary>A flow with its recorded bodies.</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Bodies">The bodies; none where they were not recorded or not asked for.</param>
internal sealed record ExportedFlow(FlowRecord Flow, IReadOnlyList<FlowBody> Bodies)
{
    public FlowBody? Body(FlowBodyKind kind, int? attempt = null) => Bodies.LastOrDefault(body => body.Kind == kind && (attempt is null || body.Attempt == attempt));
}
