using Dragoman.Management.Usage;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/prices</c>: what models cost, and where the numbers are from.</summary>
internal sealed class PriceRoutes(PriceList prices) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/prices", (string? model, string? provider) => TypedResults.Ok(prices.Find(model, provider)))
            .WithTags("Usage").WithName("getPrices").WithSummary("What models cost, in US dollars for a million tokens; with model=, the prices that hold for it. None is unknown, not free.");
}
