using System.Text.Json;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>
/// Answers the requests of one connection. What went before is remembered for as long as it is open, so that a client may send only what is
/// new even where nothing is stored.
/// </summary>
internal sealed class SocketTurns(SocketDependencies parts, HttpContext context, SocketWriter writer) : IDisposable
{
    private static readonly IClientProtocol Client = ProtocolRegistry.Client(Protocol.OpenAiResponses);
    private readonly SocketMemory _memory = new(parts.Memory, () => parts.Config().Limits.MaxQueuedBytes);
    private readonly string _owner = ClientAuthentication.IdentityOf(context).KeyId;

    /// <summary>Answers one request. Throws only when the client has left.</summary>
    public async Task RunAsync(ReadOnlyMemory<byte> message, string? streamId, CancellationToken gone)
    {
        try
        {
            // The connection may outlive its key, or the key's rights.
            if (parts.Authentication.Check(context) is { } refusal) throw new WireException(refusal);
            var request = SocketRequest.Read(new JsonSlice(message), _memory.LastOf(streamId));
            var head = RequestEnvelope.Read(request.Body.Span);
            var known = _memory.Find(head.PreviousResponseId);
            // A client that takes up an old session hands in its beginning first and all that was said as the continuation: nothing of it is said twice.
            if (request.ReplacesHistory && (known is null || known.Any(SocketRequest.HoldsHistory))) known = [];
            var turn = await parts.Conversations.PrepareAsync(_owner, request.Body, head, request: null, known);
            _memory.Began(streamId, request.Body);
            if (request.Generate) await ForwardAsync(turn, head, streamId, gone);
            else await PrewarmAsync(turn, streamId, gone);
        }
        catch (WireException ex)
        {
            parts.Refusals.Record(context, Protocol.OpenAiResponses, ex.Error);
            await writer.SendAsync(SocketErrors.Create(ex.Error), streamId, gone);
        }
        catch (JsonException ex)
        {
            await writer.SendAsync(SocketErrors.Create(StoredResponseErrors.Invalid($"websocket request is not valid JSON: {ex.Message}", code: "invalid_json").Error), streamId, gone);
        }
        catch (Exception) when (!gone.IsCancellationRequested)
        {
            // The recorder has reported it; the client must not be left waiting.
            await writer.SendAsync(SocketErrors.Create(new WireError(ErrorKind.Api, "The gateway failed to handle the request; its log says more.") { Code = "internal_error" }), streamId, gone);
        }
    }

    /// <summary>Forgets what went before.</summary>
    public void Dispose() => _memory.Dispose();

    private async Task ForwardAsync(PreparedTurn turn, RequestEnvelope head, string? streamId, CancellationToken gone)
    {
        var allowPassthrough = !turn.IsRewritten && !ConversationResolver.HoldsEnvelopes(turn.Body.Span);
        var request = parts.Requests.Read(context.Request, Client, default, turn.Body, FlowId.New(parts.Time), allowPassthrough);
        using var channel = new SocketChannel(writer, streamId, async (response, events) =>
        {
            if (InputItems.TextOf(response, "id"u8) is not { } id) return;
            if (InputItems.TextOf(response, "status"u8) != "failed") _memory.Remember(streamId, id, turn, ResponsesJsonEditor.OutputOf(response.Bytes));
            if (!head.StoreOff || turn.ConversationId is not null) await parts.Responses.KeepAsync(_owner, turn, head, response, events);
        });
        await parts.Pipeline.HandleAsync(request, channel, gone);
        gone.ThrowIfCancellationRequested();
        await channel.EndAsync(gone);
    }

    /// <summary>A request that generates nothing: the client only hands in the beginning of what it will ask. No upstream is called.</summary>
    private async Task PrewarmAsync(PreparedTurn turn, string? streamId, CancellationToken gone)
    {
        var conversation = Client.ReadRequest(turn.Body);
        var exchange = new TranslationContext(conversation, new UpstreamModel(conversation.Model))
        {
            AnswerId = "prewarm_" + Guid.CreateVersion7(parts.Time.GetUtcNow()).ToString("N"),
            CreatedAt = parts.Time.GetUtcNow().ToUnixTimeSeconds(),
        };
        using var output = new PooledBuffer();
        var stream = Client.OpenStream(exchange, output);
        stream.Write(AnswerEvent.Started(new AnswerStart()));
        stream.Write(AnswerEvent.UsageChanged(new TokenUsage { InputTokens = 0, OutputTokens = 0 }));
        stream.Write(AnswerEvent.Finished(new Finish(FinishReason.Stop)));
        using var frames = new AnswerFrames();
        frames.Begin(200, Client.StreamMediaType);
        frames.Append(output.WrittenSpan);
        var number = 0;
        while (frames.TryRead(out var data, out _))
        {
            var type = AnswerFrames.TypeOf(data);
            if (type == "response.in_progress") continue;
            using var changed = new PooledBuffer(data.Length + 16);
            JsonObjectPatch.Write(new JsonSlice(data), [("sequence_number", JsonSlice.Create(number++ == 0 ? "0"u8 : "1"u8))], changed);
            if (type == "response.completed") _memory.Remember(streamId, "resp_" + exchange.AnswerId, turn, default);
            await writer.SendAsync(changed.WrittenMemory, streamId, gone);
        }
    }
}
