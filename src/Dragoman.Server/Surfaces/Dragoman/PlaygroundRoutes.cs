using Dragoman.Gateway.Requests;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Microsoft.OpenApi;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>
/// <c>POST /api/v1/playground/{protocol}</c>: a client's request, in any protocol that clients speak, answered as the clients' API answers it, under the
/// management's authorization in place of a key. It counts against no key and stands in ledger and flows as <see cref="ClientIdentity.Playground"/>.
/// </summary>
internal sealed class PlaygroundRoutes(GenerateEndpoint generate, IEnumerable<IOwnGeneration> own) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        foreach (var protocol in ProtocolRegistry.OfClients)
        {
            var traits = ProtocolRegistry.Traits(protocol);
            var path = $"/playground/{traits.Name}";
            var route = traits.NamesModelInAddress
                ? api.MapPost(path, IResult (string? model, bool? stream) => new ClientAnswer(context => AnswerAsync(context, protocol, new RequestTarget(model, stream ?? false))))
                : api.MapPost(path, IResult () => new ClientAnswer(context => AnswerAsync(context, protocol, default)));
            route.WithMetadata(new ClientRoute(protocol), new ManagementRoute(MostBytes: null))
                .WithName("play" + string.Concat(traits.Name.Split('-').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]))).WithTags("Playground")
                .WithSummary($"A request in the protocol '{traits.Name}', answered as clients are answered, without a client key.")
                .WithDescription("The body is the protocol's own, and so are the answer, streamed or whole, and its errors. Where the protocol names the model in its address, `model` and `stream` do. It counts against no key; ledger and flows name it `playground`. `x-dragoman-flow` is the flow's id.")
                .Produces<Stream>(200, "application/json", "text/event-stream")
                .AddOpenApiOperationTransformer(static (operation, _, _) =>
                {
                    operation.RequestBody = new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } } } };
                    return Task.CompletedTask;
                });
        }
    }

    private Task AnswerAsync(HttpContext context, Protocol protocol, RequestTarget target)
    {
        ClientAuthentication.Admit(context, ClientIdentity.Playground);
        return own.FirstOrDefault(one => one.Protocol == protocol) is { } endpoint ? endpoint.CreateAsync(context) : generate.HandleAsync(context, ProtocolRegistry.Client(protocol), target);
    }

    /// <summary>An answer that the clients' API writes.</summary>
    private sealed class ClientAnswer(Func<HttpContext, Task> write) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => write(httpContext);
    }
}
