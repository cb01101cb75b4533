using System.Globalization;
using System.Text.Json;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>Errors as frames. The integer <c>status</c> is what Codex looks at: a frame without it leaves the turn hanging.</summary>
internal static class SocketErrors
{
    private static readonly IClientProtocol Client = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    /// <summary>An error of ours.</summary>
    public static ReadOnlyMemory<byte> Create(WireError error)
    {
        using var body = new PooledBuffer();
        Client.WriteError(error, body);
        var headers = error.RetryAfter is { } wait ? new AnswerHeaders { RetryAfter = wait } : null;
        return Write(Client.StatusOf(error), ResponsesJsonEditor.FieldOf(body.WrittenMemory, "error"u8), headers);
    }

    /// <summary>An error answer, as HTTP would have brought it.</summary>
    public static ReadOnlyMemory<byte> Create(int status, ReadOnlyMemory<byte> body, AnswerHeaders headers)
    {
        try
        {
            var error = ResponsesJsonEditor.FieldOf(body, "error"u8);
            if (error.IsObject) return Write(status, error, headers);
        }
        catch (Exception ex) when (ex is JsonException or WireException)
        {
            // A page of some proxy: its status has to do.
        }

        return Create(ProtocolRegistry.Upstream(Protocol.OpenAiResponses).ReadError(status, body));
    }

    /// <summary>An <c>error</c> event in the middle of a stream; as it is where it has a status already.</summary>
    public static ReadOnlyMemory<byte> Create(ReadOnlyMemory<byte> data)
    {
        var status = ResponsesJsonEditor.FieldOf(data, "status"u8);
        if (!status.IsEmpty && int.TryParse(status.Bytes.Span, NumberStyles.None, CultureInfo.InvariantCulture, out _)) return data.ToArray();
        return Create(ProtocolRegistry.Upstream(Protocol.OpenAiResponses).ReadError(0, data) with { Status = null });
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
