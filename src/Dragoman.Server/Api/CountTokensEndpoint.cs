using Dragoman.Server.Hosting;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Api;

/// <summary>Counts a prompt's tokens: by the upstream where it offers that, else here.</summary>
internal sealed class CountTokensEndpoint(GatewayServices services)
{
    public Task HandleAsync(HttpContext context, IClientLanguage language, RequestTarget target = default)
        => ClientDoor.PassAsync(context, services, language, target, async request =>
        {
            using var open = services.Draining.Enter();
            await services.TokenCounter.CountAsync(request, new HttpChannel(context), context.RequestAborted);
        });
}
