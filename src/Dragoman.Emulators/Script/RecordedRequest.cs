using System.Text;
using System.Text.Json.Nodes;

namespace Dragoman.Emulators.Script;

/// <summary>A request as it arrived, and what became of it.</summary>
public sealed class RecordedRequest
{
    /// <summary>Its number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The request target as sent, escapes and query included.</summary>
    public required string Target { get; init; }

    /// <summary>The headers, names in lower case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body as sent.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>When it was read.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The status answered; 0 while there is none.</summary>
    public int Status { get; internal set; }

    /// <summary>Why the emulator's rules refused it; null when they did not.</summary>
    public string? Refused { get; internal set; }

    /// <summary>Whether the answer was written to its end.</summary>
    public bool Completed { get; internal set; }

    /// <summary>When the client went away before the end of the answer; null when it did not.</summary>
    public DateTimeOffset? AbortedAt { get; internal set; }

    /// <summary>Whether the client went away before the end of the answer.</summary>
    public bool Aborted => AbortedAt is not null;

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonNode? Json
    {
        get
        {
            try
            {
                return Body.IsEmpty ? null : JsonNode.Parse(Body.Span);
            }
            catch (System.Text.Json.JsonException)
            {
                return null;
            }
        }
    }
}
