using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Errors of the Responses API: bodies, the codes inside streams, and what they mean.</summary>
internal static class ResponsesErrors
{
    private const int LongestText = 2048;
    private static readonly string[] TooLong = ["context window", "maximum context length", "prompt is too long", "input is too long"];
    private static readonly SearchValues<char> NumberLetters = SearchValues.Create("0123456789.");

    /// <summary>Writes an error body: <c>{"error":{"message","type","param","code"}}</c>.</summary>
    public static void Write(WireError error, IBufferWriter<byte> output)
    {
        var json = JsonWriting.Rent(output);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, IsOurs(error) && error.Type is not null ? error.Type : TypeOf(error.Kind));
        if (error.Param is null) json.WriteNull("param"u8);
        else json.WriteString("param"u8, error.Param);
        var code = error.Code is not null && (IsOurs(error) || error.Origin is null) ? error.Code : CodeOf(error.Kind);
        if (code is null) json.WriteNull("code"u8);
        else json.WriteString("code"u8, code);
        if (error.Kind == ErrorKind.Quota && error.RetryAfter is { } wait)
            json.WriteNumber("resets_in_seconds"u8, (long)Math.Ceiling(wait.TotalSeconds));
        json.WriteEndObject();
        json.WriteEndObject();
        JsonWriting.Return(json);
    }

    /// <summary>The code of an error inside a stream, where it decides what Codex does next.</summary>
    public static string StreamCode(WireError error)
        => IsOurs(error) && error.Code is not null ? error.Code : error.Kind switch
        {
            ErrorKind.ContextTooLong => "context_length_exceeded",
            ErrorKind.RateLimit => "rate_limit_exceeded",
            ErrorKind.Quota or ErrorKind.Billing => "insufficient_quota",
            ErrorKind.Overloaded or ErrorKind.Unavailable => "server_is_overloaded",
            ErrorKind.InvalidRequest or ErrorKind.ContentFiltered or ErrorKind.TooLarge or ErrorKind.UnsupportedMedia => "invalid_prompt",
            _ => "server_error",
        };

    /// <summary>Reads an error response of whatever shape.</summary>
    public static WireError Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                var error = ReadObject(JsonSlice.From(ref reader, body), status);
                if (error is not null) return error;
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // Not JSON: its text is told below.
        }

        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestText)]).Trim();
        if (text.Length == 0 || text[0] == '<') text = $"The upstream answered with status {status.ToString(CultureInfo.InvariantCulture)}.";
        return new(WireError.KindOf(status), text) { Status = status };
    }

    /// <summary>
    /// Reads an object that tells an error: itself (<c>code</c>, <c>message</c>), under <c>error</c>, or under <c>detail</c>. Null when it
    /// tells none. <paramref name="status"/> is 0 inside a stream.
    /// </summary>
    public static WireError? ReadObject(JsonSlice value, int status)
    {
        string? message = null, type = null, code = null, param = null;
        double? resets = null;
        var statusWithin = (int?)null;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "error" or "detail" when reader.TokenType == JsonTokenType.StartObject:
                    var inner = ReadObject(JsonSlice.From(ref reader, value.Bytes), status);
                    if (inner is not null) return inner;
                    break;
                case "error" or "detail" when reader.TokenType == JsonTokenType.String:
                    message ??= reader.GetString();
                    break;
                case "message": message = reader.StringOrNull() ?? message; break;
                case "type": type = reader.StringOrNull(); break;
                case "code":
                    if (reader.TokenType == JsonTokenType.Number) statusWithin = reader.Int32OrNull();
                    else code = reader.StringOrNull();
                    break;
                case "status": statusWithin = reader.Int32OrNull(); break;
                case "param": param = reader.StringOrNull(); break;
                case "resets_in_seconds": resets = reader.DoubleOrNull(); break;
                default: reader.Skip(); break;
            }
        }

        if (message is null && code is null) return null;
        if (status == 0 && statusWithin is >= 400 and < 600) status = statusWithin.Value;
        var kind = KindOf(code, type, message, status);
        return new(kind, message is { Length: > 0 } ? message : $"The upstream failed: {code}.")
        {
            Status = status == 0 ? null : status,
            Type = type is "error" ? null : type,
            Code = code,
            Param = param,
            Origin = Protocol.OpenAiResponses,
            RetryAfter = resets is > 0 and < 1e8 ? TimeSpan.FromSeconds(resets.Value) : WaitIn(message),
        };
    }

    private static bool IsOurs(WireError error) => error.Origin is Protocol.OpenAiResponses or Protocol.OpenAiChat or Protocol.OpenAiCompletions;

    private static ErrorKind KindOf(string? code, string? type, string? message, int status)
    {
        switch (code ?? type)
        {
            case "context_length_exceeded" or "context_too_large": return ErrorKind.ContextTooLong;
            case "insufficient_quota" or "usage_limit_reached" or "usage_not_included": return ErrorKind.Quota;
            case "rate_limit_exceeded" or "rate_limit_error": return ErrorKind.RateLimit;
            case "server_is_overloaded" or "slow_down" or "overloaded": return ErrorKind.Overloaded;
            case "invalid_prompt" or "cyber_policy" or "bio_policy" or "content_policy_violation" or "image_content_policy_violation":
                return ErrorKind.ContentFiltered;
            case "invalid_api_key" or "token_expired" or "token_invalidated": return ErrorKind.Authentication;
            case "model_not_found": return ErrorKind.NotFound;
            case "server_error" or "internal_server_error": return status is 503 or 529 ? ErrorKind.Overloaded : ErrorKind.Api;
        }

        if (type is "usage_limit_reached" or "insufficient_quota") return ErrorKind.Quota;
        if (status is 400 or 413 && message is not null && Array.Exists(TooLong, words => message.Contains(words, StringComparison.OrdinalIgnoreCase))) return ErrorKind.ContextTooLong;
        if (status > 0) return WireError.KindOf(status);
        return type is "invalid_request_error" || (code is not null && (code.StartsWith("invalid_", StringComparison.Ordinal) || code.StartsWith("unsupported_", StringComparison.Ordinal)))
            ? ErrorKind.InvalidRequest
            : ErrorKind.Api;
    }

    /// <summary>The wait that a rate limit's message tells: <c>try again in 1.3s</c>, <c>…in 250ms</c>.</summary>
    private static TimeSpan? WaitIn(string? message)
    {
        const string Mark = "try again in ";
        var at = message?.IndexOf(Mark, StringComparison.OrdinalIgnoreCase) ?? -1;
        if (at < 0) return null;
        var rest = message.AsSpan(at + Mark.Length);
        var digits = rest.IndexOfAnyExcept(NumberLetters);
        if (digits <= 0) return null;
        if (!double.TryParse(rest[..digits].TrimEnd('.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1e6) return null;
        var unit = rest[digits..].TrimStart();
        if (unit.StartsWith("ms", StringComparison.Ordinal) || unit.StartsWith("milli", StringComparison.Ordinal)) return TimeSpan.FromMilliseconds(number);
        if (unit.StartsWith("m", StringComparison.Ordinal)) return TimeSpan.FromMinutes(number);
        return unit.StartsWith("h", StringComparison.Ordinal) ? TimeSpan.FromHours(number) : TimeSpan.FromSeconds(number);
    }

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        // Codex prints the reset time only for this type.
        ErrorKind.Quota => "usage_limit_reached",
        ErrorKind.Billing => "insufficient_quota",
        ErrorKind.RateLimit => "requests",
        ErrorKind.Api or ErrorKind.Unavailable or ErrorKind.Timeout or ErrorKind.Overloaded or ErrorKind.NeedsOwner => "server_error",
        _ => "invalid_request_error",
    };

    private static string? CodeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.ContextTooLong => "context_length_exceeded",
        ErrorKind.Authentication => "invalid_api_key",
        ErrorKind.NotFound => "model_not_found",
        ErrorKind.RateLimit => "rate_limit_exceeded",
        ErrorKind.Quota or ErrorKind.Billing => "insufficient_quota",
        ErrorKind.Overloaded or ErrorKind.Unavailable => "server_is_overloaded",
        ErrorKind.ContentFiltered => "invalid_prompt",
        _ => null,
    };
}
