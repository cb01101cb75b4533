using System.Text.Json;
using Dragoman.Gateway.Keys;
using Dragoman.Gateway.Models;
using Dragoman.Server.Hosting;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Json;

namespace Dragoman.Server.Api;

/// <summary>Lists the models, in the shape the caller's client expects.</summary>
internal sealed class ModelsEndpoint(GatewayServices services)
{
    /// <summary><c>GET /v1/models</c>: in Anthropic's or Gemini's shape for their clients, else in OpenAI's.</summary>
    public Task ListAsync(HttpContext context)
    {
        if (SpokenLanguage.ByHeaders(context.Request) == Language.Gemini) return ListGeminiAsync(context);
        var language = LanguageOf(context.Request);
        if (Refusal(context) is { } refusal) return RefuseAsync(context, language, refusal);
        return WriteAsync(context, writer =>
        {
            if (language == Language.AnthropicMessages) AnthropicModelList.Write(writer, Visible(context), context.Request.Query);
            else OpenAiModelList.Write(writer, Visible(context), forCodex: context.Request.Query.ContainsKey("client_version"));
        });
    }

    /// <summary><c>GET /v1/models/{id}</c>.</summary>
    public Task GetAsync(HttpContext context)
    {
        if (SpokenLanguage.ByHeaders(context.Request) == Language.Gemini) return GetGeminiAsync(context);
        var language = LanguageOf(context.Request);
        if (Refusal(context) is { } refusal) return RefuseAsync(context, language, refusal);
        var id = context.Request.RouteValues["id"] as string ?? "";
        if (Find(context, id) is not { } model) return RefuseAsync(context, language, Unknown(id));
        return WriteAsync(context, writer =>
        {
            if (language == Language.AnthropicMessages) AnthropicModelList.WriteModel(writer, model);
            else OpenAiModelList.WriteModel(writer, model);
        });
    }

    /// <summary><c>GET /v1beta/models</c>.</summary>
    public Task ListGeminiAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal) return RefuseAsync(context, Language.Gemini, refusal);
        return WriteAsync(context, writer => GeminiModelList.Write(writer, Visible(context), context.Request.Query));
    }

    /// <summary><c>GET /v1beta/models/{id}</c>.</summary>
    public Task GetGeminiAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal) return RefuseAsync(context, Language.Gemini, refusal);
        var id = context.Request.RouteValues["id"] as string ?? "";
        return Find(context, id) is { } model
            ? WriteAsync(context, writer => GeminiModelList.WriteModel(writer, model))
            : RefuseAsync(context, Language.Gemini, Unknown(id));
    }

    private static Language LanguageOf(HttpRequest request) => SpokenLanguage.ByHeaders(request) ?? Language.OpenAiChat;

    /// <summary>What the caller's key may use of what there is.</summary>
    private IReadOnlyList<VisibleModel> Visible(HttpContext context)
    {
        var caller = ClientGate.CallerOf(context);
        var all = services.VisibleModels();
        return caller.Scopes is { Models.Count: 0, Providers.Count: 0 } ? all : [.. all.Where(caller.AllowsSight)];
    }

    private VisibleModel? Find(HttpContext context, string id)
    {
        id = AnthropicModelList.WithoutShownPrefix(id, services.VisibleModels());
        return Visible(context).FirstOrDefault(model => string.Equals(model.Id, id, StringComparison.OrdinalIgnoreCase));
    }

    private WireError? Refusal(HttpContext context) => ClientGate.Check(context, services);

    private Task RefuseAsync(HttpContext context, Language language, WireError error)
        => ClientGate.RefuseAsync(context, Languages.Client(language), error, RequestIds.NewFlow(services.Time));

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
