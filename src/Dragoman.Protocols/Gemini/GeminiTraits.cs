using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Gemini.Upstream;

namespace Dragoman.Protocols.Gemini;

/// <summary>What the rest of the gateway may ask about Gemini's generateContent.</summary>
internal sealed class GeminiTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.Gemini;

    /// <inheritdoc/>
    public override string Name => "gemini";

    /// <inheritdoc/>
    public override ReasoningStyle EffortStyle => ReasoningStyle.Level;

    /// <inheritdoc/>
    public override bool NamesModelInAddress => true;

    /// <inheritdoc/>
    public override string TelemetryOperation => "generate_content";

    /// <inheritdoc/>
    public override string PathFor(string model, bool stream) => $"/v1beta/models/{Uri.EscapeDataString(model)}:{(stream ? "streamGenerateContent" : "generateContent")}";

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> EventMark => "\"candidates\""u8;

    /// <summary>
    /// Gemini CLI takes a 404 for a reason to ask another of its models at once and without end (packages/core/src/utils/retry.ts of
    /// google-gemini/gemini-cli: a fallback resets the attempts and skips the delay); a 400 it takes for an answer.
    /// </summary>
    public override WireError ForClients(WireError error) => error.Kind == ErrorKind.NotFound ? error with { Kind = ErrorKind.InvalidRequest, Status = 400 } : error;

    /// <inheritdoc/>
    public override bool TryWriteUpstreamError(ReadOnlyMemory<byte> error, IBufferWriter<byte> output) => GeminiErrors.TryCopy(error, output);

    /// <inheritdoc/>
    public override bool IsPreamble(ReadOnlySpan<byte> data) => GeminiChunkState.Read(data) is { HasContent: false, Finish: null or { IsFailure: true } };

    /// <summary>What an event says about the end. Behind content Gemini's clients know themselves what to make of a failure; alone it is no answer, and another candidate may have one.</summary>
    public override StreamEnd EndOf(ReadOnlySpan<byte> data, bool hasContent)
    {
        if (data.IndexOf("\"finishReason\""u8) < 0 && data.IndexOf("\"blockReason\""u8) < 0) return default;
        return new(IsComplete: true, !hasContent && GeminiChunkState.Read(data).Finish is { IsFailure: true } finish ? finish.AsError() : null);
    }

    /// <inheritdoc/>
    public override bool TryLeaveOutReasoning(ReadOnlyMemory<byte> body, IBufferWriter<byte> output) => GeminiReasoningRemoval.TryWrite(body, output);

    /// <inheritdoc/>
    public override ToolCallProgress CreateCallProgress() => new GeminiCallProgress();
}
