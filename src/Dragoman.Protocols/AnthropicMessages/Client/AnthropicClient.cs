using System.Buffers;
using Dragoman.Protocols.AnthropicMessages.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Client;

/// <summary>Anthropic Messages as clients speak it: Claude Code, the Anthropic SDKs and whatever imitates them.</summary>
public sealed class AnthropicClient : IClientProtocol
{
    private AnthropicClient()
    {
    }

    /// <summary>The one instance.</summary>
    public static AnthropicClient Instance { get; } = new();

    /// <inheritdoc/>
    public Protocol Protocol => Protocol.AnthropicMessages;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Ping => "event: ping\ndata: {\"type\":\"ping\"}\n\n"u8;

    /// <inheritdoc/>
    public ConversationRequest ReadRequest(ReadOnlyMemory<byte> body, RequestTarget target = default)
        => Read(body, target, counting: false);

    /// <summary>Reads the body of a <c>count_tokens</c> request: a request without a limit to its answer. The result borrows <paramref name="body"/>.</summary>
    /// <exception cref="WireException">The body is not one of this protocol.</exception>
    public ConversationRequest ReadCountRequest(ReadOnlyMemory<byte> body, RequestTarget target = default) => Read(body, default, counting: true);

    /// <inheritdoc/>
    public IAnswerSink OpenStream(TranslationContext exchange, IBufferWriter<byte> output) => new AnthropicStreamWriter(exchange, output);

    /// <inheritdoc/>
    public void WriteAnswer(Answer answer, TranslationContext exchange, IBufferWriter<byte> output) => AnthropicAnswerWriter.Write(answer, exchange, output);

    /// <summary>Writes the answer to a <c>count_tokens</c> request.</summary>
    public void WriteTokenCount(long count, IBufferWriter<byte> output)
    {
        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        writer.WriteNumber("input_tokens"u8, count);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    /// <inheritdoc/>
    public void WriteError(WireError error, IBufferWriter<byte> output) => AnthropicErrors.Write(error, output);

    /// <inheritdoc/>
    public int StatusOf(WireError error) => AnthropicErrors.StatusOf(error);

    private static ConversationRequest Read(ReadOnlyMemory<byte> body, RequestTarget target, bool counting)
    {
        try
        {
            return AnthropicRequestReader.Read(body, target, counting);
        }
        catch (InvalidOperationException e)
        {
            // A name that is not Unicode text; values are read with a replacement character.
            throw WireException.Invalid($"The request body is not valid JSON: {e.Message}");
        }
    }
}
