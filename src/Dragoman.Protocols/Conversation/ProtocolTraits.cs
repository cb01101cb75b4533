using System.Buffers;
using Dragoman.Protocols.Framing;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// What the rest of the gateway may ask about a protocol. Each protocol's folder has one such class; outside this project nobody decides by a
/// protocol's name. The instances have no state.
/// </summary>
public abstract class ProtocolTraits
{
    /// <summary>The protocol.</summary>
    public abstract Protocol Protocol { get; }

    /// <summary>The protocol's name in records and addresses (<c>openai-chat</c>).</summary>
    public abstract string Name { get; }

    /// <summary>The protocol whose bodies this one carries in an envelope of its own; itself where it has bodies of its own.</summary>
    public virtual Protocol BodyProtocol => Protocol;

    /// <summary>The protocol that a model of an account of this protocol is asked in; a host may choose by the model.</summary>
    public virtual Protocol ProtocolFor(UpstreamModel model) => Protocol;

    /// <summary>A model's name without the part that only chooses its protocol (<see cref="ProtocolFor"/>).</summary>
    public virtual string ModelNameOf(string name) => name;

    /// <summary>How a model of this protocol is asked for an effort, where its owner only says that it takes one.</summary>
    public virtual ReasoningStyle EffortStyle => ReasoningStyle.Effort;

    /// <summary>Whether the address of a request names its model and says whether a stream is asked for.</summary>
    public virtual bool NamesModelInAddress => false;

    /// <summary>Where clients send a request of the protocol.</summary>
    /// <param name="model">The model, for protocols whose address names it.</param>
    /// <param name="stream">Whether a stream is asked for, for protocols whose address says so.</param>
    public virtual string PathFor(string model, bool stream) => "/v1/chat/completions";

    /// <summary>What the protocol's requests ask for, as OpenTelemetry's conventions for generative AI name it (<c>gen_ai.operation.name</c>, v1.41).</summary>
    public virtual string TelemetryOperation => "chat";

    /// <summary>Whether the end of a stream repeats the texts before it, so that they have to be kept.</summary>
    public virtual bool RepeatsTextAtEnd => false;

    /// <summary>Whether a stream states the size of the prompt before the upstream may have said it.</summary>
    public virtual bool StatesPromptSizeFirst => false;

    /// <summary>What stands in every event of an answer; an event without it may be an error in the form of another API.</summary>
    public virtual ReadOnlySpan<byte> EventMark => "\"type\""u8;

    /// <summary>Whether a stream reader holds the usage back until the stream has ended.</summary>
    public virtual bool ReportsUsageAtEnd => false;

    /// <summary>Whether a client of the protocol may be answered by passing its body on; false where the model would not understand what only a translation can replace.</summary>
    public virtual bool CanPassThrough(in PassthroughBody body) => true;

    /// <summary>Adds the changes that a body needs which is otherwise passed on as it is.</summary>
    /// <exception cref="WireException">The upstream cannot answer the request.</exception>
    public virtual void EditPassthrough(in PassthroughBody body, ref BodyEdits edits) => ValidatedToolChoice.Replace(body, "\"auto\""u8, ref edits);

    /// <summary>Opens the filter for a stream that answers a body of <see cref="EditPassthrough"/>; null where the stream passes as it is.</summary>
    /// <param name="stream">Whether the client asked for a stream.</param>
    /// <param name="includesUsage">Whether the client itself asked for usage inside the stream.</param>
    public virtual IStreamFilter? OpenPassthroughFilter(bool stream, bool includesUsage) => null;

    /// <summary>
    /// Writes a request's body without the encrypted reasoning in it, which only the organization can read whose account has made it; false where there is none. The conversation stays whole without it.
    /// </summary>
    public virtual bool TryLeaveOutReasoning(ReadOnlyMemory<byte> body, IBufferWriter<byte> output) => false;

    /// <summary>Makes the client's headers that say something of the request part of the conversation, for a target that takes it.</summary>
    public virtual void CarryHeaders(IReadOnlyList<KeyValuePair<string, string>> headers, ConversationRequest conversation, Protocol target, UpstreamModel model)
    {
    }

    /// <summary>Checks that a request can be answered by an upstream of another protocol.</summary>
    /// <exception cref="WireException">The request needs what the other protocol does not have.</exception>
    public virtual void CheckTranslation(ConversationRequest request, Protocol target)
    {
    }

    /// <summary>The error in the form that clients of the protocol draw the right conclusion from, where the common one misleads them.</summary>
    public virtual WireError ForClients(WireError error) => error;

    /// <summary>Adds the headers that tell a client how much of a rate limit it has used, in the spelling its SDK knows.</summary>
    public virtual void AddRateLimitHeaders(ICollection<KeyValuePair<string, string>> headers, in RateLimitState state, DateTimeOffset now) => RateLimitHeaders.Add(headers, state);

    /// <summary>Writes the error event of a stream that passes in the upstream's own words; false where they are not in the protocol's form.</summary>
    public virtual bool TryWriteUpstreamError(ReadOnlyMemory<byte> error, IBufferWriter<byte> output) => false;

    /// <summary>
    /// Whether an event, by its data, belongs to the preamble with which an upstream opens its stream before it has answered anything. What is not
    /// known counts as answer: only what certainly says nothing is held back.
    /// </summary>
    public virtual bool IsPreamble(ReadOnlySpan<byte> data) => false;

    /// <summary>Whether an error event has the form in which clients of the protocol look for one; then it passes as it is.</summary>
    public virtual bool IsNativeError(in SseFrame frame) => false;

    /// <summary>What an event says about the end of its stream. Not asked any more once the stream is complete.</summary>
    /// <param name="data">The event's data.</param>
    /// <param name="hasContent">Whether the stream has come past its preamble.</param>
    public virtual StreamEnd EndOf(ReadOnlySpan<byte> data, bool hasContent) => new(IsComplete: true);

    /// <summary>The progress of the tool calls of an answer; null for a protocol that has none.</summary>
    public virtual ToolCallProgress? CreateCallProgress() => null;

    /// <summary>Where a stream stands that passes; null for a protocol whose events do not count.</summary>
    public virtual StreamPosition? CreateStreamPosition() => null;
}
