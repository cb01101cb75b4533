using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>Anthropic Messages as upstreams speak it: Anthropic itself, and providers that offer other models in its protocol.</summary>
public sealed class AnthropicUpstream(AnthropicUpstreamOptions? options = null) : IUpstreamProtocol
{
    private readonly AnthropicUpstreamOptions _options = options ?? new();

    /// <summary>The instance with the usual options.</summary>
    public static AnthropicUpstream Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.AnthropicMessages;

    /// <inheritdoc/>
    public AnswerMembers AnswerMembers { get; } = new() { Others = ["content"u8.ToArray()] };

    /// <summary>
    /// The beta flags that belong in the <c>anthropic-beta</c> header of the request: those the client put into its body, and those that
    /// tools translated from other protocols need.
    /// </summary>
    public static IReadOnlyList<string> BetasOf(TranslationContext exchange) => AnthropicBetas.Collect(exchange);

    /// <inheritdoc/>
    public void WriteRequest(TranslationContext exchange, IBufferWriter<byte> output)
        => AnthropicRequestWriter.Write(exchange, new(Protocol, _options.AddCacheHints, Counting: false), output);

    /// <summary>Writes the body of a <c>count_tokens</c> request: the same prompt, without what that endpoint refuses.</summary>
    public bool WriteCountRequest(TranslationContext exchange, IBufferWriter<byte> output)
    {
        AnthropicRequestWriter.Write(exchange, new(Protocol, AddCacheHints: false, Counting: true), output);
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, string>> HeadersOf(TranslationContext exchange)
    {
        var betas = AnthropicBetas.Collect(exchange);
        return betas.Count == 0 ? [] : [new("anthropic-beta", string.Join(',', betas))];
    }

    /// <summary>Reads the answer to a <c>count_tokens</c> request; null when it says no number.</summary>
    public static long? ReadCount(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.NextProperty())
            {
                var isCount = reader.ValueTextEquals("input_tokens"u8);
                reader.Read();
                if (isCount) return reader.Int64OrNull();
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // An answer that is not JSON counts nothing; the caller falls back on its own estimate.
        }

        return null;
    }

    /// <summary>Whether the reason of an answer's end says that it was cut off: then a call in it may be torn, and its client knows.</summary>
    public static bool IsTruncation(ReadOnlySpan<byte> stopReason) => AnthropicStop.Read(System.Text.Encoding.UTF8.GetString(stopReason), null, default).IsCut;

    /// <inheritdoc/>
    public IStreamReader OpenStream(TranslationContext exchange, IAnswerSink sink) => new AnthropicStreamReader(exchange, sink);

    /// <inheritdoc/>
    public void ReadAnswer(ReadOnlyMemory<byte> body, TranslationContext exchange, IAnswerSink sink)
    {
        if (!ErrorInAnswer.TryReport(this, body, sink)) AnthropicAnswerReader.Read(body, exchange, sink);
    }

    /// <inheritdoc/>
    public bool TryReadUsage(ReadOnlyMemory<byte> body, out TokenUsage usage) => AnthropicUsage.TryReadOf(body.Span, out usage);

    /// <inheritdoc/>
    public WireError ReadError(int status, ReadOnlyMemory<byte> body) => AnthropicErrors.Read(status == 0 ? null : status, body);
}
