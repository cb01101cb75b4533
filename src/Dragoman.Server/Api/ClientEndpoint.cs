using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>The way in that every call of a client takes: its key is checked, its body read, and what is wrong with either told in its language.</summary>
internal static class ClientEndpoint
{
    /// <param name="context">The call.</param>
    /// <param name="services">The gateway.</param>
    /// <param name="language">The client's language.</param>
    /// <param name="target">What the address says.</param>
    /// <param name="handle">Handles the request. The buffer holds its body, and is given back behind it at the latest.</param>
    public static async Task PassAsync(HttpContext context, GatewayServices services, IClientProtocol language, RequestTarget target, Func<ClientRequest, PooledBuffer, Task> handle)
    {
        var flow = RequestIds.NewFlow(services.Time);
        if (ClientAuthentication.Check(context, services) is { } refusal)
        {
            services.Recorder.Refused(context, language.Language, refusal, flow);
            await ClientAuthentication.RefuseAsync(context, language, refusal, flow);
            return;
        }

        try
        {
            using var body = await RequestBody.ReadAsync(context, services, context.RequestAborted);
            await handle(ClientRequestReading.Read(context.Request, language, target, body.WrittenMemory, flow, services), body);
        }
        catch (WireException ex)
        {
            services.Recorder.Refused(context, language.Language, ex.Error, flow);
            await ClientAuthentication.RefuseAsync(context, language, ex.Error, flow);
        }
        catch (Exception ex) when (context.RequestAborted.IsCancellationRequested && ex is OperationCanceledException or IOException)
        {
            // The client left while its request was still being read.
        }
    }
}
