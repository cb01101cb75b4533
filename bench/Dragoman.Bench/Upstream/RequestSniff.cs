namespace Dragoman.Bench.Upstream;

/// <summary>Finds out what a request asks for by looking for a few words, without reading it as JSON.</summary>
internal static class RequestSniff
{
    /// <summary>The answer to a request, or null when its path belongs to no language.</summary>
    public static PreparedAnswer? Find(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body)
    {
        Wire wire;
        bool? stream = null;
        if (Ends(path, "/chat/completions"u8)) wire = Wire.Chat;
        else if (Ends(path, "/responses"u8)) wire = Wire.Responses;
        else if (Ends(path, "/messages"u8)) wire = Wire.Messages;
        else if (Ends(path, ":generateContent"u8)) (wire, stream) = (Wire.Gemini, false);
        else if (Ends(path, ":streamGenerateContent"u8)) (wire, stream) = (Wire.Gemini, true);
        else if (Ends(path, "/converse"u8)) (wire, stream) = (Wire.Converse, false);
        else if (Ends(path, "/converse-stream"u8)) (wire, stream) = (Wire.Converse, true);
        else if (Ends(path, "/invoke"u8)) (wire, stream) = (Wire.Invoke, false);
        else if (Ends(path, "/invoke-with-response-stream"u8)) (wire, stream) = (Wire.Invoke, true);
        else return null;

        stream ??= body.IndexOf("\"stream\":true"u8) >= 0 || body.IndexOf("\"stream\": true"u8) >= 0;
        if (stream is false) return PreparedAnswer.Get(wire, stream: false, 0, 0);
        if (!TryModel(path, out var count, out var pace) && !TryModel(body, out count, out pace)) (count, pace) = (200, 0);
        return PreparedAnswer.Get(wire, stream: true, Math.Clamp(count, 1, 100_000), Math.Clamp(pace, 0, 600_000));
    }

    /// <summary>Reads the count and pace out of <c>bench-200x20</c>.</summary>
    private static bool TryModel(ReadOnlySpan<byte> text, out int count, out int pace)
    {
        count = pace = 0;
        var at = text.IndexOf("bench-"u8);
        if (at < 0) return false;
        text = text[(at + 6)..];
        if (!System.Buffers.Text.Utf8Parser.TryParse(text, out count, out var used) || used >= text.Length || text[used] != (byte)'x') return false;
        return System.Buffers.Text.Utf8Parser.TryParse(text[(used + 1)..], out pace, out _);
    }

    private static bool Ends(ReadOnlySpan<byte> path, ReadOnlySpan<byte> end)
    {
        var query = path.IndexOf((byte)'?');
        return (query >= 0 ? path[..query] : path).EndsWith(end);
    }
}
