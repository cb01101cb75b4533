using System.Text.Json.Nodes;
using Dragoman.Gateway.Routing;
using Dragoman.Management;
using Dragoman.Protocols;
using Dragoman.Server.Api.OpenAi;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Surfaces.Abstractions;

namespace Dragoman.Server.Surfaces.Bedrock;

/// <summary>The models as a Bedrock gateway lists them: in OpenAI's shape, those that Bedrock serves by their Bedrock ids.</summary>
internal sealed class BedrockModels(ModelsEndpoint endpoint)
{
    /// <summary>All that the caller's key may use.</summary>
    public SurfaceAnswer List(SurfaceCall call)
        => SurfaceAnswer.Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. endpoint.Visible(call.Context).Select(model => (JsonNode)View(model))]) });

    /// <summary>One, by its Bedrock id or the name that clients use.</summary>
    public SurfaceAnswer Get(SurfaceCall call)
    {
        var id = call.Route("id");
        var models = endpoint.Visible(call.Context);
        var found = models.FirstOrDefault(model => IdOf(model).Equals(id, StringComparison.OrdinalIgnoreCase)) ?? models.FirstOrDefault(model => model.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
        return found is null ? DetailErrors.From(ManagementError.NotFound($"The model '{id}' does not exist here.")) : SurfaceAnswer.Json(View(found));
    }

    private static JsonObject View(VisibleModel model) => new()
    {
        ["id"] = IdOf(model),
        ["object"] = "model",
        ["created"] = ReleaseDate.From(model),
        ["owned_by"] = model.Facts.Vendor ?? model.Servers[0].Provider,
    };

    /// <summary>The id at Bedrock where the first account that serves the model is one of Bedrock, else the name that clients use.</summary>
    private static string IdOf(VisibleModel model)
    {
        if (model.Servers is not [{ Protocol: Protocol.BedrockConverse or Protocol.BedrockAnthropic } first, ..]) return model.Id;
        return first.Models.FirstOrDefault(one => one.Alias.Equals(model.Id, StringComparison.OrdinalIgnoreCase))?.Name ?? model.Id;
    }
}
