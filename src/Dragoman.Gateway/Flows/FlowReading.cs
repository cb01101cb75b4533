using System.Text;
using System.Text.Json;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Flows;

/// <summary>Reads recorded bodies as a conversation, where they are whole enough to be read.</summary>
public static class FlowReading
{
    /// <summary>What the client asked; null where it was not recorded or cannot be read any more.</summary>
    public static ConversationRequest? Request(FlowRecord flow, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(flow);
        if (body.IsEmpty || ProtocolRegistry.FromName(flow.ClientProtocol) is not { } protocol) return null;
        try
        {
            Utf8TokenReader.Check(body.Span);
            return ProtocolRegistry.Client(protocol).ReadRequest(body, ProtocolRegistry.Traits(protocol).NamesModelInAddress ? new RequestTarget(flow.RequestedModel, flow.Stream) : default);
        }
        catch (Exception ex) when (ex is JsonException or WireException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>What the client was answered, in the protocol of the client; null where that cannot be read.</summary>
    /// <param name="protocol">The client's protocol.</param>
    /// <param name="mediaType">The answer's media type.</param>
    /// <param name="body">The answer.</param>
    public static Answer? Answer(Protocol protocol, string mediaType, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        if (body.IsEmpty || !ProtocolRegistry.HasBothHalves(protocol)) return null;
        try
        {
            var reader = ProtocolRegistry.Upstream(protocol);
            var exchange = new TranslationContext(new ConversationRequest { Source = protocol }, new UpstreamModel(""));
            var folder = new AnswerAggregator();
            var normalizer = new AnswerNormalizer(exchange, folder);
            if (mediaType.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase)) UpstreamFrames.ReadAll(body, reader, exchange, normalizer);
            else reader.ReadAnswer(body, exchange, normalizer);
            normalizer.Complete();
            return folder.Answer;
        }
        catch (Exception ex) when (ex is JsonException or WireException or InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The text of blocks, as a reader would see it.</summary>
    public static string TextOf(IEnumerable<Block> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var text = new StringBuilder();
        foreach (var block in blocks)
        {
            var piece = block switch
            {
                TextBlock said => said.Text.ToString(),
                RefusalBlock refusal => refusal.Text.ToString(),
                ToolResultBlock result => TextOf(result.Content),
                _ => "",
            };
            if (piece.Length == 0) continue;
            if (text.Length > 0) text.Append('\n');
            text.Append(piece);
        }

        return text.ToString();
    }
}
