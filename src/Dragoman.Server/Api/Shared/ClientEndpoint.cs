using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Server.Http;
using Dragoman.Server.Listeners;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Api.Shared;

/// <summary>The way in that every call of a client takes: its key is checked, its body read, and what is wrong with either reported in its protocol.</summary>
internal sealed class ClientEndpoint(ClientAuthentication authentication, RequestBodyReader bodies, ClientRequestReader requests, RefusalRecorder refusals, TimeProvider time)
{
    /// <param name="context">The call.</param>
    /// <param name="protocol">The client's protocol.</param>
    /// <param name="target">What the address says.</param>
    /// <param name="handle">Handles the request. The buffer holds its body, and is given back behind it at the latest.</param>
    /// <param name="open">Takes the request out of a wrapping, which then says what the address does not; null where there is none.</param>
    /// <param name="settle">Looks into the body for what the address does not say; it gives the target, or null where it has answered the call itself. Null where the address says all.</param>
    public async Task HandleAsync(HttpContext context, IClientProtocol protocol, RequestTarget target, Func<ClientRequest, PooledBuffer, Task> handle, Func<ReadOnlyMemory<byte>, OpenedBody>? open = null, Func<ReadOnlyMemory<byte>, ValueTask<RequestTarget?>>? settle = null)
    {
        var flow = FlowId.New(time);
        if (authentication.Check(context) is { } refusal)
        {
            refusals.Record(context, protocol.Protocol, refusal, flow);
            await ErrorResponse.WriteAsync(context, protocol, refusal, flow);
            return;
        }

        try
        {
            using var body = await bodies.ReadAsync(context, context.RequestAborted);
            if (settle is not null)
            {
                if (await settle(body.WrittenMemory) is not { } settled) return;
                target = settled;
            }

            using var completed = ListenerSurface.RulesOf(context)?.Complete(protocol.Protocol, body.WrittenSpan);
            if (open is not null)
            {
                var opened = open((completed ?? body).WrittenMemory);
                using var inside = opened.Body;
                await handle(requests.Read(context.Request, protocol, opened.Target, inside.WrittenMemory, flow, session: opened.Session), inside);
                return;
            }

            var whole = completed ?? body;
            await handle(requests.Read(context.Request, protocol, target, whole.WrittenMemory, flow), whole);
        }
        catch (WireException ex)
        {
            refusals.Record(context, protocol.Protocol, ex.Error, flow);
            await ErrorResponse.WriteAsync(context, protocol, ex.Error, flow);
        }
        catch (Exception ex) when (context.RequestAborted.IsCancellationRequested && ex is OperationCanceledException or IOException)
        {
            // The client left while its request was still being read.
        }
    }
}
