using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Relay;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;
using Dragoman.Wire.OpenAiResponses;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>Errors as frames. The integer <c>status</c> is what Codex looks at: a frame without it leaves the turn hanging.</summary>
internal static class SocketErrors
{
    private static readonly IClientLanguage Client = Languages.Client(Language.OpenAiResponses);

    /// <summary>An error of ours.</summary>
    public static ReadOnlyMemory<byte> Of(WireError error)
    {
        using var body = new PooledBuffer();
        Client.WriteError(error, body);
        var headers = error.RetryAfter is { } wait ? new AnswerHeaders { RetryAfter = wait } : null;
        return Write(Client.StatusOf(error), OpenAiResponsesState.FieldOf(body.WrittenMemory, "error"u8), headers);
    }

    /// <summary>An error answer, as HTTP would have brought it.</summary>
    public static ReadOnlyMemory<byte> Of(int status, ReadOnlyMemory<byte> body, AnswerHeaders headers)
    {
        try
        {
            var error = OpenAiResponsesState.FieldOf(body, "error"u8);
            if (error.IsObject) return Write(status, error, headers);
        }
        catch (Exception fault) when (fault is JsonException or WireException)
        {
            // A page of some proxy: its status has to do.
        }

        return Of(Languages.Upstream(Language.OpenAiResponses).ReadError(status, body));
    }

    /// <summary>An <c>error</c> event in the middle of a stream; as it is where it has a status already.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> data)
    {
        var status = OpenAiResponsesState.FieldOf(data, "status"u8);
        if (!status.IsEmpty && int.TryParse(status.Bytes.Span, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return data.ToArray();
        return Of(Languages.Upstream(Language.OpenAiResponses).ReadError(0, data) with { Status = null });
    }

    private static ReadOnlyMemory<byte> Write(int status, JsonSlice error, AnswerHeaders? headers)
    {
        using var buffer = new PooledBuffer();
        var json = JsonWriting.Rent(buffer);
        json.WriteStartObject();
        json.WriteString("type"u8, "error"u8);
        json.WriteNumber("status"u8, status);
        error.WriteTo(json, "error"u8);
        if (headers is { Upstream.Count: > 0 } or { RetryAfter: not null })
        {
            json.WriteStartObject("headers"u8);
            foreach (var (name, value) in headers.Upstream) json.WriteString(name, value);
            if (headers.RetryAfter is { } wait) json.WriteString("retry-after"u8, Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndObject();
        JsonWriting.Return(json);
        return buffer.WrittenSpan.ToArray();
    }
}
