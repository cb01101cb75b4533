using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Http;

/// <summary>What goes back: a status, headers, and the body as the frames it is sent in (a whole body is one frame).</summary>
internal sealed class Reply
{
    public int Status { get; init; } = 200;

    public string ContentType { get; init; } = "application/json";

    public List<KeyValuePair<string, string>> Headers { get; } = [];

    public required IReadOnlyList<Frame> Frames { get; init; }

    /// <summary>Whether the frames are events of a stream, flushed one by one.</summary>
    public bool Streamed { get; init; }

    /// <summary>Makes the frame by which this family reports an error inside a stream.</summary>
    public Func<string, byte[]>? ErrorFrame { get; init; }

    public static Reply Json(JsonNode body, int status = 200) =>
        new() { Status = status, Frames = [new Frame(JsonExtensions.Bytes(body))] };

    public Reply With(string header, string value)
    {
        Headers.Add(new(header, value));
        return this;
    }
}

/// <summary>One write to the client, after an optional wait.</summary>
internal readonly record struct Frame(byte[] Bytes, TimeSpan Delay = default);
