using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Server.Http;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Api.Shared;

/// <summary>Counts a prompt's tokens: by the upstream where it offers that, else here.</summary>
internal sealed class CountTokensEndpoint(ClientEndpoint endpoint, GracefulShutdown shutdown, IAdmissionController admission, TokenCounter counter, RefusalRecorder refusals)
{
    public Task HandleAsync(HttpContext context, IClientProtocol protocol, RequestTarget target = default, Func<ReadOnlyMemory<byte>, OpenedBody>? open = null, Func<ReadOnlyMemory<byte>, ValueTask<RequestTarget?>>? settle = null)
        => endpoint.HandleAsync(context, protocol, target, async (request, _) =>
        {
            using var open = shutdown.Track();
            var pass = admission.AcquireForCounting(request);
            var channel = HttpResponseChannel.For(context, protocol.Protocol, pass.Headers);
            if (pass.Refusal is not { } refusal)
            {
                await counter.CountAsync(request, channel, context.RequestAborted);
                return;
            }

            refusals.Record(context, protocol.Protocol, refusal);
            await ErrorAnswer.WriteAsync(protocol, refusal, channel, new AnswerHeaders { Flow = request.FlowId, RetryAfter = refusal.RetryAfter }, upstreamBody: default, context.RequestAborted);
        }, open, settle);
}
