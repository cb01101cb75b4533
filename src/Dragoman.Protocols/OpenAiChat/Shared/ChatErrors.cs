using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Errors: OpenAI's envelope is written; any compatible server's is read.</summary>
internal static class ChatErrors
{
    private const int LongestText = 2000;

    /// <summary>Writes <c>{"error":{"message","type","param","code"}}</c>; all four always, as OpenAI does.</summary>
    public static void Write(WireError error, IBufferWriter<byte> output)
    {
        var own = error.Origin is Protocol.OpenAiChat or Protocol.OpenAiResponses or Protocol.OpenAiCompletions;
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("type"u8, (own ? error.Type : null) ?? TypeOf(error.Kind));
        writer.WriteString("param"u8, error.Param);
        writer.WriteString("code"u8, (own || error.Origin is null ? error.Code : null) ?? CodeOf(error.Kind));
        writer.WriteEndObject();
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <summary>Reads an error body; never throws.</summary>
    public static WireError Read(int status, ReadOnlyMemory<byte> body)
    {
        var fields = default(ChatErrorFields);
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (reader.Read()) fields.Read(ref reader);
        }
        catch (JsonException)
        {
            fields = default;
        }

        if (string.IsNullOrWhiteSpace(fields.Message)) fields.Message = TextOf(status, body);
        var said = status is >= 400 and < 600 ? status : fields.StatusFromCode;
        var kind = ChatErrorKinds.Classify(said ?? 0, fields);
        return new WireError(kind, fields.Message!)
        {
            Status = said,
            Type = fields.Type,
            Code = fields.Code,
            Param = fields.Param,
            RetryAfter = ChatErrorKinds.RetryAfter(fields.Message!),
            Origin = Protocol.OpenAiChat,
        };
    }

    private static string TextOf(int status, ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, LongestText)]).Trim();
        // A page of HTML from a proxy says nothing to a person at a terminal.
        if (text.Length > 0 && text[0] is not ('<' or '{' or '[')) return text;
        return status == 0 ? "The upstream reported an error." : $"The upstream answered with status {status}.";
    }

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Authentication => "authentication_error",
        ErrorKind.Permission => "permission_error",
        ErrorKind.RateLimit => "rate_limit_error",
        ErrorKind.Quota or ErrorKind.Billing => "insufficient_quota",
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
        ErrorKind.ContentFiltered => "content_filter",
        ErrorKind.Api => "internal_server_error",
        ErrorKind.Unavailable => "service_unavailable",
        ErrorKind.Overloaded => "server_is_overloaded",
        ErrorKind.Timeout => "timeout",
        _ => null,
    };
}
