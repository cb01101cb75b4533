using System.Text;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Framing;

namespace Dragoman.Gateway.Flows;

/// <summary>Recorded bodies: made fit to be kept, and read back.</summary>
public static class FlowBodies
{
    internal const string AwsEventStream = "application/vnd.amazon.eventstream";

    /// <summary>The bodies of a flow as they were recorded, with those that are the same bytes as another's filled in.</summary>
    public static async Task<IReadOnlyList<FlowBody>> ReadAsync(IFlowStore store, string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var bodies = await store.BodiesAsync(id, cancellationToken).ConfigureAwait(false);
        return bodies.All(body => BodyAnnotations.Split(body).Notes.SameAs is null) ? bodies : [.. bodies.Select(body => Filled(body, bodies))];
    }

    private static FlowBody Filled(FlowBody body, IReadOnlyList<FlowBody> all)
    {
        var (type, notes) = BodyAnnotations.Split(body);
        if (notes.SameAs is not { } kind) return body;
        var source = all.LastOrDefault(other => other.Kind == kind && (kind == FlowBodyKind.ClientRequest || other.Attempt == body.Attempt));
        if (source is null) return body;
        return body with { Content = source.Content, ContentType = (BodyAnnotations.Split(source).Notes with { SameAs = kind }).Behind(type) };
    }

    /// <summary>The record with its bodies, its glimpse and its words.</summary>
    internal static FlowRecord Complete(FlowRecord record, FlowCapture capture, SecretRedactor mask)
    {
        var bodies = new List<FlowBody>();
        foreach (var part in capture.Parts) bodies.Add(BodyOf(part, mask, bodies));
        var words = FlowText.Extract(record, bodies, capture.Target);
        return record with { Bodies = bodies, Preview = words.Preview, SearchText = words.Search };
    }

    private static FlowBody BodyOf(FlowCapture.Part part, SecretRedactor mask, List<FlowBody> before)
    {
        if (part.Bytes is not { } bytes) return Same(part, FlowBodyKind.ClientRequest);
        var media = part.MediaLeftOut;
        var content = bytes.ToArray();
        var type = part.MediaType;
        if (type.StartsWith(AwsEventStream, StringComparison.OrdinalIgnoreCase)) (content, type) = (LinesOf(content), "application/jsonl");
        if (!media && content.Length > MediaPlaceholders.Longest)
        {
            using var kept = new MemoryStream(content.Length);
            media = MediaPlaceholders.Write(content, kept.Write) > 0;
            if (media) content = kept.ToArray();
        }

        content = mask.Apply(content, out var masked);
        if (SameKind(part, content, before) is { } same) return Same(part, same);
        return new FlowBody(part.Kind, part.Attempt, new BodyAnnotations(bytes.IsCut, masked, media).Behind(type), content, part.Length);
    }

    private static FlowBody Same(FlowCapture.Part part, FlowBodyKind kind)
        => new(part.Kind, part.Attempt, new BodyAnnotations(false, false, false, kind).Behind(part.MediaType), default, part.Length);

    /// <summary>In passthrough the same bytes cross both wires; they are kept once.</summary>
    private static FlowBodyKind? SameKind(FlowCapture.Part part, byte[] content, List<FlowBody> before)
    {
        var kind = part.Kind switch { FlowBodyKind.UpstreamRequest => FlowBodyKind.ClientRequest, FlowBodyKind.ClientAnswer => FlowBodyKind.UpstreamAnswer, _ => (FlowBodyKind?)null };
        if (kind is null) return null;
        var other = before.FindLast(body => body.Kind == kind && (kind == FlowBodyKind.ClientRequest || body.Attempt == part.Attempt));
        return other is not null && other.Length == part.Length && other.Content.Span.SequenceEqual(content) ? kind : null;
    }

    /// <summary>The frames of a binary stream as lines of JSON.</summary>
    private static byte[] LinesOf(byte[] stream)
    {
        using var lines = new MemoryStream(stream.Length);
        using var frames = new AwsEventStreamReader();
        try
        {
            frames.Append(stream);
            while (frames.TryRead(out var frame))
            {
                lines.Write("{\"event\":\""u8);
                lines.Write(frame.Name.Span);
                lines.Write("\",\"data\":"u8);
                if (frame.Payload.IsEmpty || frame.Payload.Span[0] != (byte)'{') lines.Write(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(frame.Payload.Span), BodyJson.Default.String));
                else lines.Write(frame.Payload.Span);
                lines.Write("}\n"u8);
            }
        }
        catch (InvalidDataException)
        {
            lines.Write("[dragoman: what follows is no event stream]\n"u8);
        }

        return lines.ToArray();
    }
}

/// <summary>The one text that has to be spelled as JSON here.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class BodyJson : System.Text.Json.Serialization.JsonSerializerContext;
