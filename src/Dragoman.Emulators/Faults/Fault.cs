using System.Globalization;

namespace Dragoman.Emulators.Faults;

/// <summary>What shall go wrong with an answer. Read from `fault:key=value;key=value`, or the same members in a scripted reply.</summary>
public sealed record Fault
{
    /// <summary>Answer with this status in the provider's error envelope.</summary>
    public int? Status { get; init; }

    /// <summary>The message of that error.</summary>
    public string? Message { get; init; }

    /// <summary>The value of a retry-after header, as given.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>The error answer is an HTML page, as a proxy in between would send.</summary>
    public bool Html { get; init; }

    /// <summary>Wait this long before the first byte.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Wait this long between events.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Flush every byte on its own.</summary>
    public bool Tear { get; init; }

    /// <summary>After so many events send nothing more and keep the connection open.</summary>
    public int? Stall { get; init; }

    /// <summary>Abort the connection after so many bytes.</summary>
    public int? Disconnect { get; init; }

    /// <summary>End the body cleanly after so many events, with the rest missing.</summary>
    public int? Truncate { get; init; }

    /// <summary>After so many events send bytes that are no event.</summary>
    public int? Garbage { get; init; }

    /// <summary>After so many events send the provider's in-stream error and end.</summary>
    public int? ErrorInStream { get; init; }

    /// <summary>Answer 200 with nothing in it.</summary>
    public bool Empty { get; init; }

    /// <summary>Only the first so many requests that carry this fault suffer it.</summary>
    public int? Count { get; init; }

    /// <summary>Reads all `fault:` words of a text; null when there is none.</summary>
    public static Fault? Find(string? text)
    {
        Fault? found = null;
        for (var at = text?.IndexOf("fault:", StringComparison.Ordinal) ?? -1; at >= 0; at = text!.IndexOf("fault:", at + 6, StringComparison.Ordinal))
        {
            var end = at + 6;
            while (end < text!.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('"' or '`' or '\'' or ',' or ')'))
                end++;
            found = Parse(text[(at + 6)..end], found);
        }

        return found;
    }

    /// <summary>Reads `key=value;key=value` on top of <paramref name="start"/>. Unknown keys are left out.</summary>
    public static Fault Parse(string text, Fault? start = null)
    {
        var fault = start ?? new Fault();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            fault = fault.With(equals < 0 ? part : part[..equals], equals < 0 ? null : part[(equals + 1)..]);
        }

        return fault;
    }

    internal Fault With(string key, string? value)
    {
        int? number = int.TryParse(value, CultureInfo.InvariantCulture, out var read) ? read : null;
        return key switch
        {
            "status" => this with { Status = number ?? 500 },
            "message" => this with { Message = value?.Replace('+', ' ') },
            "retry-after" => this with { RetryAfter = value },
            "html" => this with { Html = true, Status = Status ?? 502 },
            "delay" => this with { Delay = TimeSpan.FromMilliseconds(number ?? 1000) },
            "pace" => this with { Pace = TimeSpan.FromMilliseconds(number ?? 20) },
            "tear" => this with { Tear = true },
            "stall" => this with { Stall = number ?? 1 },
            "disconnect" => this with { Disconnect = number ?? 0 },
            "truncate" => this with { Truncate = number ?? 2 },
            "garbage" => this with { Garbage = number ?? 2 },
            "error-in-stream" => this with { ErrorInStream = number ?? 2 },
            "empty" => this with { Empty = true },
            "count" => this with { Count = number ?? 1 },
            _ => this,
        };
    }
}
