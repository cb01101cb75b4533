using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Api.Gemini;

/// <summary>What one of Google's SDKs makes of a stream: the words it gave its caller, and how it ended.</summary>
/// <param name="Text">The words of all chunks.</param>
/// <param name="Error">The code of the error that it raised; 0 for one that it could not read; null when the stream ended normally.</param>
internal sealed record SdkReading(string Text, int? Error);

/// <summary>
/// How Google's three SDKs cut a stream into chunks and find an error in it, written down from their sources (python-genai <c>_api_client.py</c>,
/// go-genai <c>api_client.go</c>, js-genai <c>_api_client.ts</c>). The JavaScript one also runs for real, in the end-to-end tests.
/// </summary>
internal static class GeminiSdkRules
{
    /// <summary>python-genai: line by line; what does not begin with <c>data: </c> is gathered until its braces balance and read as JSON.</summary>
    public static SdkReading Python(IEnumerable<string> pieces)
    {
        var text = new StringBuilder();
        var chunk = "";
        var balance = 0;
        foreach (var line in string.Concat(pieces).ReplaceLineEndings("\n").Split('\n'))
        {
            if (line.Length == 0) continue;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                if (Take(line["data: ".Length..]) is { } code) return new(text.ToString(), code);
                continue;
            }

            balance += line.Count(letter => letter == '{') - line.Count(letter => letter == '}');
            chunk += line;
            if (balance != 0) continue;
            if (Take(chunk) is { } told) return new(text.ToString(), told);
            chunk = "";
        }

        return new(text.ToString(), chunk.Length > 0 ? Take(chunk) : null);

        int? Take(string json)
        {
            if (Parse(json) is not { } node) return 0;
            // json.dumps keeps the order: only a chunk that begins so is an error.
            if (node is JsonObject { Count: > 0 } members && members.First().Key == "error") return CodeOf(members);
            text.Append(WordsOf(node));
            return null;
        }
    }

    /// <summary>go-genai: cut at empty lines of LF, else of CRLF; what stands before the first colon of a token decides what it is.</summary>
    public static SdkReading Go(IEnumerable<string> pieces)
    {
        var text = new StringBuilder();
        var buffer = "";
        foreach (var piece in pieces)
        {
            buffer += piece;
            while (Cut(ref buffer) is { } token)
            {
                if (Take(token) is { } code) return new(text.ToString(), code);
            }
        }

        return new(text.ToString(), buffer.Length > 0 ? Take(DropCr(buffer)) : null);

        int? Take(string token)
        {
            if (token.Length == 0) return null;
            var colon = token.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0 && token[..colon] == "data")
            {
                if (Parse(token[(colon + 1)..]) is not JsonObject chunk) return 0;
                text.Append(WordsOf(chunk));
                return null;
            }

            return Parse(token) is JsonObject node && node["error"] is JsonObject ? CodeOf(node) : 0;
        }
    }

    /// <summary>js-genai: a piece as it is received that is JSON and has an <c>error</c> is one; events are cut at empty lines, and those without data are dropped.</summary>
    public static SdkReading JavaScript(IEnumerable<string> pieces)
    {
        var text = new StringBuilder();
        var buffer = "";
        foreach (var piece in pieces)
        {
            if (Parse(piece) is JsonObject whole && whole["error"] is JsonObject && CodeOf(whole) is >= 400 and < 600 and var code) return new(text.ToString(), code);
            buffer += piece;
            while (true)
            {
                var (at, length) = ((string[])["\n\n", "\r\r", "\r\n\r\n"]).Select(end => (At: buffer.IndexOf(end, StringComparison.Ordinal), end.Length)).Where(end => end.At >= 0).DefaultIfEmpty((At: -1, 0)).MinBy(end => end.At);
                if (at < 0) break;
                var part = buffer[..at].Trim();
                buffer = buffer[(at + length)..];
                if (!part.StartsWith("data:", StringComparison.Ordinal)) continue;
                if (Parse(part["data:".Length..]) is not { } chunk) return new(text.ToString(), 0);
                text.Append(WordsOf(chunk));
            }
        }

        return new(text.ToString(), buffer.Trim().Length > 0 ? 0 : null);
    }

    private static string? Cut(ref string buffer)
    {
        foreach (var end in (string[])["\n\n", "\r\n\r\n"])
        {
            var at = buffer.IndexOf(end, StringComparison.Ordinal);
            if (at < 0) continue;
            var token = DropCr(buffer[..at]);
            buffer = buffer[(at + end.Length)..];
            return token;
        }

        return null;
    }

    private static string DropCr(string token) => token.EndsWith('\r') ? token[..^1] : token;

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int CodeOf(JsonObject answer) => answer["error"]!["code"]?.GetValue<int>() ?? 0;

    private static string WordsOf(JsonNode chunk)
        => string.Concat((chunk["candidates"]?[0]?["content"]?["parts"] as JsonArray ?? []).Select(part => part?["text"]?.GetValue<string>()));
}
