using System.Globalization;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>What sort of error a server means, by code and type where they say it, by its wording else, by the status last.</summary>
internal static class ChatErrorKinds
{
    // OpenAI, vLLM, Anthropic, xAI, Kimi, Gemini, Qwen, Mistral, llama.cpp, Groq.
    private static readonly string[] TooLong =
    [
        "maximum context length", "context window", "context length", "prompt is too long", "input is too long", "maximum prompt length",
        "exceeded model token limit", "input token count exceeds", "range of input length", "maximum model length", "available context size",
        "reduce the length of the messages", "too large for model with",
    ];

    private static readonly string[] Filtered = ["content_filter", "content_policy", "data_inspection_failed", "content management policy", "moderation"];

    public static ErrorKind Classify(int status, in ChatErrorFields fields)
    {
        var words = $"{fields.Code} {fields.Type}";
        if (Has(words, "context_length_exceeded") || Has(words, "context_window_exceeded") || Has(words, "exceed_context_size")) return ErrorKind.ContextTooLong;
        if (Has(words, "insufficient_quota") || Has(words, "quota_exceeded") || Has(words, "usage_limit")) return ErrorKind.Quota;
        if (Any(words, Filtered)) return ErrorKind.ContentFiltered;
        var message = fields.Message ?? "";
        if (status is 0 or 400 or 413 or 422 or 500 && Any(message, TooLong)) return ErrorKind.ContextTooLong;
        if (status is 400 or 403 && Any(message, Filtered)) return ErrorKind.ContentFiltered;
        if (status == 429 && Has(message, "exceeded your current quota")) return ErrorKind.Quota;
        if (Has(words, "overloaded")) return ErrorKind.Overloaded;
        if (status is >= 400) return WireError.KindOf(status);
        return OfWords(words);
    }

    /// <summary>How long to wait, where the message says "try again in …".</summary>
    public static TimeSpan? RetryAfter(string message)
    {
        var at = message.IndexOf("try again in ", StringComparison.OrdinalIgnoreCase);
        if (at < 0) return null;
        var rest = message.AsSpan(at + "try again in ".Length);
        var total = TimeSpan.Zero;
        while (!rest.IsEmpty && char.IsAsciiDigit(rest[0]))
        {
            var digits = 0;
            while (digits < rest.Length && (char.IsAsciiDigit(rest[digits]) || rest[digits] == '.')) digits++;
            if (digits == rest.Length || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1e7) break;
            rest = rest[digits..].TrimStart(' ');
            var unit = rest.StartsWith("ms") ? 0.001 : rest.StartsWith("s") ? 1 : rest.StartsWith("m") ? 60 : rest.StartsWith("h") ? 3600 : 0;
            if (unit == 0) break;
            total += TimeSpan.FromSeconds(number * unit);
            rest = rest[(unit < 1 ? 2 : 1)..];
        }

        return total > TimeSpan.Zero ? total : null;
    }

    /// <summary>An error inside a stream has no status: its words alone tell.</summary>
    private static ErrorKind OfWords(string words)
    {
        if (Has(words, "rate_limit") || Has(words, "RESOURCE_EXHAUSTED") || Has(words, "too_many_requests")) return ErrorKind.RateLimit;
        if (Has(words, "authentication") || Has(words, "invalid_api_key")) return ErrorKind.Authentication;
        if (Has(words, "permission")) return ErrorKind.Permission;
        if (Has(words, "not_found")) return ErrorKind.NotFound;
        if (Has(words, "timeout")) return ErrorKind.Timeout;
        if (Has(words, "unavailable")) return ErrorKind.Unavailable;
        return Has(words, "invalid_request") || Has(words, "BadRequest") ? ErrorKind.InvalidRequest : ErrorKind.Api;
    }

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static bool Any(string text, string[] words) => Array.Exists(words, word => Has(text, word));
}
