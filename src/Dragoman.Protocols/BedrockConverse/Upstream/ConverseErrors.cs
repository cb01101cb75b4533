using System.Text.Json;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Upstream;

/// <summary>Bedrock's errors: <c>{"message":…}</c> or <c>{"Message":…}</c>, with the type in a header, in <c>__type</c>, or in a frame's name.</summary>
internal static class ConverseErrors
{
    public static WireError Read(int status, ReadOnlyMemory<byte> body)
    {
        string? message = null, type = null, original = null;
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.NextProperty())
                {
                    if (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("Message"u8)) AwsErrorBody.Take(ref reader, ref message);
                    else if (reader.ValueTextEquals("originalMessage"u8)) AwsErrorBody.Take(ref reader, ref original);
                    else if (reader.ValueTextEquals("__type"u8) || reader.ValueTextEquals("code"u8)) AwsErrorBody.Take(ref reader, ref type);
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

        if (string.IsNullOrWhiteSpace(message)) message = original;
        if (string.IsNullOrWhiteSpace(message)) message = AwsErrorBody.Clip(body);
        if (string.IsNullOrWhiteSpace(message)) message = $"Bedrock answered with status {status}.";
        return Make(status, AwsErrorBody.ShortName(type), message);
    }

    /// <summary>The error that goes with an exception's name; <paramref name="status"/> is 0 where there is none (in a stream).</summary>
    public static WireError Make(int status, string? type, string message)
    {
        var kind = KindOf(type, message) ?? (status > 0 ? RefineByText(WireError.KindOf(status), message) : ErrorKind.Api);
        return new WireError(kind, message)
        {
            // An exception in a stream has no status of its own; the kind's is used. A full quota comes as 400, which clients would not retry.
            Status = status > 0 && kind is not (ErrorKind.Quota or ErrorKind.Overloaded or ErrorKind.Timeout or ErrorKind.Authentication) ? status : null,
            Type = type,
            Code = kind == ErrorKind.ContextTooLong ? "context_length_exceeded" : null,
            Origin = Protocol.BedrockConverse,
        };
    }

    /// <summary>Whether a message says that the prompt is longer than the model takes.</summary>
    public static bool IsContextTooLong(string message)
        => Has(message, "too long") || Has(message, "too many input tokens") || Has(message, "maximum context")
            || (Has(message, "exceed") && (Has(message, "context") || Has(message, "maximum number of tokens") || Has(message, "maximum tokens") || Has(message, "token limit")));

    private static ErrorKind? KindOf(string? type, string message)
    {
        if (type is null) return null;
        var name = type.EndsWith("Exception", StringComparison.OrdinalIgnoreCase) ? type[..^9] : type;
        return name.ToUpperInvariant() switch
        {
            "VALIDATION" => RefineByText(ErrorKind.InvalidRequest, message),
            "ACCESSDENIED" => RefineByText(ErrorKind.Permission, message),
            "UNRECOGNIZEDCLIENT" or "EXPIREDTOKEN" or "INVALIDSIGNATURE" or "INCOMPLETESIGNATURE" or "MISSINGAUTHENTICATIONTOKEN"
                or "INVALIDCLIENTTOKENID" or "REQUESTEXPIRED" or "REQUESTTIMETOOSKEWED" or "NOTAUTHORIZED" => ErrorKind.Authentication,
            "RESOURCENOTFOUND" => ErrorKind.NotFound,
            "MODELTIMEOUT" => ErrorKind.Timeout,
            "THROTTLING" or "TOOMANYREQUESTS" => ErrorKind.RateLimit,
            "MODELNOTREADY" or "SERVICEUNAVAILABLE" => ErrorKind.Overloaded,
            "SERVICEQUOTAEXCEEDED" => ErrorKind.Quota,
            "MODELERROR" or "MODELSTREAMERROR" or "INTERNALSERVER" or "INTERNALFAILURE" => RefineByText(ErrorKind.Api, message),
            "CONFLICT" => ErrorKind.InvalidRequest,
            _ => null,
        };
    }

    private static ErrorKind RefineByText(ErrorKind kind, string message) => kind switch
    {
        ErrorKind.InvalidRequest when IsContextTooLong(message) => ErrorKind.ContextTooLong,
        ErrorKind.Permission when message.StartsWith("Authentication failed", StringComparison.OrdinalIgnoreCase) || Has(message, "security token")
            => ErrorKind.Authentication,
        _ => kind,
    };

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
