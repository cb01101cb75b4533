using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/accounts/{id}/actions</c>: what an account's owner may have the vendor do.</summary>
internal sealed class AccountActionRoutes(AccountActionService actions) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/accounts/{id}/actions", Results<Ok<AccountActionListView>, ManagementErrorResult> (string id) => actions.List(id).ToOk())
            .WithName("listAccountActions").WithTags("Accounts").WithSummary("What an account's owner may have the vendor do.");

        api.MapPost("/accounts/{id}/actions/{action}", Task<Results<Ok<AccountActionResultView>, ManagementErrorResult>> (string id, string action, AccountActionBody? body, HttpContext context, CancellationToken cancellationToken)
            => actions.RunAsync(id, action, body?.Inputs, body?.Confirmation, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("runAccountAction").WithTags("Accounts").WithSummary("Shows what would follow from an action, and with the confirmation that was shown has the vendor do it.")
            .WithDescription("Without `confirmation` nothing is changed: the answer says what would follow now, and how it is confirmed within ten minutes. Where the vendor did not answer, the same confirmation may be sent again.");
    }
}

/// <summary>An action that is wanted.</summary>
/// <param name="Inputs">What the action has to know, by the names of its inputs.</param>
/// <param name="Confirmation">The confirmation that was shown with what would follow; left out to be shown one.</param>
internal sealed record AccountActionBody(IReadOnlyDictionary<string, string>? Inputs = null, string? Confirmation = null);
