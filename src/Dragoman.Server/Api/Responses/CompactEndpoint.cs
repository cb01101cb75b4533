using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Responses;

/// <summary><c>POST /v1/responses/compact</c>: asks for a summary of a conversation and answers with it.</summary>
internal sealed class CompactEndpoint(StoredItemEndpoint routes, RequestBodyReader bodies, ClientRequestReader requests, ConversationResolver conversations, RequestPipeline pipeline, TimeProvider time)
{
    private static readonly IClientProtocol Responses = ProtocolRegistry.Client(Protocol.OpenAiResponses);

    public Task CompactAsync(HttpContext context) => routes.RunAsync(context, async (owner, flow) =>
    {
        using var body = await bodies.ReadAsync(context, context.RequestAborted);
        var head = RequestEnvelope.Read(body.WrittenSpan);
        if (head.Stream) throw StoredResponseErrors.Invalid("A compaction is not streamed: leave 'stream' out, or false.", "stream", "unsupported_parameter");
        var turn = await conversations.PrepareAsync(owner, body.WrittenMemory, head, request: null);
        var items = ConversationCompaction.ItemsOf(turn.Body);
        var request = requests.Read(
            context.Request, Responses, default, ConversationCompaction.WriteRequest(turn.Body, items), flow, allowPassthrough: !turn.IsRewritten && !ConversationResolver.HoldsEnvelopes(turn.Body.Span));
        using var channel = new CollectingChannel();
        await pipeline.HandleAsync(request, channel, context.RequestAborted);
        await AnswerAsync(context, flow, channel, items);
    });

    private async Task AnswerAsync(HttpContext context, string flow, CollectingChannel channel, IReadOnlyList<JsonSlice> items)
    {
        if (context.RequestAborted.IsCancellationRequested) return;
        if (channel.Answer.Status != 200)
        {
            var way = HttpResponseChannel.For(context, Responses.Protocol);
            way.Begin(channel.Answer.Status == 0 ? 502 : channel.Answer.Status, "application/json", channel.Headers);
            await way.Body.WriteAsync(channel.Answer.Whole, context.RequestAborted);
            return;
        }

        var response = channel.Answer.WholeResponse();
        var summary = ConversationCompaction.SummaryOf(response);
        await StoredItemEndpoint.AnswerAsync(context, flow, json => ConversationCompaction.Write(json, summary, response, items, time.GetUtcNow()));
    }
}
