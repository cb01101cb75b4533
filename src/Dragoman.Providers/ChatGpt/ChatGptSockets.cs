using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.ChatGpt;

/// <summary>
/// The Codex backend over a WebSocket (wire notes codex-and-antigravity §B.1, §C.9, cliproxyapi §8.2): a request is one <c>response.create</c> with the whole conversation in it, and every message back
/// is an event. The backend could go on from an id that it gave on the same connection; that is not used, because the conversation would hang on a connection that any fault ends.
/// </summary>
internal sealed class ChatGptSockets : ISocketBinding
{
    private const string Beta = "OpenAI-Beta";
    private const string BetaName = "responses_websockets";

    /// <summary>Headers that are about one request; Codex repeats them in <c>client_metadata</c> where a connection serves many.</summary>
    private static readonly (string Header, string Member)[] RequestHeaders =
    [
        ("x-codex-turn-metadata", "x-codex-turn-metadata"), ("x-openai-internal-codex-responses-lite", "ws_request_header_x_openai_internal_codex_responses_lite"),
    ];

    /// <summary>Where Codex says which span asks: the handshake's headers are those of the connection's first request only.</summary>
    private static readonly (string Header, string Member)[] TraceHeaders = [("traceparent", "ws_request_header_traceparent"), ("tracestate", "ws_request_header_tracestate")];

    /// <inheritdoc/>
    public string RoutingHeader => "x-codex-turn-state";

    /// <inheritdoc/>
    public bool IsWanted(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.Options.GetValueOrDefault(ChatGptAccountSchema.Transport) == ChatGptAccountSchema.WebSocket;
    }

    /// <inheritdoc/>
    public void PrepareHandshake(HttpRequestHeaders headers, Account account)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(account);
        // The Codex programs name their own version of it.
        if (headers.NonValidated.TryGetValues(Beta, out var named) && named.ToString().Contains(BetaName, StringComparison.OrdinalIgnoreCase)) return;
        headers.Remove(Beta);
        headers.TryAddWithoutValidation(Beta, account.Options.GetValueOrDefault(ChatGptAccountSchema.SocketBeta) ?? ChatGptSettings.DefaultSocketBeta);
    }

    /// <inheritdoc/>
    public bool IsOfConversation(string header) => Is(header, "session-id") || Is(header, "session_id");

    /// <inheritdoc/>
    public bool IsOfOneRequest(string header) => Is(header, "x-codex-turn-metadata") || Is(header, "x-client-request-id") || Is(header, "traceparent") || Is(header, "tracestate");

    /// <inheritdoc/>
    public bool TryWriteRequest(UpstreamCall call, IReadOnlyList<KeyValuePair<string, string>> trace, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(output);
        var body = call.Body.Span;
        output.Write("{\"type\":\"response.create\""u8);
        var scanner = new TopLevelJsonScanner(body);
        var metadata = default(ReadOnlySpan<byte>);
        while (scanner.Next())
        {
            // The type is the message's own, and a stream is all that there is.
            if (scanner.Name.SequenceEqual("type"u8) || scanner.Name.SequenceEqual("stream"u8)) continue;
            if (scanner.Name.SequenceEqual("client_metadata"u8))
            {
                metadata = scanner.Value;
                continue;
            }

            WriteMember(output, scanner.Name, scanner.Value);
        }

        if (scanner.Broken || scanner.TooDeep) return false;
        WriteMetadata(call.ClientHeaders, trace, metadata, output);
        output.Write("}"u8);
        return true;
    }

    /// <inheritdoc/>
    public SocketMessage Read(ReadOnlyMemory<byte> message) => ChatGptSocketMessages.Read(message);

    /// <summary>The client's own metadata, with what its headers say of this request where it does not say it itself.</summary>
    private static void WriteMetadata(IReadOnlyList<KeyValuePair<string, string>> headers, IReadOnlyList<KeyValuePair<string, string>> trace, ReadOnlySpan<byte> own, IBufferWriter<byte> output)
    {
        var isMap = own is [(byte)'{', ..];
        if (!isMap && !own.IsEmpty && !own.SequenceEqual("null"u8))
        {
            // Not what the backend takes; it is the one to say so.
            WriteMember(output, "client_metadata"u8, own);
            return;
        }

        var isOpen = isMap;
        var isEmpty = true;
        if (isMap)
        {
            output.Write(",\"client_metadata\":{"u8);
            var inner = own[1..^1].Trim(" \t\r\n"u8);
            output.Write(inner);
            isEmpty = inner.IsEmpty;
        }

        foreach (var (header, member) in RequestHeaders) WriteText(headers, header, member, isMap ? own : default, output, ref isOpen, ref isEmpty);
        foreach (var (header, member) in TraceHeaders) WriteText(trace, header, member, isMap ? own : default, output, ref isOpen, ref isEmpty);
        if (isOpen) output.Write("}"u8);
    }

    /// <summary>Writes what a header says as a member, unless the client has said it there.</summary>
    private static void WriteText(IReadOnlyList<KeyValuePair<string, string>> headers, string header, string member, ReadOnlySpan<byte> own, IBufferWriter<byte> output, ref bool isOpen, ref bool isEmpty)
    {
        if (headers.FirstOrDefault(sent => Is(sent.Key, header)).Value is not { Length: > 0 } value) return;
        var name = JsonEncodedText.Encode(member);
        if (!own.IsEmpty && !TopLevelJsonScanner.ValueOf(own, name.EncodedUtf8Bytes).IsEmpty) return;
        output.Write(!isOpen ? ",\"client_metadata\":{\""u8 : isEmpty ? "\""u8 : ",\""u8);
        (isOpen, isEmpty) = (true, false);
        output.Write(name.EncodedUtf8Bytes);
        output.Write("\":\""u8);
        output.Write(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\""u8);
    }

    private static void WriteMember(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        output.Write(",\""u8);
        output.Write(name);
        output.Write("\":"u8);
        output.Write(value);
    }

    private static bool Is(string header, string name) => header.Equals(name, StringComparison.OrdinalIgnoreCase);
}
