using System.Buffers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding;

/// <summary>
/// The beta flags of a Messages client stand in a header. In the translate lane they become part of the conversation for upstreams that
/// speak Anthropic's language (Bedrock wants them in the body); to all others they say nothing.
/// </summary>
internal static class AnthropicBetaHeaders
{
    private const string Header = "anthropic-beta";

    /// <summary>Adds the header's flags for a target that knows them, and takes those away that an earlier candidate was given.</summary>
    public static void Apply(ClientRequest request, ConversationRequest conversation, Protocol target, UpstreamModel model)
    {
        if (request.Language.Language != Protocol.AnthropicMessages) return;
        foreach (var (name, value) in request.LanguageHeaders)
        {
            if (!name.Equals(Header, StringComparison.OrdinalIgnoreCase)) continue;
            var extra = new Extra(Protocol.AnthropicMessages, "betas", new JsonSlice(Quoted(value)));
            conversation.Extras.RemoveAll(known => known.Language == extra.Language && known.Name == extra.Name && known.Value.Bytes.Span.SequenceEqual(extra.Value.Bytes.Span));
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
