using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>
/// The beta flags of a Messages client stand in a header. Where a request is translated they become part of the conversation for upstreams that
/// speak Anthropic's protocol (Bedrock wants them in the body); to all others they say nothing.
/// </summary>
internal static class AnthropicBetaHeaders
{
    private const string Header = "anthropic-beta";

    /// <summary>Adds the header's flags for a target that knows them, and takes those away that an earlier candidate was given.</summary>
    public static void Apply(IReadOnlyList<KeyValuePair<string, string>> headers, ConversationRequest conversation, Protocol target, UpstreamModel model)
    {
        foreach (var (name, value) in headers)
        {
            if (!name.Equals(Header, StringComparison.OrdinalIgnoreCase)) continue;
            var extra = new Extra(Protocol.AnthropicMessages, "betas", new JsonSlice(Quoted(value)));
            conversation.Extras.RemoveAll(known => known.Protocol == extra.Protocol && known.Name == extra.Name && known.Value.Bytes.Span.SequenceEqual(extra.Value.Bytes.Span));
            var isKnown = target is Protocol.AnthropicMessages or Protocol.BedrockAnthropic || (target == Protocol.BedrockConverse && (model.Family == SignatureFamily.Claude || UpstreamModel.FamilyOf(model.Id) == SignatureFamily.Claude));
            if (isKnown) conversation.Extras.Add(extra);
        }
    }

    private static byte[] Quoted(string value)
    {
        using var buffer = new PooledBuffer();
        buffer.Write("\""u8);
        JsonText.From(value).AppendEscaped(buffer);
        buffer.Write("\""u8);
        return buffer.WrittenSpan.ToArray();
    }
}
