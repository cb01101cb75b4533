using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Client;
using Dragoman.Protocols.OpenAiResponses.Shared;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Protocols.OpenAiResponses;

/// <summary>What the rest of the gateway may ask about OpenAI Responses.</summary>
internal sealed class ResponsesTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.OpenAiResponses;

    /// <inheritdoc/>
    public override string Name => "openai-responses";

    /// <inheritdoc/>
    public override string PathFor(string model, bool stream) => "/v1/responses";

    /// <inheritdoc/>
    public override bool RepeatsTextAtEnd => true;

    /// <inheritdoc/>
    public override bool CanPassThrough(in PassthroughBody body) => !ResponsesReasoningEnvelope.IsIn(body.Bytes);

    /// <inheritdoc/>
    public override bool IsPreamble(ReadOnlySpan<byte> data) => TopLevelJsonScanner.TextOf(data, "type"u8) is var type
        // Events of ChatGPT's backend about limits, headers and timings have names of their own (codex.rate_limits).
        && (type.StartsWith("codex."u8) || type.StartsWith("responsesapi."u8) || type.SequenceEqual("response.metadata"u8) || type.SequenceEqual("response.created"u8) || type.SequenceEqual("response.in_progress"u8) || type.SequenceEqual("response.queued"u8) || type.SequenceEqual("keepalive"u8));

    /// <inheritdoc/>
    public override bool IsNativeError(in SseFrame frame)
        => TopLevelJsonScanner.TextOf(frame.Data.Span, "type"u8) is var type && (type.SequenceEqual("error"u8) || type.SequenceEqual("response.failed"u8));

    /// <inheritdoc/>
    public override StreamEnd EndOf(ReadOnlySpan<byte> data, bool hasContent)
        => new(data.StartsWith("[DONE]"u8) || data.IndexOf("\"response.completed\""u8) >= 0 || data.IndexOf("\"response.incomplete\""u8) >= 0 || data.IndexOf("\"response.failed\""u8) >= 0);

    /// <inheritdoc/>
    public override bool TryLeaveOutReasoning(ReadOnlyMemory<byte> body, IBufferWriter<byte> output) => ResponsesJsonEditor.TryLeaveOutReasoning(body, output);

    /// <inheritdoc/>
    public override ToolCallProgress CreateCallProgress() => new ResponsesCallProgress();

    /// <inheritdoc/>
    public override StreamPosition CreateStreamPosition() => new ResponsesStreamPosition();
}
