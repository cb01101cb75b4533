using System.Text.Json.Nodes;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Requests;
using Dragoman.Management;
using Dragoman.Management.Accounts;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Listeners;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Bedrock;

/// <summary>
/// As a gateway before Amazon Bedrock: OpenAI's chat at <c>/v1</c> and, as the second of the two systems has it, at <c>/api/v1</c>; a health page with the state of AWS; errors as
/// <c>{"detail"}</c>. Bedrock's own runtime routes stand on every listener.
/// </summary>
internal sealed class BedrockSurface(BedrockHealth health, BedrockModels models, GenerateEndpoint generate, ClientAuthentication authentication) : ISurface
{
    /// <inheritdoc/>
    public Surface Surface => Surface.Bedrock;

    /// <inheritdoc/>
    public string Title => "Bedrock gateway";

    /// <inheritdoc/>
    public ISurfaceClientRules ClientRules { get; } = new BedrockClientRules();

    /// <inheritdoc/>
    public SurfaceAnswer ErrorOf(ManagementError error) => DetailErrors.From(error);

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var open = routes.Open();
        open.Get("/", "The service's name and version.", _ => SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["service"] = "dragoman", ["version"] = Product.Version }));
        open.Get("/health", "Whether the gateway answers, and whether AWS does: the models of the first Bedrock account are asked for, at most twice a minute.", health.HandleAsync);
        // Who asks is seen by the route itself, so that a missing key is told in the form of the clients' API.
        open.Get("/v1/models", "The models, those of Bedrock accounts by their Bedrock ids.", call => WithKey(call, models.List));
        open.Get("/v1/models/{**id}", "One model.", call => WithKey(call, models.Get));
        // Below /api/v1 the gateway's own listeners have its management.
        var second = open.OnOwnListeners();
        second.Get("/api/v1/models", "The models, in the form of the second system.", call => WithKey(call, models.List));
        second.Get("/api/v1/models/{**id}", "One model, in the form of the second system.", call => WithKey(call, models.Get));
        second.WithBody(null).Post("/api/v1/chat/completions", "OpenAI's chat completions.", _ => SurfaceAnswer.Stream(context => generate.HandleAsync(context, ProtocolRegistry.Client(Protocol.OpenAiChat))));
        foreach (var path in (ReadOnlySpan<string>)["/api/v1/embeddings", "/v1/embeddings"])
        {
            second.Post(path, "Embeddings, which the gateway does not serve: 404 with words that say so.", _ => ErrorOf(ManagementError.NotFound("This gateway does not serve embeddings. Ask Bedrock itself for them.")));
        }
    }

    private SurfaceAnswer WithKey(SurfaceCall call, Func<SurfaceCall, SurfaceAnswer> answer)
        => authentication.Check(call.Context) is { } refusal
            ? SurfaceAnswer.Json(BedrockClientRules.StatusOf(call.Context.Request.Path, refusal.EffectiveStatus, refusal.Code), new JsonObject { ["detail"] = refusal.Message })
            : answer(call);
}
