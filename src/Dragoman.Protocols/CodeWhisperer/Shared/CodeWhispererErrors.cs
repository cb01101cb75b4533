using System.Text.Json;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Shared;

/// <summary>
/// The service's errors: <c>{"message":…,"reason":…}</c>, at times with <c>__type</c>, the exception's name else in a header or a frame. The reason
/// decides, then the name, then words of the message; words alone never decide where a reason does.
/// </summary>
internal static class CodeWhispererErrors
{
    /// <summary>The code of an account that the vendor has suspended.</summary>
    public const string Suspended = "TEMPORARILY_SUSPENDED";

    private const string TokenInvalid = "BEARER_TOKEN_INVALID";
    private const string ProfileWrong = "PROFILE_ARN_INVALID";
    private const string Suspicious = "SUSPICIOUS_ACTIVITY";
    private const string TooLong = "context_length_exceeded";

    /// <summary>Reads an error; a <paramref name="status"/> of 0 is one that came in a stream.</summary>
    public static WireError Read(int status, ReadOnlyMemory<byte> body)
    {
        string? message = null, reason = null, type = null;
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.NextProperty())
                {
                    if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8)) AwsErrorBody.Take(ref reader, ref message);
                    else if (reader.ValueTextEquals("reason"u8)) AwsErrorBody.Take(ref reader, ref reason);
                    else if (reader.ValueTextEquals("__type"u8) || reader.ValueTextEquals("_type"u8) || reader.ValueTextEquals("code"u8)) AwsErrorBody.Take(ref reader, ref type);
                    else
                    {
                        reader.Read();
                        reader.Skip();
                    }
                }
            }
        }
        catch (JsonException)
        {
            // A proxy's page: its text is all there is.
        }

        // A body of JSON has said what it had.
        if (string.IsNullOrWhiteSpace(message)) message = AwsErrorBody.Clip(body) is var text && !text.StartsWith('{') ? text : null;
        if (string.IsNullOrWhiteSpace(message)) message = reason is { Length: > 0 } ? $"Kiro refused the request: {reason}." : $"Kiro answered with status {status}.";
        return Make(status, AwsErrorBody.ShortName(type), reason, message);
    }

    /// <summary>The same error with the exception's name known.</summary>
    public static WireError Named(WireError error, string exception) => Make(error.Status ?? 0, AwsErrorBody.ShortName(exception), error.Code, error.Message);

    /// <summary>The error that goes with an exception's name, a reason and a message.</summary>
    public static WireError Make(int status, string? type, string? reason, string message)
    {
        if (string.IsNullOrEmpty(reason)) reason = ReasonIn(status, message);
        // A body that is too large is a validation's fault by its name, too.
        var kind = KindOf(reason) ?? (status == 413 ? ErrorKind.TooLarge : KindOf(type, message)) ?? (status > 0 ? WireError.KindOf(status) : ErrorKind.Api);
        // 423 is a locked account, and 403 that says nothing more is no lack of credentials.
        if (status == 423) (kind, reason) = (ErrorKind.Permission, Suspended);
        var own = status > 0 && kind is not (ErrorKind.Quota or ErrorKind.Overloaded or ErrorKind.Authentication or ErrorKind.NotFound or ErrorKind.ContextTooLong);
        return new WireError(kind, message)
        {
            Status = own ? status : null,
            Type = type,
            Code = kind == ErrorKind.ContextTooLong ? TooLong : reason,
            Origin = Protocol.CodeWhisperer,
        };
    }

    /// <summary>What an error means for the account and the model.</summary>
    public static CodeWhispererFailure FailureOf(WireError error) => error.Code switch
    {
        TooLong => CodeWhispererFailure.ContextTooLong,
        "INVALID_MODEL_ID" => CodeWhispererFailure.ModelUnsupported,
        "REQUEST_BODY_INVALID" => CodeWhispererFailure.RequestMalformed,
        "INVALID_CONVERSATION_ID" => CodeWhispererFailure.ConversationIdInvalid,
        ProfileWrong => CodeWhispererFailure.ProfileWrong,
        TokenInvalid => CodeWhispererFailure.TokenInvalid,
        Suspended => CodeWhispererFailure.Suspended,
        Suspicious => CodeWhispererFailure.SuspiciousActivity,
        "DAILY_REQUEST_COUNT" => CodeWhispererFailure.BurstLimit,
        "INSUFFICIENT_MODEL_CAPACITY" or "MODEL_TEMPORARILY_UNAVAILABLE" => CodeWhispererFailure.ModelBusy,
        _ => error.Kind switch
        {
            ErrorKind.Quota => CodeWhispererFailure.QuotaExhausted,
            ErrorKind.RateLimit => CodeWhispererFailure.RateLimited,
            ErrorKind.Authentication => CodeWhispererFailure.TokenInvalid,
            ErrorKind.Permission => CodeWhispererFailure.Forbidden,
            _ => CodeWhispererFailure.Other,
        },
    };

    private static ErrorKind? KindOf(string? reason) => reason switch
    {
        "CONTENT_LENGTH_EXCEEDS_THRESHOLD" or TooLong => ErrorKind.ContextTooLong,
        "INVALID_MODEL_ID" => ErrorKind.NotFound,
        "REQUEST_BODY_INVALID" or "INVALID_CONVERSATION_ID" or "INVALID_KMS_GRANT" or ProfileWrong => ErrorKind.InvalidRequest,
        "MONTHLY_REQUEST_COUNT" or "CONVERSATION_LIMIT_EXCEEDED" or "OVERAGE_REQUEST_LIMIT_EXCEEDED" => ErrorKind.Quota,
        Suspended or "FEATURE_NOT_SUPPORTED" or "UNAUTHORIZED_CUSTOMIZATION_RESOURCE_ACCESS" or "UNAUTHORIZED_WORKSPACE_CONTEXT_FEATURE_ACCESS" => ErrorKind.Permission,
        TokenInvalid => ErrorKind.Authentication,
        "SERVICE_REQUEST_RATE_EXCEEDED" or "DAILY_REQUEST_COUNT" or Suspicious => ErrorKind.RateLimit,
        "INSUFFICIENT_MODEL_CAPACITY" or "MODEL_TEMPORARILY_UNAVAILABLE" => ErrorKind.Overloaded,
        _ => null,
    };

    private static ErrorKind? KindOf(string? type, string message)
    {
        if (type is null) return null;
        var name = type.EndsWith("Exception", StringComparison.OrdinalIgnoreCase) ? type[..^9] : type;
        return name.ToUpperInvariant() switch
        {
            "CONTENTLENGTHEXCEEDED" => ErrorKind.ContextTooLong,
            "VALIDATION" or "CONFLICT" or "INVALIDSTATE" => ErrorKind.InvalidRequest,
            "ACCESSDENIED" => Has(message, "token") ? ErrorKind.Authentication : ErrorKind.Permission,
            "UNRECOGNIZEDCLIENT" or "EXPIREDTOKEN" or "MISSINGAUTHENTICATIONTOKEN" => ErrorKind.Authentication,
            "RESOURCENOTFOUND" => ErrorKind.NotFound,
            "THROTTLING" or "TOOMANYREQUESTS" => ErrorKind.RateLimit,
            "SERVICEQUOTAEXCEEDED" => ErrorKind.Quota,
            "SERVICEUNAVAILABLE" => ErrorKind.Overloaded,
            "INTERNALSERVER" or "INTERNALFAILURE" => ErrorKind.Api,
            _ => null,
        };
    }

    /// <summary>The reason that a message stands for where none was given, which older hosts and proxies do not.</summary>
    private static string? ReasonIn(int status, string message)
    {
        if (status is 403 or 423 or 0 && Has(message, "suspended") && (Has(message, "locked your account") || Has(message, "temporarily"))) return Suspended;
        if (status is 403 or 401 && Has(message, "bearer token")) return TokenInvalid;
        if (Has(message, "profileArn")) return ProfileWrong;
        if (Has(message, "suspicious activity")) return Suspicious;
        if (Has(message, "Improperly formed request")) return "REQUEST_BODY_INVALID";
        if (Has(message, "Invalid model")) return "INVALID_MODEL_ID";
        if (Has(message, "unexpectedly high load")) return "MODEL_TEMPORARILY_UNAVAILABLE";
        if (status is 400 or 0 && Has(message, "too long") && (Has(message, "input") || Has(message, "content") || Has(message, "prompt"))) return "CONTENT_LENGTH_EXCEEDS_THRESHOLD";
        if (status == 429 && Has(message, "5-minute credit limit")) return "DAILY_REQUEST_COUNT";
        return status == 402 ? "MONTHLY_REQUEST_COUNT" : null;
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
