using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>Errors, read and written.</summary>
internal static class AnthropicErrors
{
    private const int MaxText = 500;

    /// <summary>The status of an error here: overload has one of its own.</summary>
    public static int StatusOf(WireError error) => error.Kind is ErrorKind.Overloaded or ErrorKind.Unavailable ? 529 : error.EffectiveStatus;

    /// <summary>Writes an error body, which is also the payload of an <c>error</c> event.</summary>
    public static void Write(WireError error, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, error.Origin == Protocol.AnthropicMessages && error.Type is { Length: > 0 } own ? own : TypeOf(error.Kind));
        writer.WriteString("message"u8, MessageOf(error));
        if (error.Code == AnthropicThreads.Unsupported)
        {
            writer.WriteStartObject("details"u8);
            writer.WriteString("error_code"u8, error.Code);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (error.RequestId is not null) writer.WriteString("request_id"u8, error.RequestId);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>Reads an error body; <paramref name="status"/> is null for an error inside a stream or a 200.</summary>
    public static WireError Read(int? status, ReadOnlyMemory<byte> body)
    {
        string? type = null;
        string? message = null;
        string? requestId = null;
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, ref type, ref message, ref requestId);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON: its text is all there is to say.
        }

        message ??= Clip(body.Span);
        if (message.Length == 0) message = status is null ? "The upstream reported an error." : $"The upstream answered {status}.";
        return new WireError(KindOf(type, status, message), message)
        {
            Status = status,
            Type = type,
            RequestId = requestId,
            Origin = type is null ? null : Protocol.AnthropicMessages,
        };
    }

    /// <summary>Whether a message says that the prompt does not fit the model.</summary>
    public static bool IsContextTooLong(string message)
        => Has(message, "prompt is too long") || Has(message, "input is too long") || Has(message, "exceed context limit") || Has(message, "exceeds the context window")
            || Has(message, "maximum context length");

    private static void ReadObject(ref Utf8TokenReader reader, ref string? type, ref string? message, ref string? requestId)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, ref type, ref message, ref requestId);
                else if (reader.TokenType == JsonTokenType.String) message ??= reader.GetString();
                else reader.Skip();
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                // The outer "type":"error" only says that this is one.
                if (reader.StringOrNull() is { } word && word != "error") type = word;
            }
            else if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("detail"u8) || reader.ValueTextEquals("Message"u8))
            {
                reader.Read();
                message = reader.StringOrNull() ?? message;
            }
            else if (reader.ValueTextEquals("request_id"u8))
            {
                reader.Read();
                requestId = reader.StringOrNull() ?? requestId;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static ErrorKind KindOf(string? type, int? status, string message)
    {
        if (IsContextTooLong(message)) return ErrorKind.ContextTooLong;
        if (Has(message, "credit balance is too low")) return ErrorKind.Billing;
        if (status == 529) return ErrorKind.Overloaded;
        return type switch
        {
            "invalid_request_error" when status is null or 400 or 422 => ErrorKind.InvalidRequest,
            "authentication_error" => ErrorKind.Authentication,
            "billing_error" => ErrorKind.Billing,
            "permission_error" => ErrorKind.Permission,
            "not_found_error" => ErrorKind.NotFound,
            "request_too_large" => ErrorKind.TooLarge,
            "rate_limit_error" => ErrorKind.RateLimit,
            "timeout_error" => ErrorKind.Timeout,
            "overloaded_error" => ErrorKind.Overloaded,
            "api_error" when status is null => ErrorKind.Api,
            _ => status is null ? ErrorKind.Api : WireError.KindOf(status.Value),
        };
    }

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Authentication => "authentication_error",
        ErrorKind.Billing => "billing_error",
        ErrorKind.Permission => "permission_error",
        ErrorKind.NotFound => "not_found_error",
        ErrorKind.TooLarge => "request_too_large",
        ErrorKind.RateLimit or ErrorKind.Quota => "rate_limit_error",
        ErrorKind.Timeout => "timeout_error",
        ErrorKind.Overloaded or ErrorKind.Unavailable => "overloaded_error",
        ErrorKind.Api or ErrorKind.NeedsOwner => "api_error",
        _ => "invalid_request_error",
    };

    /// <summary>Claude Code compacts its conversation when, and only when, it reads the words "prompt is too long".</summary>
    private static string MessageOf(WireError error)
        => error.Kind == ErrorKind.ContextTooLong && !Has(error.Message, "prompt is too long") && !Has(error.Message, "exceed context limit")
            ? $"prompt is too long: {error.Message}"
            : error.Message;

    private static string Clip(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxText * 4)]).Trim();
        // A page of HTML from a proxy says nothing to a person at a terminal.
        if (text.StartsWith('<')) return "";
        return text.Length > MaxText ? text[..MaxText] + "…" : text;
    }

    private static bool Has(string message, string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
