using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Flows;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Flows.Export;

/// <summary>
/// HAR 1.2: an entry a flow, as the client saw it. Headers are never recorded, so there are only media types; what HAR has no place for
/// (the flow itself, what crossed the upstream's wire) stands in members that begin with an underscore, as HAR wants it.
/// </summary>
internal sealed class HarExport : FlowExport
{
    public override string MediaType => "application/json";

    public override string Extension => "har";

    public override bool WantsBodies => true;

    public override async Task WriteAsync(Stream target, IAsyncEnumerable<ExportedFlow> flows, CancellationToken cancellationToken)
    {
        // Not on the stream itself: what is serialised into a writer flushes it, and that must not block.
        using var buffer = new PooledBuffer();
        var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ManagementJson.Options.Encoder });
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            json.WriteStartObject("log"u8);
            json.WriteString("version"u8, "1.2"u8);
            json.WriteStartObject("creator"u8);
            json.WriteString("name"u8, "dragoman"u8);
            json.WriteString("version"u8, Product.Version);
            json.WriteEndObject();
            json.WriteStartArray("pages"u8);
            json.WriteEndArray();
            json.WriteStartArray("entries"u8);
            await foreach (var flow in flows.WithCancellation(cancellationToken))
            {
                WriteEntry(json, flow);
                await SendAsync();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            await SendAsync();
        }

        async Task SendAsync()
        {
            await json.FlushAsync(cancellationToken);
            await target.WriteAsync(buffer.WrittenMemory, cancellationToken);
            buffer.Clear();
        }
    }

    private static void WriteEntry(Utf8JsonWriter json, ExportedFlow exported)
    {
        var flow = exported.Flow;
        var wait = flow.FirstByte ?? flow.Duration;
        json.WriteStartObject();
        json.WriteString("startedDateTime"u8, flow.StartedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteNumber("time"u8, flow.Duration.TotalMilliseconds);
        WriteRequest(json, flow, exported.Body(FlowBodyKind.ClientRequest));
        WriteResponse(json, flow, exported.Body(FlowBodyKind.ClientAnswer));
        json.WriteStartObject("cache"u8);
        json.WriteEndObject();
        json.WriteStartObject("timings"u8);
        json.WriteNumber("blocked"u8, -1);
        json.WriteNumber("dns"u8, -1);
        json.WriteNumber("connect"u8, -1);
        json.WriteNumber("ssl"u8, -1);
        json.WriteNumber("send"u8, 0);
        json.WriteNumber("wait"u8, wait.TotalMilliseconds);
        json.WriteNumber("receive"u8, Math.Max(0, (flow.Duration - wait).TotalMilliseconds));
        json.WriteEndObject();
        if (flow.Error is { } error) json.WriteString("comment"u8, error);
        json.WritePropertyName("_flow"u8);
        JsonSerializer.Serialize(json, FlowView.From(flow), ManagementJson.Options);
        WriteUpstream(json, exported);
        json.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter json, FlowRecord flow, FlowBody? body)
    {
        json.WriteStartObject("request"u8);
        json.WriteString("method"u8, "POST"u8);
        json.WriteString("url"u8, "http://dragoman.invalid" + PathOf(flow));
        WriteEnvelope(json, ("user-agent", flow.UserAgent), ("content-type", body is null ? "" : BodyAnnotations.Split(body).MediaType));
        json.WriteStartArray("queryString"u8);
        json.WriteEndArray();
        json.WriteNumber("headersSize"u8, -1);
        json.WriteNumber("bodySize"u8, body?.Length ?? -1);
        if (body is not null)
        {
            json.WriteStartObject("postData"u8);
            json.WriteString("mimeType"u8, BodyAnnotations.Split(body).MediaType);
            json.WriteStartArray("params"u8);
            json.WriteEndArray();
            json.WriteString("text"u8, Encoding.UTF8.GetString(body.Content.Span));
            WriteNotes(json, body);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteResponse(Utf8JsonWriter json, FlowRecord flow, FlowBody? body)
    {
        var type = body is null ? flow.Stream ? "text/event-stream" : "application/json" : BodyAnnotations.Split(body).MediaType;
        json.WriteStartObject("response"u8);
        json.WriteNumber("status"u8, flow.Status);
        json.WriteString("statusText"u8, HarStatusText.For(flow.Status));
        WriteEnvelope(json, ("content-type", type), ("x-dragoman-flow", flow.Id));
        json.WriteStartObject("content"u8);
        json.WriteNumber("size"u8, body?.Length ?? 0);
        json.WriteString("mimeType"u8, type);
        if (body is not null)
        {
            json.WriteString("text"u8, Encoding.UTF8.GetString(body.Content.Span));
            WriteNotes(json, body);
        }

        json.WriteEndObject();
        json.WriteString("redirectURL"u8, ""u8);
        json.WriteNumber("headersSize"u8, -1);
        json.WriteNumber("bodySize"u8, body?.Length ?? -1);
        json.WriteEndObject();
    }

    private static void WriteEnvelope(Utf8JsonWriter json, params (string Name, string Value)[] headers)
    {
        json.WriteString("httpVersion"u8, "HTTP/1.1"u8);
        json.WriteStartArray("cookies"u8);
        json.WriteEndArray();
        json.WriteStartArray("headers"u8);
        foreach (var (name, value) in headers)
        {
            if (value.Length == 0) continue;
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("value"u8, value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteUpstream(Utf8JsonWriter json, ExportedFlow exported)
    {
        json.WriteStartArray("_upstream"u8);
        foreach (var body in exported.Bodies)
        {
            if (body.Kind is not (FlowBodyKind.UpstreamRequest or FlowBodyKind.UpstreamAnswer)) continue;
            json.WriteStartObject();
            json.WriteString("kind"u8, FlowBodyNames.NameOf(body.Kind));
            json.WriteNumber("attempt"u8, body.Attempt);
            json.WriteString("mimeType"u8, BodyAnnotations.Split(body).MediaType);
            json.WriteNumber("size"u8, body.Length);
            json.WriteString("text"u8, Encoding.UTF8.GetString(body.Content.Span));
            WriteNotes(json, body);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNotes(Utf8JsonWriter json, FlowBody body)
    {
        var notes = BodyAnnotations.Split(body).Notes;
        if (notes.IsWhole) return;
        json.WriteString("comment"u8, string.Join(", ", new[] { notes.IsCut ? "cut" : null, notes.IsRedacted ? "secrets masked" : null, notes.LacksMedia ? "base64 left out" : null }.OfType<string>()));
    }

    private static string PathOf(FlowRecord flow) => ProtocolRegistry.Traits(ProtocolRegistry.FromName(flow.ClientProtocol) ?? default).PathFor(flow.RequestedModel, flow.Stream);
}
