using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Shared;

/// <summary>Google's error envelope (<c>google.rpc.Status</c>), read and written.</summary>
internal static partial class GeminiErrors
{
    private const int LongestText = 2000;

    /// <summary>Reads an error body, alone or as the element of an array. Never throws.</summary>
    public static WireError Read(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartArray) reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    while (reader.NextProperty())
                    {
                        var hit = reader.ValueTextEquals("error"u8);
                        reader.Read();
                        if (hit && reader.TokenType == JsonTokenType.StartObject) return ReadStatus(ref reader, status);
                        if (hit && reader.TokenType == JsonTokenType.String) return Make(status, null, reader.GetString()!, new GeminiErrorDetails());
                        reader.Skip();
                    }
                }

                // Without its envelope.
                reader = new Utf8TokenReader(body.Span, JsonReading.Options);
                if (ErrorShape.Read(body.Span).IsHinted && reader.Read() && reader.TokenType == JsonTokenType.StartObject) return ReadStatus(ref reader, status);
            }
        }
        catch (JsonException)
        {
            // Not JSON, or torn: its text is what there is.
        }

        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestText)]).Trim();
        return Make(status, null, text.Length > 0 && text[0] != '<' ? text : $"The upstream answered with status {status}.", new GeminiErrorDetails());
    }

    /// <summary>Reads the <c>google.rpc.Status</c> object the reader stands on.</summary>
    public static WireError ReadStatus(ref Utf8TokenReader reader, int status)
    {
        string? message = null;
        string? word = null;
        var code = 0;
        var details = new GeminiErrorDetails();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("detail"u8))
            {
                reader.Read();
                message = reader.StringOrNull() ?? message;
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                word = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                code = reader.Int32OrNull() ?? 0;
            }
            else if (reader.ValueTextEquals("details"u8))
            {
                reader.Read();
                details.ReadAll(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (status is 0 or 200) status = code is >= 400 and < 600 ? code : 0;
        return Make(status, word, message ?? word ?? $"The upstream answered with status {status}.", details);
    }

    private static WireError Make(int status, string? word, string message, GeminiErrorDetails details)
    {
        var retryAfter = details.Delay;
        if (retryAfter is null && RetryInText().Match(message) is { Success: true } match)
        {
            retryAfter = TimeSpan.FromSeconds(double.Parse(match.Groups["wait"].ValueSpan, CultureInfo.InvariantCulture));
        }

        var kind = KindOf(status, word, message, details);
        // Without the link nobody can do what is asked for.
        if (details.VerifyAddress is { } address && !message.Contains(address, StringComparison.Ordinal)) message = $"{message} {address}";
        return new(kind, message)
        {
            // An error that names no status has the one of its word.
            Status = status >= 400 ? status : kind == ErrorKind.Api ? 500 : null,
            Type = word,
            Code = details.Reason,
            RetryAfter = retryAfter,
            Origin = Protocol.Gemini,
        };
    }

    private static ErrorKind KindOf(int status, string? word, string message, GeminiErrorDetails details)
    {
        if (message.Contains("exceeds the maximum number of tokens", StringComparison.OrdinalIgnoreCase)
            || (message.Contains("input token count", StringComparison.OrdinalIgnoreCase) && message.Contains("exceed", StringComparison.OrdinalIgnoreCase))
            || message.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase)) return ErrorKind.ContextTooLong;
        switch (details.Reason)
        {
            case "API_KEY_INVALID" or "API_KEY_EXPIRED" or "ACCESS_TOKEN_EXPIRED" or "ACCESS_TOKEN_TYPE_UNSUPPORTED": return ErrorKind.Authentication;
            case "QUOTA_EXHAUSTED": return ErrorKind.Quota;
            case "MODEL_CAPACITY_EXHAUSTED": return ErrorKind.Overloaded;
            case "BILLING_DISABLED": return ErrorKind.Billing;
        }

        return word switch
        {
            "RESOURCE_EXHAUSTED" => details.IsDaily ? ErrorKind.Quota : ErrorKind.RateLimit,
            "UNAUTHENTICATED" => ErrorKind.Authentication,
            "PERMISSION_DENIED" => ErrorKind.Permission,
            "NOT_FOUND" => ErrorKind.NotFound,
            "UNAVAILABLE" => message.Contains("overloaded", StringComparison.OrdinalIgnoreCase) || message.Contains("high demand", StringComparison.OrdinalIgnoreCase)
                ? ErrorKind.Overloaded : ErrorKind.Unavailable,
            "DEADLINE_EXCEEDED" => ErrorKind.Timeout,
            "CANCELLED" => ErrorKind.ClientClosed,
            "INVALID_ARGUMENT" when message.Contains("API key not valid", StringComparison.OrdinalIgnoreCase) => ErrorKind.Authentication,
            "FAILED_PRECONDITION" when message.Contains("billing", StringComparison.OrdinalIgnoreCase) => ErrorKind.Billing,
            "FAILED_PRECONDITION" when message.Contains("location", StringComparison.OrdinalIgnoreCase) => ErrorKind.Permission,
            _ => WireError.KindOf(status),
        };
    }

    /// <summary>Writes the error envelope.</summary>
    public static void Write(WireError error, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteNumber("code"u8, StatusOf(error));
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("status"u8, StatusName(error));
        var ownCode = error.Code is not null;
        if (ownCode || error.RetryAfter is not null)
        {
            writer.WriteStartArray("details"u8);
            if (ownCode)
            {
                writer.WriteStartObject();
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.ErrorInfo"u8);
                writer.WriteString("reason"u8, error.Code);
                writer.WriteEndObject();
            }

            if (error.RetryAfter is { } wait)
            {
                writer.WriteStartObject();
                writer.WriteString("@type"u8, "type.googleapis.com/google.rpc.RetryInfo"u8);
                writer.WriteString("retryDelay"u8, wait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s");
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>Copies the <c>error</c> of a body as the one line that streams tell it on; false where it is no object with a status as its code.</summary>
    public static bool TryCopy(ReadOnlyMemory<byte> body, IBufferWriter<byte> output)
    {
        try
        {
            if (ErrorShape.Read(body.Span).Status is null) return false;
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (!reader.Read()) return false;
            if (reader.TokenType == JsonTokenType.StartArray) reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.NextProperty())
            {
                var hit = reader.ValueTextEquals("error"u8);
                reader.Read();
                if (hit && reader.TokenType == JsonTokenType.StartObject)
                {
                    // The SDKs tell an error by this very beginning.
                    output.Write("{\"error\":"u8);
                    output.Write(JsonSlice.From(ref reader, body).OnOneLine().Bytes.Span);
                    output.Write("}\n"u8);
                    return true;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Torn: it is reported in our words.
        }

        return false;
    }

    /// <summary>Google knows neither 529 nor 424: a precondition that is not met is a 400 there.</summary>
    public static int StatusOf(WireError error) => error.Kind == ErrorKind.NeedsOwner ? 400 : error.EffectiveStatus == 529 ? 503 : error.EffectiveStatus;

    private static string StatusName(WireError error) => error switch
    {
        { Origin: Protocol.Gemini, Type: { Length: > 0 } word } => word,
        _ => error.Kind switch
        {
            ErrorKind.InvalidRequest or ErrorKind.ContextTooLong or ErrorKind.ContentFiltered or ErrorKind.TooLarge or ErrorKind.UnsupportedMedia => "INVALID_ARGUMENT",
            ErrorKind.Authentication => "UNAUTHENTICATED",
            ErrorKind.Permission => "PERMISSION_DENIED",
            ErrorKind.Billing or ErrorKind.NeedsOwner => "FAILED_PRECONDITION",
            ErrorKind.NotFound => "NOT_FOUND",
            ErrorKind.MethodNotAllowed => "UNIMPLEMENTED",
            ErrorKind.RateLimit or ErrorKind.Quota => "RESOURCE_EXHAUSTED",
            ErrorKind.ClientClosed => "CANCELLED",
            ErrorKind.Unavailable or ErrorKind.Overloaded => "UNAVAILABLE",
            ErrorKind.Timeout => "DEADLINE_EXCEEDED",
            _ => "INTERNAL",
        },
    };

    [GeneratedRegex("(?:retry in|retry after|reset after) (?<wait>[0-9]{1,7}(\\.[0-9]+)?) ?s", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex RetryInText();
}
