using Dragoman.Gateway.Catalog;

namespace Dragoman.Server.Management.Usage;

/// <summary><c>/api/v1/prices</c>: what models cost, and where the numbers are from.</summary>
internal sealed class PriceRoutes(PriceCatalog prices, Dragoman.Gateway.Routing.Router router) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/prices", (string? model, string? provider) =>
        {
            var sources = PriceCatalog.Sources.ToDictionary(pair => pair.Key, pair => new PriceSourceView(pair.Value.Page, pair.Value.Seen), StringComparer.Ordinal);
            if (string.IsNullOrEmpty(model)) return TypedResults.Ok(new PricesView([.. prices.All.Select(PriceView.From)], sources));
            // Asked for a name as clients use it, the upstream's own names behind it are looked up.
            var found = router.Plan(new Dragoman.Gateway.Requests.RouteRequest(model, Dragoman.Protocols.Protocol.OpenAiChat), dryRun: true).Candidates
                .Select(candidate => (candidate.Account.Provider, Model: candidate.Model.Id)).Append((Provider: provider ?? "", Model: model)).Distinct()
                .Where(one => string.IsNullOrEmpty(provider) || one.Provider == provider)
                .Select(one => prices.Find(one.Provider, one.Model)).OfType<ModelPrice>().Distinct();
            return TypedResults.Ok(new PricesView([.. found.Select(PriceView.From)], sources));
        }).WithTags("Usage").WithName("getPrices").WithSummary("What models cost, in US dollars for a million tokens; with model=, the prices that hold for it. None is unknown, not free.");
}

/// <summary>Prices.</summary>
/// <param name="Prices">The prices, those of the configuration first.</param>
/// <param name="Sources">Where the built-in ones are from.</param>
internal sealed record PricesView(IReadOnlyList<PriceView> Prices, IReadOnlyDictionary<string, PriceSourceView> Sources);

/// <summary>A page of prices.</summary>
/// <param name="Page">Its address.</param>
/// <param name="Seen">The day it was read.</param>
internal sealed record PriceSourceView(string Page, string Seen);

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
internal sealed record PriceView
{
    public required string Model { get; init; }

    public string? Provider { get; init; }

    public required string Source { get; init; }

    public required PriceRates Rates { get; init; }

    /// <summary>Rates of long prompts, by the tokens they begin above.</summary>
    public IReadOnlyList<PriceTier> Above { get; init; } = [];

    public static PriceView From(ModelPrice price) => new() { Model = price.Model, Provider = price.Provider, Source = price.Source, Rates = price.Rates, Above = price.Above };
}
