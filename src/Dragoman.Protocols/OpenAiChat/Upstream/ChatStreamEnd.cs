using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>The end of a Chat stream that passes: the reason (<c>finish_reason</c>), or <c>[DONE]</c>.</summary>
internal static class ChatStreamEnd
{
    private static readonly WireError NoReason = new(ErrorKind.Api, "The upstream ended the stream without saying why the answer ends.") { Status = 502, Code = "upstream_stream_ended" };

    /// <summary>What an event says about the end. Not asked any more behind a reason.</summary>
    public static StreamEnd Of(ReadOnlySpan<byte> data, bool hasContent)
    {
        // It says that nothing more comes, not that what came is all that was meant.
        if (data.StartsWith("[DONE]"u8)) return new(IsComplete: false, hasContent ? NoReason : null);
        if (data.IndexOf("\"finish_reason\""u8) is not (>= 0 and var at) || WordAt(data[(at + 15)..]) is not { IsEmpty: false } word) return default;
        return new(IsComplete: true, ChatUpstream.FailureOf(word));
    }

    /// <summary>The text that is the value behind a name; empty for <c>null</c>, which says that there is more to come.</summary>
    private static ReadOnlySpan<byte> WordAt(ReadOnlySpan<byte> afterName)
    {
        if (afterName.IndexOfAnyExcept(" :\t"u8) is not (>= 0 and var start) || afterName[start] != (byte)'"') return default;
        var word = afterName[(start + 1)..];
        return word.IndexOf((byte)'"') is > 0 and var end ? word[..end] : default;
    }
}
