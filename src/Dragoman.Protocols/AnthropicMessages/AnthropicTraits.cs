using Dragoman.Protocols.AnthropicMessages.Client;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.AnthropicMessages.Upstream;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Protocols.AnthropicMessages;

/// <summary>What the rest of the gateway may ask about Anthropic Messages.</summary>
internal sealed class AnthropicTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.AnthropicMessages;

    /// <inheritdoc/>
    public override string Name => "anthropic-messages";

    /// <inheritdoc/>
    public override string PathFor(string model, bool stream) => "/v1/messages";

    /// <inheritdoc/>
    public override ReasoningStyle EffortStyle => ReasoningStyle.Adaptive;

    /// <inheritdoc/>
    public override bool StatesPromptSizeFirst => true;

    /// <summary>
    /// Whether a body may pass. Reasoning of another family of models comes back in an envelope of ours, which means nothing to this upstream and which
    /// it would reject; a translation leaves it out.
    /// </summary>
    public override bool CanPassThrough(in PassthroughBody body) => !AnthropicReasoningEnvelope.IsIn(body.Bytes) && !HasUnknownDeferral(body);

    /// <inheritdoc/>
    public override void EditPassthrough(in PassthroughBody body, ref BodyEdits edits)
    {
        // Only Anthropic itself holds threads; a host that speaks its protocol would answer a last turn without those before it.
        if (!body.IsVendor && body.ContinuesThread) throw AnthropicThreads.Refusal(AnthropicThreads.HoldsNone);
        ValidatedToolChoice.Replace(body, "{\"type\":\"auto\"}"u8, ref edits);
        if (!body.IsVendor && !body.System.Equals(default) && AnthropicAttribution.Find(body.Bytes, body.System) is var line && !line.Equals(default))
        {
            edits.Add(line, []);
            edits.Report(AnthropicAttribution.Loss);
        }

        ChatDemandedReasoning.Add(Protocol, body, ref edits);
    }

    /// <inheritdoc/>
    public override void CarryHeaders(IReadOnlyList<KeyValuePair<string, string>> headers, ConversationRequest conversation, Protocol target, UpstreamModel model)
        => AnthropicBetaHeaders.Apply(headers, conversation, target, model);

    /// <inheritdoc/>
    public override void CheckTranslation(ConversationRequest request, Protocol target)
    {
        if (target != Protocol.AnthropicMessages) AnthropicThreads.RefuseContinuation(request);
    }

    /// <inheritdoc/>
    public override void AddRateLimitHeaders(ICollection<KeyValuePair<string, string>> headers, in RateLimitState state, DateTimeOffset now) => AnthropicRateLimitHeaders.Add(headers, state, now);

    /// <inheritdoc/>
    public override bool IsPreamble(ReadOnlySpan<byte> data) => TopLevelJsonScanner.TextOf(data, "type"u8) is var type && (type.SequenceEqual("message_start"u8) || type.SequenceEqual("ping"u8));

    /// <inheritdoc/>
    public override bool IsNativeError(in SseFrame frame) => frame.Name.Span.SequenceEqual("error"u8) && TopLevelJsonScanner.TextOf(frame.Data.Span, "type"u8).SequenceEqual("error"u8);

    /// <inheritdoc/>
    public override StreamEnd EndOf(ReadOnlySpan<byte> data, bool hasContent) => new(data.IndexOf("\"message_stop\""u8) >= 0);

    /// <inheritdoc/>
    public override ToolCallProgress CreateCallProgress() => new AnthropicCallProgress();

    /// <summary>
    /// Deferred tools mean nothing to other models behind Anthropic's protocol: they would see all of them or none, and searches that found
    /// nothing. A translation declares what was found.
    /// </summary>
    private static bool HasUnknownDeferral(in PassthroughBody body)
    {
        if (body.Model.EffectiveFamily == SignatureFamily.Claude) return false;
        // What was found stands in the turns, what is deferred beside them: each byte is looked at once.
        var bytes = body.Bytes;
        var turns = body.Turns;
        return bytes[turns].IndexOf("\"tool_reference\""u8) >= 0 || bytes[..turns.Start.Value].IndexOf("\"defer_loading\""u8) >= 0 || bytes[turns.End.Value..].IndexOf("\"defer_loading\""u8) >= 0;
    }
}
