using System.Text.Json;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Http;

namespace Dragoman.Server.Api.Shared;

/// <summary>Lists the models, in the shape the caller's client expects.</summary>
internal sealed class ModelsEndpoint(ClientAuthentication authentication, Dragoman.Gateway.Routing.Router router, IEnumerable<IModelListFormat> formats, ClientProtocolSelector protocols, TimeProvider time)
{
    private readonly Dictionary<Protocol, IModelListFormat> _formats = formats.ToDictionary(format => format.Protocol);

    /// <summary><c>GET /v1/models</c>: in Anthropic's or Gemini's shape for their clients, else in OpenAI's.</summary>
    public Task ListAsync(HttpContext context) => ListAsync(context, ProtocolOf(context.Request));

    /// <summary>Lists the models in the shape of one protocol.</summary>
    public Task ListAsync(HttpContext context, Protocol protocol)
        => authentication.Check(context) is { } refusal
            ? RefuseAsync(context, protocol, refusal)
            : WriteAsync(context, writer => _formats[protocol].Write(writer, Visible(context), context.Request.Query));

    /// <summary><c>GET /v1/models/{id}</c>.</summary>
    public Task GetAsync(HttpContext context) => GetAsync(context, ProtocolOf(context.Request));

    /// <summary>Shows one model in the shape of one protocol.</summary>
    public Task GetAsync(HttpContext context, Protocol protocol)
    {
        if (authentication.Check(context) is { } refusal) return RefuseAsync(context, protocol, refusal);
        var id = context.Request.RouteValues["id"] as string ?? "";
        return Find(context, id) is { } model ? WriteAsync(context, writer => _formats[protocol].WriteModel(writer, model)) : RefuseAsync(context, protocol, Unknown(id));
    }

    private Protocol ProtocolOf(HttpRequest request) => protocols.ByHeaders(request) ?? ProtocolRegistry.Default;

    /// <summary>What the caller's key may use of what there is.</summary>
    public IReadOnlyList<VisibleModel> Visible(HttpContext context)
    {
        var client = ClientAuthentication.IdentityOf(context);
        var all = router.VisibleModels();
        return client.Scopes is { Models.Count: 0, Providers.Count: 0 } ? all : [.. all.Where(client.AllowsSight)];
    }

    /// <summary>A model by its id, also by one that another protocol's list shows it under.</summary>
    private VisibleModel? Find(HttpContext context, string id)
    {
        var all = router.VisibleModels();
        foreach (var format in _formats.Values) id = format.OwnId(id, all);
        return Visible(context).FirstOrDefault(model => string.Equals(model.Id, id, StringComparison.OrdinalIgnoreCase));
    }

    private Task RefuseAsync(HttpContext context, Protocol protocol, WireError error)
        => ErrorResponse.WriteAsync(context, ProtocolRegistry.Client(protocol), error, FlowId.New(time));

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
