using Dragoman.Management.Providers;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/providers</c>: what accounts are made of, and which models an upstream has before its account is saved.</summary>
internal sealed class ProviderRoutes(ProviderDirectory providers, ModelDiscovery discovery) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/providers", () => TypedResults.Ok(providers.List()))
            .WithName("listProviders").WithTags("Providers").WithSummary("All providers, with what an account of each is made of, how people sign in, and the vendor's position.");

        api.MapPost("/accounts/discover", Task<Results<Ok<DiscoveredModelsView>, ManagementErrorResult>> (AccountBody body, HttpContext context, CancellationToken cancellationToken)
            => discovery.DiscoverAsync(body.ToUpdate(), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("discoverModels").WithTags("Providers").WithSummary("Asks an upstream for its models, as the account of the body, which is not saved.")
            .WithDescription("The account is checked as if it were added. An upstream that refuses or is silent for ten seconds makes a `problem` in words.");
    }
}
