using System.Text.Json.Nodes;
using Dragoman.Protocols;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Amp;

/// <summary>
/// The routes of Amp's command line, as CLIProxyAPI serves them (wire note cliproxyapi 6.14): its models below <c>/api/provider</c>, everything else goes on to Amp. Clients that are told the address of one provider
/// (<c>…/api/provider/claude</c>) use the same routes.
/// </summary>
internal sealed class AmpRoutes(AmpModelCalls calls, AmpProxy proxy, ModelsEndpoint models, ClientAuthentication authentication) : ICliProxyRoutes
{
    private const string Google = "google";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        MapModels(routes.Open().WithBody(null));
        MapProxied(routes.Open().WithBody(null));
    }

    private void MapModels(SurfaceRoutes routes)
    {
        foreach (var version in (ReadOnlySpan<string>)["", "/v1"])
        {
            var start = "/api/provider/{provider}" + version;
            Post("/chat/completions", Protocol.OpenAiChat, "OpenAI's chat completions");
            Post("/completions", Protocol.OpenAiCompletions, "OpenAI's completions");
            Post("/responses", Protocol.OpenAiResponses, "OpenAI's responses");
            Post("/messages", Protocol.AnthropicMessages, "Anthropic's messages");
            routes.Post(start + "/messages/count_tokens", "Counts the tokens of Anthropic's messages.", _ => SurfaceAnswer.Stream(context => calls.CallAsync(context, Protocol.AnthropicMessages, isCount: true)));
            routes.Get(start + "/models", "The models, in the form of the provider.", call => SurfaceAnswer.Stream(context => models.ListAsync(context, FormOf(call.Route("provider")))));

            void Post(string path, Protocol protocol, string what)
                => routes.Post(start + path, what + ", answered here or by Amp.", _ => SurfaceAnswer.Stream(context => calls.CallAsync(context, protocol)));
        }

        routes.Get("/api/provider/{provider}/v1beta/models", "The models, in Gemini's form.", _ => SurfaceAnswer.Stream(context => models.ListAsync(context, Protocol.Gemini)));
        routes.Get("/api/provider/{provider}/v1beta/models/{**id}", "One model, in Gemini's form.", _ => SurfaceAnswer.Stream(context => models.GetAsync(context, Protocol.Gemini)));
        routes.Post("/api/provider/{provider}/v1beta/models/{**call}", "Gemini's methods, answered here or by Amp.", call => SurfaceAnswer.Stream(context => calls.CallGeminiAsync(context, call.Route("call"))));
        routes.Post("/api/provider/google/v1beta1/publishers/google/models/{**call}", "Gemini's methods as Vertex names them.", call => SurfaceAnswer.Stream(context => calls.CallGeminiAsync(context, call.Route("call"))));
    }

    private void MapProxied(SurfaceRoutes routes)
    {
        foreach (var area in (ReadOnlySpan<string>)["internal", "user", "auth", "meta", "ads", "telemetry", "threads", "otel", "tab"])
        {
            foreach (var method in Methods)
            {
                routes.Add(method, $"/api/{area}", "Goes on to Amp.", WithKey);
                routes.Add(method, $"/api/{area}/{{**rest}}", "Goes on to Amp.", WithKey);
            }
        }

        // Pages that a browser opens have no key. On the gateway's own listeners such addresses are not Amp's.
        var pages = routes.OnOwnListeners();
        foreach (var page in (ReadOnlySpan<string>)["/threads", "/docs", "/settings"])
        {
            pages.Get(page, "A page of Amp.", _ => Proxied());
            pages.Get(page + "/{**rest}", "A page of Amp.", _ => Proxied());
        }

        foreach (var feed in (ReadOnlySpan<string>)["/threads.rss", "/news.rss"]) pages.Get(feed, "A feed of Amp.", WithKey);
        foreach (var method in Methods)
        {
            pages.Add(method, "/auth", "Amp's sign-in.", _ => Proxied());
            pages.Add(method, "/auth/{**rest}", "Amp's sign-in.", _ => Proxied());
        }
    }

    private SurfaceAnswer WithKey(SurfaceCall call)
        => !HttpMethods.IsOptions(call.Context.Request.Method) && authentication.Check(call.Context) is { } refusal
            ? SurfaceAnswer.Json(refusal.EffectiveStatus, new JsonObject { ["error"] = refusal.Message })
            : Proxied();

    private SurfaceAnswer Proxied() => SurfaceAnswer.Stream(proxy.ForwardAsync);

    /// <summary>The form in which a provider's clients read a list of models.</summary>
    private static Protocol FormOf(string provider) => provider.ToLowerInvariant() switch
    {
        Google => Protocol.Gemini,
        "anthropic" => Protocol.AnthropicMessages,
        _ => Protocol.OpenAiChat,
    };
}
