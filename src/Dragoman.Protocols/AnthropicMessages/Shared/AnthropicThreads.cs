using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>
/// Anthropic's message threads: the server holds the conversation under the answer's id, and the next request sends only what is new
/// (<c>"thread":{"type":"continue","previous_message_id":…}</c>). The official SDKs' tool runners do so unasked.
/// </summary>
public static class AnthropicThreads
{
    /// <summary>
    /// The code after which the SDKs' tool runners send the whole conversation, and no thread again. After <c>thread_not_found</c> they would
    /// start another thread, and be refused again at its next turn (@anthropic-ai/sdk 1.14, <c>lib/internal/threads/ThreadState.ts</c>).
    /// </summary>
    internal const string Unsupported = "thread_unsupported_request";

    /// <summary>Why a request that continues a thread is refused where the upstream is not Anthropic itself.</summary>
    public const string HoldsNone = "the upstream of this model holds no threads";

    /// <summary>
    /// Refuses a request that continues a thread, for an upstream that holds none: it would answer the last turn without those before it.
    /// To start a thread needs no refusal, because such a request has the whole conversation in it.
    /// </summary>
    /// <exception cref="WireException">The request continues a thread.</exception>
    public static void RefuseContinuation(ConversationRequest request)
    {
        foreach (var extra in request.Extras)
        {
            if (extra.Protocol != Protocol.AnthropicMessages || extra.Name != "thread" || !Continues(extra.Value)) continue;
            throw Refusal(HoldsNone);
        }
    }

    /// <summary>The error after which a client sends the whole conversation, and no thread again.</summary>
    public static WireException Refusal(string reason)
        => new(new WireError(ErrorKind.InvalidRequest, $"thread: {reason}; send the whole conversation without 'thread'.") { Code = Unsupported, Param = "thread" });

    private static bool Continues(JsonSlice thread)
    {
        var reader = thread.Read();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.NextProperty())
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType) return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("continue"u8);
            reader.Skip();
        }

        return false;
    }
}
