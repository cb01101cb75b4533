using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>Lists the models, in the shape the caller's client expects.</summary>
internal sealed class ModelsEndpoint(GatewayServices services)
{
    public Task ListAsync(HttpContext context) => ClientGate.RefuseAsync(context, null!, null!, services.Time.ToString()!);

    public Task GetAsync(HttpContext context) => ListAsync(context);

    public Task ListGeminiAsync(HttpContext context) => ListAsync(context);

    public Task GetGeminiAsync(HttpContext context) => ListAsync(context);
}
