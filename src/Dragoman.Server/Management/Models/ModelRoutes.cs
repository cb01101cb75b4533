using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;

namespace Dragoman.Server.Management.Models;

/// <summary><c>GET /api/v1/models</c> and <c>/routes</c>: what clients may ask for, and who would answer.</summary>
internal sealed class ModelRoutes(Dragoman.Gateway.Routing.Router router, CatalogRefresher catalog) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/models", () => TypedResults.Ok(new ModelListView([.. router.VisibleModels().Select(ModelView.From)], CatalogView.Of(catalog.Status))))
            .WithName("listModels").WithTags("Models").WithSummary("The models that clients may ask for, what is known of them, and which accounts serve them.");
        api.MapGet("/models/catalog", () => TypedResults.Ok(CatalogView.Of(catalog.Status)))
            .WithName("getModelCatalog").WithTags("Models").WithSummary("Where what is known of models comes from, when it was taken and looked for last, and why the newest was not taken.");
        api.MapGet("/routes", Results<Ok<RouteListView>, ManagementError> (string? protocol) =>
        {
            var source = Protocol.OpenAiChat;
            if (!string.IsNullOrEmpty(protocol))
            {
                if (ProtocolRegistry.FromName(protocol) is not { } named) return ManagementError.Invalid($"'{protocol}' is not a protocol; use one of {string.Join(", ", ProtocolRegistry.Names)}.", "protocol");
                source = named;
            }

            return TypedResults.Ok(new RouteListView([.. router.VisibleModels().Select(model => RoutePlanView.From(router.Plan(new RouteRequest(model.Id, source), dryRun: true)))]));
        }).WithName("listRoutes").WithTags("Models").WithSummary("For every model: which accounts would be tried now, in which order, and why not others.");
    }
}

/// <summary>The models that clients may ask for.</summary>
/// <param name="Models">The models.</param>
/// <param name="Catalog">Where what is known of them comes from.</param>
internal sealed record ModelListView(IReadOnlyList<ModelView> Models, CatalogView Catalog);

/// <summary>A model.</summary>
/// <param name="Id">What clients call it.</param>
/// <param name="DisplayName">A name for people.</param>
/// <param name="Vendor">Who made it.</param>
/// <param name="ContextWindow">Tokens it can take in.</param>
/// <param name="MaxOutputTokens">Tokens it can write.</param>
/// <param name="Images">Whether it sees images.</param>
/// <param name="Tools">Whether it calls tools.</param>
/// <param name="Reasoning">How its reasoning is asked for.</param>
/// <param name="Efforts">The names of its reasoning efforts.</param>
/// <param name="Servers">The accounts that serve it.</param>
/// <param name="Created">When it came out, in seconds since 1970; 0 where that is not known.</param>
internal sealed record ModelView(string Id, string? DisplayName, string? Vendor, int? ContextWindow, int? MaxOutputTokens, bool? Images, bool? Tools, ReasoningStyle Reasoning, IReadOnlyList<string> Efforts, IReadOnlyList<ModelServerView> Servers, long Created)
{
    public static ModelView From(VisibleModel model) => new(
        model.Id, model.Facts.DisplayName, model.Facts.Vendor, model.Facts.ContextWindow, model.Facts.MaxOutputTokens, model.Facts.Images, model.Facts.Tools, model.Facts.Reasoning, model.Facts.Efforts,
        [.. model.Servers.Select(account => new ModelServerView(account.Id, account.Label, account.Provider, account.Priority))],
        model.Facts.Created);
}

/// <summary>An account that serves a model.</summary>
/// <param name="AccountId">Its id.</param>
/// <param name="Account">Its label.</param>
/// <param name="Provider">Its kind.</param>
/// <param name="Priority">Accounts of higher priority are used first.</param>
internal sealed record ModelServerView(string AccountId, string Account, string Provider, int Priority);

/// <summary>The routes of all models.</summary>
/// <param name="Routes">A plan for each model.</param>
internal sealed record RouteListView(IReadOnlyList<RoutePlanView> Routes);
