using System.Text.Json;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Api;

/// <summary>Lists the models, in the shape the caller's client expects.</summary>
internal sealed class ModelsEndpoint(GatewayServices services)
{
    /// <summary><c>GET /v1/models</c>: in Anthropic's or Gemini's shape for their clients, else in OpenAI's.</summary>
    public Task ListAsync(HttpContext context)
    {
        if (ClientProtocolSelector.ByHeaders(context.Request) == Protocol.Gemini) return ListGeminiAsync(context);
        var language = LanguageOf(context.Request);
        if (Refusal(context) is { } refusal) return RefuseAsync(context, language, refusal);
        return WriteAsync(context, writer =>
        {
            if (language == Protocol.AnthropicMessages) AnthropicModelList.Write(writer, Visible(context), context.Request.Query);
            else OpenAiModelList.Write(writer, Visible(context), forCodex: context.Request.Query.ContainsKey("client_version"));
        });
    }

    /// <summary><c>GET /v1/models/{id}</c>.</summary>
    public Task GetAsync(HttpContext context)
    {
        if (ClientProtocolSelector.ByHeaders(context.Request) == Protocol.Gemini) return GetGeminiAsync(context);
        var language = LanguageOf(context.Request);
        if (Refusal(context) is { } refusal) return RefuseAsync(context, language, refusal);
        var id = context.Request.RouteValues["id"] as string ?? "";
        if (Find(context, id) is not { } model) return RefuseAsync(context, language, Unknown(id));
        return WriteAsync(context, writer =>
        {
            if (language == Protocol.AnthropicMessages) AnthropicModelList.WriteModel(writer, model);
            else OpenAiModelList.WriteModel(writer, model);
        });
    }

    /// <summary><c>GET /v1beta/models</c>.</summary>
    public Task ListGeminiAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal) return RefuseAsync(context, Protocol.Gemini, refusal);
        return WriteAsync(context, writer => GeminiModelList.Write(writer, Visible(context), context.Request.Query));
    }

    /// <summary><c>GET /v1beta/models/{id}</c>.</summary>
    public Task GetGeminiAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal) return RefuseAsync(context, Protocol.Gemini, refusal);
        var id = context.Request.RouteValues["id"] as string ?? "";
        return Find(context, id) is { } model
            ? WriteAsync(context, writer => GeminiModelList.WriteModel(writer, model))
            : RefuseAsync(context, Protocol.Gemini, Unknown(id));
    }

    private static Protocol LanguageOf(HttpRequest request) => ClientProtocolSelector.ByHeaders(request) ?? Protocol.OpenAiChat;

    /// <summary>What the caller's key may use of what there is.</summary>
    private IReadOnlyList<VisibleModel> Visible(HttpContext context)
    {
        var caller = ClientAuthentication.CallerOf(context);
        var all = services.VisibleModels();
        return caller.Scopes is { Models.Count: 0, Providers.Count: 0 } ? all : [.. all.Where(caller.AllowsSight)];
    }

    private VisibleModel? Find(HttpContext context, string id)
    {
        id = AnthropicModelList.WithoutShownPrefix(id, services.VisibleModels());
        return Visible(context).FirstOrDefault(model => string.Equals(model.Id, id, StringComparison.OrdinalIgnoreCase));
    }

    private WireError? Refusal(HttpContext context) => ClientAuthentication.Check(context, services);

    private Task RefuseAsync(HttpContext context, Protocol language, WireError error)
        => ClientAuthentication.RefuseAsync(context, ProtocolRegistry.Client(language), error, RequestIds.NewFlow(services.Time));

    private static WireError Unknown(string id) => new(ErrorKind.NotFound, $"The model '{id}' does not exist here.") { Code = "model_not_found", Param = "model" };

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using var buffer = new PooledBuffer(16 * 1024);
        var writer = JsonWriting.Rent(buffer);
        write(writer);
        JsonWriting.Return(writer);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
