using System.Buffers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding;

/// <summary>Tells a client of an error, in its own protocol.</summary>
public static class ErrorAnswer
{
    /// <summary>Writes an error answer: status, headers and body, or an error event where a stream has begun.</summary>
    public static async Task WriteAsync(
        IClientProtocol protocol,
        WireError error,
        IResponseChannel channel,
        AnswerHeaders headers,
        ReadOnlyMemory<byte> upstreamBody,
        CancellationToken cancellationToken)
    {
        // One id for header and body, whoever gave it.
        var id = error.RequestId ?? (headers.Flow is { } flow ? RequestIdOf(flow) : null);
        error = error with { RequestId = id };
        if (channel.HasBegun)
        {
            using var frames = new PooledBuffer();
            var exchange = new TranslationContext(new ConversationRequest { Source = protocol.Protocol }, new UpstreamModel(""));
            protocol.OpenStream(exchange, frames).Write(AnswerEvent.Failed(error));
            channel.Body.Write(frames.WrittenSpan);
        }
        else
        {
            var status = upstreamBody.IsEmpty ? protocol.StatusOf(error) : error.EffectiveStatus;
            if (protocol.ErrorHeader(error) is { } type) headers = headers with { Upstream = [.. headers.Upstream.Where(header => !header.Key.Equals(type.Key, StringComparison.OrdinalIgnoreCase)), type] };
            if (error.Kind == ErrorKind.NeedsOwner) headers = headers with { Upstream = [.. headers.Upstream.Where(header => !header.Key.Equals(AnswerHeaders.DoNotRetry.Key, StringComparison.OrdinalIgnoreCase)), AnswerHeaders.DoNotRetry] };
            channel.Begin(status, "application/json", headers with { RequestId = id, RetryAfter = headers.RetryAfter ?? error.RetryAfter });
            // An upstream of the client's own protocol has said it best already: clients match on wording and on fields we do not know.
            if (!upstreamBody.IsEmpty) channel.Body.Write(upstreamBody.Span);
            else protocol.WriteError(error, channel.Body);
        }

        await channel.Body.FlushAsync(cancellationToken);
    }

    /// <summary>The request id that clients see where no upstream gave one.</summary>
    public static string RequestIdOf(string flow) => "req_" + flow;
}
