using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>Counts a prompt's tokens: by the upstream where it offers that, else here.</summary>
internal sealed class CountTokensEndpoint(GatewayServices services)
{
    public Task HandleAsync(HttpContext context, IClientProtocol language, RequestTarget target = default)
        => ClientEndpoint.PassAsync(context, services, language, target, async (request, _) =>
        {
            using var open = services.Draining.Enter();
            var pass = services.Admission.EnterCount(request);
            var channel = new HttpChannel(context) { Limits = pass.Headers };
            if (pass.Refusal is not { } refusal)
            {
                await services.TokenCounter.CountAsync(request, channel, context.RequestAborted);
                return;
            }

            services.Recorder.Refused(context, language.Language, refusal);
            await ErrorAnswer.WriteAsync(language, refusal, channel, new AnswerHeaders { Flow = request.FlowId, RetryAfter = refusal.RetryAfter }, upstreamBody: default, context.RequestAborted);
        });
}
