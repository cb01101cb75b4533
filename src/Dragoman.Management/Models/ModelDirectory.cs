using Dragoman.Gateway.Catalog;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Audit;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Management.Models;

/// <summary>The models that clients may ask for, and where what is known of them comes from.</summary>
public sealed class ModelDirectory(Router router, CatalogRefresher catalog, AuditTrail audit)
{
    /// <summary>Where what is known of models comes from, and how old it is.</summary>
    public CatalogView Catalog => CatalogView.From(catalog.Status);

    /// <summary>Looks for the owner's list of models now, whether it is due or not. A list that cannot be used leaves the one before in place, and the answer says why.</summary>
    /// <param name="actor">Who has it looked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ManagementResult<CatalogView>> RefreshAsync(Actor actor, CancellationToken cancellationToken)
    {
        if (catalog.Status.Location is null) return ManagementError.Conflict("There is no list of models of your own to look for: the table that ships is used.", "catalog_not_configured", "Set models.catalog.file or models.catalog.url.");
        var status = await catalog.RefreshAsync(cancellationToken);
        await audit.RecordAsync(actor, "catalog.refresh", status.Location ?? "", status.Problem is null ? AuditTrail.Done : AuditTrail.Failed, status.Problem ?? $"{status.Models} models, {status.Prices} prices");
        return CatalogView.From(status);
    }

    /// <summary>The models, with the accounts that serve them.</summary>
    public ModelListView List() => new([.. router.VisibleModels().Select(ModelView.From)], Catalog);
}

/// <summary>The models that clients may ask for.</summary>
/// <param name="Models">The models.</param>
/// <param name="Catalog">Where what is known of them comes from.</param>
public sealed record ModelListView(IReadOnlyList<ModelView> Models, CatalogView Catalog);

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
public sealed record ModelView(string Id, string? DisplayName, string? Vendor, int? ContextWindow, int? MaxOutputTokens, bool? Images, bool? Tools, ReasoningStyle Reasoning, IReadOnlyList<string> Efforts, IReadOnlyList<ModelServerView> Servers, long Created)
{
    /// <summary>Describes a model.</summary>
    public static ModelView From(VisibleModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new(
            model.Id, model.Facts.DisplayName, model.Facts.Vendor, model.Facts.ContextWindow, model.Facts.MaxOutputTokens, model.Facts.Images, model.Facts.Tools, model.Facts.Reasoning, model.Facts.Efforts,
            [.. model.Servers.Select(account => new ModelServerView(account.Id, account.Label, account.Provider, account.Priority))],
            model.Facts.Created);
    }
}

/// <summary>An account that serves a model.</summary>
/// <param name="AccountId">Its id.</param>
/// <param name="Account">Its label.</param>
/// <param name="Provider">Its kind.</param>
/// <param name="Priority">Accounts of higher priority are used first.</param>
public sealed record ModelServerView(string AccountId, string Account, string Provider, int Priority);
