using System.Text.Json;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Streaming;

/// <summary>
/// Tells whether an answer that passes unread has said anything that its client would see as content, by the same measure as a translated one: what
/// <see cref="AnswerNormalizer"/> makes a block of. A frame behind the greeting need not say anything: it may be the end.
/// </summary>
internal sealed class ContentProbe
{
    private readonly AnswerNormalizer _answer;
    private readonly IStreamReader _reader;

    public ContentProbe(Protocol protocol, UpstreamModel model)
    {
        var exchange = ExchangeFor(protocol, model);
        _answer = new AnswerNormalizer(exchange, new Nowhere());
        _reader = ProtocolRegistry.Upstream(protocol).OpenStream(exchange, _answer);
    }

    /// <summary>Looks at the next event; true as soon as there was content.</summary>
    public bool Read(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> data)
    {
        _reader.Read(name, data);
        return _answer.HasContent;
    }

    /// <summary>What a whole answer says that it used, and whether it has content; null where it cannot be read.</summary>
    public static (TokenUsage Usage, bool HasContent)? Whole(Protocol protocol, UpstreamModel model, ReadOnlyMemory<byte> body)
    {
        try
        {
            var upstream = ProtocolRegistry.Upstream(protocol);
            if (upstream.TryReadUsage(body, out var usage) && usage is { InputTokens: not null, OutputTokens: { } output }) return (usage, output > 0);
            var exchange = ExchangeFor(protocol, model);
            var answer = new AnswerNormalizer(exchange, new Nowhere());
            upstream.ReadAnswer(body, exchange, answer);
            return (answer.Usage, answer.HasContent);
        }
        catch (Exception ex) when (ex is JsonException or InvalidDataException)
        {
            // The client got what the upstream said; that it cannot be read is theirs to find.
            return null;
        }
    }

    private static TranslationContext ExchangeFor(Protocol protocol, UpstreamModel model) => new(new ConversationRequest { Source = protocol, Model = model.Id }, model);

    private sealed class Nowhere : IAnswerSink
    {
        public void Write(in AnswerEvent answerEvent)
        {
        }
    }
}
