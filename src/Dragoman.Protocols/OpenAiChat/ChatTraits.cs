using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Protocols.OpenAiChat;

/// <summary>What the rest of the gateway may ask about OpenAI Chat Completions.</summary>
internal sealed class ChatTraits : ProtocolTraits
{
    /// <inheritdoc/>
    public override Protocol Protocol => Protocol.OpenAiChat;

    /// <inheritdoc/>
    public override string Name => "openai-chat";

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> EventMark => "\"choices\""u8;

    /// <inheritdoc/>
    public override bool ReportsUsageAtEnd => true;

    /// <inheritdoc/>
    public override void EditPassthrough(in PassthroughBody body, ref BodyEdits edits)
    {
        base.EditPassthrough(body, ref edits);
        if (ChatUsageOption.IsMissing(body.Stream, body.IncludesUsage)) ChatUsageOption.Add(body, ref edits);
        ChatDemandedReasoning.Add(Protocol, body, ref edits);
        ChatCacheMarks.Cut(body, ref edits);
    }

    /// <inheritdoc/>
    public override IStreamFilter? OpenPassthroughFilter(bool stream, bool includesUsage) => ChatUsageOption.IsMissing(stream, includesUsage) ? new ChatUsageChunkFilter() : null;

    /// <inheritdoc/>
    public override bool IsPreamble(ReadOnlySpan<byte> data) => ChatPreamble.Is(data);

    /// <inheritdoc/>
    public override bool IsNativeError(in SseFrame frame)
    {
        var scanner = new TopLevelJsonScanner(frame.Data.Span);
        while (scanner.Next())
        {
            if (scanner.Name.SequenceEqual("error"u8) && scanner.Value[0] is ((byte)'{' or (byte)'"')) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override StreamEnd EndOf(ReadOnlySpan<byte> data, bool hasContent) => ChatStreamEnd.Of(data, hasContent);

    /// <inheritdoc/>
    public override ToolCallProgress CreateCallProgress() => new ChatCallProgress();
}
