using System.Buffers;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>What one event of a Responses stream is, as far as it matters to whoever keeps the answer.</summary>
public enum AnswerFrameKind
{
    /// <summary>Any other event.</summary>
    Other,

    /// <summary><c>response.created</c>, <c>response.queued</c> or <c>response.in_progress</c>.</summary>
    Progress,

    /// <summary><c>response.completed</c>, <c>response.failed</c> or <c>response.incomplete</c>.</summary>
    Terminal,

    /// <summary>A bare <c>error</c>.</summary>
    Error,
}

/// <summary>Takes an answer's bytes apart on their way: a stream into its events, a whole answer into its one object.</summary>
public sealed class AnswerFrames : IDisposable
{
    /// <summary>What is taken apart here was bounded where it came from; its last event holds all of it once more.</summary>
    private const int MostBytes = 512 << 20;

    private readonly SseReader _reader = new(MostBytes);
    private readonly PooledBuffer _whole = new();

    /// <summary>The answer's status; 0 before it began.</summary>
    public int Status { get; private set; }

    /// <summary>Whether it is a stream of events.</summary>
    public bool IsStream { get; private set; }

    /// <summary>The bytes of an answer that is no stream.</summary>
    public ReadOnlyMemory<byte> Whole => _whole.WrittenMemory;

    /// <summary>The answer begins.</summary>
    public void Begin(int status, string contentType)
    {
        Status = status;
        IsStream = contentType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Takes in the next bytes of the answer.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (IsStream) _reader.Append(bytes);
        else _whole.Write(bytes);
    }

    /// <summary>The next event's data; borrowed until the next call.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> data, out AnswerFrameKind kind)
    {
        while (IsStream && _reader.TryRead(out var frame))
        {
            if (frame.Data.IsEmpty || frame.Data.Span[0] != (byte)'{') continue;
            data = frame.Data;
            kind = KindOf(frame);
            return true;
        }

        data = default;
        kind = default;
        return false;
    }

    /// <summary>The <c>response</c> object of an event; empty when it has none.</summary>
    public static JsonSlice ResponseOf(ReadOnlyMemory<byte> data)
    {
        var response = ResponsesJsonEditor.FieldOf(data, "response"u8);
        return response.IsObject ? response : default;
    }

    /// <summary>The response object of an answer that came whole, as bytes of its own; empty when it is something else, or not all of it is here.</summary>
    public JsonSlice WholeResponse()
    {
        if (IsStream) return default;
        var whole = _whole.WrittenMemory.TrimStart(" \r\n\t"u8);
        if (whole.IsEmpty || whole.Span[0] != (byte)'{') return default;
        // It comes in pieces: one that does not end like an object is not looked at.
        if (whole.Span.TrimEnd(" \r\n\t"u8) is not [.., (byte)'}']) return default;
        try
        {
            var slice = new JsonSlice(whole.ToArray());
            return InputItems.TextOf(slice, "id"u8) is not null && InputItems.TextOf(slice, "object"u8) is "response" or null ? slice : default;
        }
        catch (System.Text.Json.JsonException)
        {
            return default;
        }
    }

    /// <summary>The <c>type</c> of an event.</summary>
    public static string TypeOf(ReadOnlyMemory<byte> data) => InputItems.TextOf(new JsonSlice(data), "type"u8) ?? "";

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _whole.Dispose();
    }

    private static AnswerFrameKind KindOf(in SseFrame frame)
    {
        var name = frame.Name.Span;
        if (name.IsEmpty)
        {
            // Only a handful of events matter, and all of them are large or rare: the others are recognised by a look at their beginning.
            var head = frame.Data.Span[..Math.Min(frame.Data.Length, 96)];
            if (head.IndexOf(".delta\""u8) > 0) return AnswerFrameKind.Other;
            name = System.Text.Encoding.UTF8.GetBytes(TypeOf(frame.Data));
        }

        if (name.SequenceEqual("error"u8)) return AnswerFrameKind.Error;
        if (!name.StartsWith("response."u8)) return AnswerFrameKind.Other;
        var rest = name["response."u8.Length..];
        if (rest.SequenceEqual("completed"u8) || rest.SequenceEqual("failed"u8) || rest.SequenceEqual("incomplete"u8)) return AnswerFrameKind.Terminal;
        return rest.SequenceEqual("created"u8) || rest.SequenceEqual("queued"u8) || rest.SequenceEqual("in_progress"u8) ? AnswerFrameKind.Progress : AnswerFrameKind.Other;
    }
}
