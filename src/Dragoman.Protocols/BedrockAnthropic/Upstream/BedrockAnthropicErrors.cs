using System.Text;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockAnthropic.Upstream;

/// <summary>Reads AWS's errors, of responses and of streams.</summary>
internal static class BedrockAnthropicErrors
{
    /// <summary>Reads an error.</summary>
    /// <param name="status">The response's status, or null inside a stream.</param>
    /// <param name="name">The frame's exception name, or empty.</param>
    /// <param name="body">The error's body.</param>
    public static WireError Read(int? status, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> body)
    {
        var exception = Encoding.UTF8.GetString(name);
        string? message = null;
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.NextProperty())
                {
                    var isMessage = reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8);
                    var isType = reader.ValueTextEquals("__type"u8);
                    reader.Read();
                    if (isMessage) message = reader.StringOrNull() ?? message;
                    else if (isType && exception.Length == 0) exception = reader.StringOrNull() ?? "";
                    else reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON: the text is said as it is.
        }

        exception = exception[(exception.LastIndexOf('#') + 1)..];
        var colon = exception.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0) exception = exception[..colon];
        message ??= AnthropicErrors.Read(status, body).Message;
        var kind = KindOf(exception, status, message);
        return new WireError(kind, message)
        {
            // A few of AWS's statuses mean something else everywhere else.
            Status = status switch
            {
                408 => 504,
                424 => 502,
                { } said when WireError.KindOf(said) != kind => null,
                _ => status,
            },
            Code = exception.Length == 0 ? null : exception,
            Type = exception.Length == 0 ? null : exception,
            Origin = Protocol.BedrockAnthropic,
        };
    }

    private static ErrorKind KindOf(string exception, int? status, string message)
    {
        var kind = exception.ToLowerInvariant() switch
        {
            "validationexception" => ErrorKind.InvalidRequest,
            "accessdeniedexception" => ErrorKind.Permission,
            "unrecognizedclientexception" or "expiredtokenexception" or "expiredtoken" or "invalidsignatureexception" or "incompletesignatureexception" => ErrorKind.Authentication,
            "resourcenotfoundexception" => ErrorKind.NotFound,
            "modeltimeoutexception" => ErrorKind.Timeout,
            "modelerrorexception" or "modelstreamerrorexception" or "internalserverexception" => ErrorKind.Api,
            "throttlingexception" => ErrorKind.RateLimit,
            "servicequotaexceededexception" => ErrorKind.Quota,
            "modelnotreadyexception" or "serviceunavailableexception" => ErrorKind.Overloaded,
            _ => status switch
            {
                null => ErrorKind.Api,
                424 => ErrorKind.Api,
                503 => ErrorKind.Overloaded,
                403 when IsAboutCredentials(message) => ErrorKind.Authentication,
                { } known => WireError.KindOf(known),
            },
        };
        return kind == ErrorKind.InvalidRequest && IsTooLong(message) ? ErrorKind.ContextTooLong : kind;
    }

    private static bool IsTooLong(string message) => AnthropicErrors.IsContextTooLong(message)
        || ((Has(message, "too long") || Has(message, "exceeds")) && Has(message, "context"));

    private static bool IsAboutCredentials(string message)
        => Has(message, "security token") || Has(message, "signature") || Has(message, "expired") || message.StartsWith("Authentication failed", StringComparison.OrdinalIgnoreCase);

    private static bool Has(string message, string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
