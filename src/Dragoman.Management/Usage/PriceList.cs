using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;

namespace Dragoman.Management.Usage;

/// <summary>What models cost, and where the numbers are from.</summary>
public sealed class PriceList(PriceCatalog prices, Router router)
{
    /// <summary>All prices, or those that hold for a model.</summary>
    /// <param name="model">The model, by a name that clients use or its upstream's own; null for all. None found is unknown, not free.</param>
    /// <param name="provider">Only of this provider; null for any. Looked at with a model only.</param>
    public PricesView Find(string? model, string? provider)
    {
        var sources = PriceCatalog.Sources.ToDictionary(pair => pair.Key, pair => new PriceSourceView(pair.Value.Page, pair.Value.Seen), StringComparer.Ordinal);
        if (string.IsNullOrEmpty(model)) return new PricesView([.. prices.All.Select(PriceView.From)], sources);
        // Asked for a name as clients use it, the upstream's own names behind it are looked up.
        var found = router.Plan(new RouteRequest(model, ProtocolRegistry.Default), dryRun: true).Candidates
            .Select(candidate => (candidate.Account.Provider, Model: candidate.Model.Id)).Append((Provider: provider ?? "", Model: model)).Distinct()
            .Where(one => string.IsNullOrEmpty(provider) || one.Provider == provider)
            .Select(one => prices.Find(one.Provider, one.Model)).OfType<ModelPrice>().Distinct();
        return new PricesView([.. found.Select(PriceView.From)], sources);
    }
}

/// <summary>Prices.</summary>
/// <param name="Prices">The prices, those of the configuration first.</param>
/// <param name="Sources">Where the built-in ones are from.</param>
public sealed record PricesView(IReadOnlyList<PriceView> Prices, IReadOnlyDictionary<string, PriceSourceView> Sources);

/// <summary>A page of prices.</summary>
/// <param name="Page">Its address.</param>
/// <param name="Seen">The day it was read.</param>
public sealed record PriceSourceView(string Page, string Seen);

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
public sealed record PriceView
{
    /// <summary>The upstream's model, with <c>*</c> for any run of characters.</summary>
    public required string Model { get; init; }

    /// <summary>The provider it holds for; absent for any.</summary>
    public string? Provider { get; init; }

    /// <summary>Where the price is from.</summary>
    public required string Source { get; init; }

    /// <summary>The rates.</summary>
    public required PriceRates Rates { get; init; }

    /// <summary>Rates of long prompts, by the tokens they begin above.</summary>
    public IReadOnlyList<PriceTier> Above { get; init; } = [];

    internal static PriceView From(ModelPrice price) => new() { Model = price.Model, Provider = price.Provider, Source = price.Source, Rates = price.Rates, Above = price.Above };
}
