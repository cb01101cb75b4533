using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Shared;

/// <summary>
/// Errors as Bedrock's clients read them (AWS restJson1: the type in the header <c>x-amzn-errortype</c>, the words in <c>message</c>). Types and statuses are those of the runtime's API reference: the SDKs retry
/// throttling, unavailability and time-outs by the type.
/// </summary>
internal static class ConverseErrorNames
{
    /// <summary>The exception's name.</summary>
    public static string Of(WireError error) => error.Kind switch
    {
        ErrorKind.Authentication => "UnrecognizedClientException",
        ErrorKind.Permission => "AccessDeniedException",
        ErrorKind.NotFound => "ResourceNotFoundException",
        ErrorKind.RateLimit => "ThrottlingException",
        ErrorKind.Quota or ErrorKind.Billing => "ServiceQuotaExceededException",
        ErrorKind.Unavailable or ErrorKind.Overloaded => "ServiceUnavailableException",
        ErrorKind.Timeout => "ModelTimeoutException",
        ErrorKind.NeedsOwner => "ModelErrorException",
        ErrorKind.Api => "InternalServerException",
        ErrorKind.ClientClosed => "RequestAbortedException",
        _ => "ValidationException",
    };

    /// <summary>The status that goes with the name (API_runtime_Converse, "Errors").</summary>
    public static int StatusOf(WireError error) => error.Kind switch
    {
        ErrorKind.Authentication => 403,
        ErrorKind.Quota or ErrorKind.Billing => 400,
        ErrorKind.Unavailable or ErrorKind.Overloaded => 503,
        ErrorKind.Timeout => 408,
        ErrorKind.Api => 500,
        ErrorKind.InvalidRequest or ErrorKind.ContextTooLong or ErrorKind.ContentFiltered or ErrorKind.TooLarge or ErrorKind.UnsupportedMedia => 400,
        _ => error.EffectiveStatus,
    };

    /// <summary>The header that names the type.</summary>
    public static KeyValuePair<string, string> Header(WireError error) => new("x-amzn-errortype", Of(error));

    /// <summary>The body.</summary>
    public static void WriteBody(WireError error, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>The exception's name inside a stream, in the spelling of its event (<c>throttlingException</c>); only these five are events of both streams.</summary>
    public static ReadOnlySpan<byte> InStream(WireError error) => error.Kind switch
    {
        ErrorKind.RateLimit or ErrorKind.Quota => "throttlingException"u8,
        ErrorKind.Unavailable or ErrorKind.Overloaded => "serviceUnavailableException"u8,
        ErrorKind.InvalidRequest or ErrorKind.ContextTooLong or ErrorKind.ContentFiltered => "validationException"u8,
        ErrorKind.Timeout => "modelStreamErrorException"u8,
        _ => "internalServerException"u8,
    };
}
