using Dragoman.Management.Accounts;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/accounts</c>: accounts of both origins are shown, those of the store are added, changed and removed.</summary>
internal sealed class AccountRoutes(AccountAdministration accounts, AccountTester tester, QuotaService quotas, SignOutService signOut) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/accounts", (string? provider, string? tag) => TypedResults.Ok(accounts.List(provider, tag)))
            .WithName("listAccounts").WithTags("Accounts").WithSummary("All accounts, of the configuration file and of the store, with their cooldowns, quotas and health.");

        api.MapGet("/accounts/{id}", Results<Ok<AccountView>, ManagementErrorResult> (string id) => accounts.Get(id).ToOk())
            .WithName("getAccount").WithTags("Accounts").WithSummary("One account.").WithDescription("`id` is an account's id or its label.");

        api.MapPost("/accounts", Task<Results<Created<AccountView>, ManagementErrorResult>> (AccountBody body, bool? verify, HttpContext context, CancellationToken cancellationToken)
            => accounts.AddAsync(body.ToUpdate(), verify == true, HttpActor.From(context), cancellationToken).ToCreatedAsync(account => $"accounts/{account.Id}"))
            .WithName("addAccount").WithTags("Accounts").WithSummary("Adds an account.")
            .WithDescription("Everything that is wrong is reported at once. With `verify=true` the upstream is asked for its list of models first, and a refused credential is not saved.");

        api.MapPatch("/accounts/{id}", Task<Results<Ok<AccountView>, ManagementErrorResult>> (string id, AccountBody body, HttpContext context, CancellationToken cancellationToken)
            => accounts.ChangeAsync(id, body.ToUpdate(), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("changeAccount").WithTags("Accounts").WithSummary("Changes an account of the store.").WithDescription("Members left out stay as they are. A new credential ends the account's cooldowns.");

        api.MapDelete("/accounts/{id}", Task<Results<NoContent, ManagementErrorResult>> (string id, long? version, HttpContext context, CancellationToken cancellationToken)
            => accounts.RemoveAsync(id, HttpActor.From(context), cancellationToken, version).ToNoContentAsync())
            .WithName("removeAccount").WithTags("Accounts").WithSummary("Removes an account of the store.").WithDescription("Requests under way finish; its conversations move to other accounts with their next request. With `version` it is removed only while it has that version and no renewal of its login is under way (409 otherwise).");

        api.MapPost("/accounts/{id}/restore", Task<Results<Ok<AccountView>, ManagementErrorResult>> (string id, HttpContext context, CancellationToken cancellationToken)
            => accounts.RestoreAsync(id, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("restoreAccount").WithTags("Accounts").WithSummary("Puts an account back that this node removed within the last ten minutes, as it was.").WithDescription("Not one that was signed out, and not one whose login was being renewed when it was removed.");

        api.MapPost("/accounts/{id}/reset", Task<Results<Ok<AccountView>, ManagementErrorResult>> (string id, HttpContext context) => accounts.ResetAsync(id, HttpActor.From(context)).ToOkAsync())
            .WithName("resetAccount").WithTags("Accounts").WithSummary("Ends an account's cooldowns and forgets its faults.");

        api.MapPost("/accounts/{id}/quota", Task<Results<Ok<AccountView>, ManagementErrorResult>> (string id, HttpContext context, CancellationToken cancellationToken)
            => quotas.AskAsync(id, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("askQuota").WithTags("Accounts").WithSummary("Asks the vendor's usage page how the account's quotas stand.").WithDescription("Not within half a minute of the last question, and not while the vendor wants to be left alone: then what is known is shown.");

        api.MapPost("/accounts/{id}/sign-out", Task<Results<Ok<SignOutView>, ManagementErrorResult>> (string id, HttpContext context, CancellationToken cancellationToken)
            => signOut.SignOutAsync(id, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("signOutAccount").WithTags("Accounts").WithSummary("Revokes an account's tokens at the vendor, and removes it.").WithDescription("The account is removed also where the vendor could not be reached; the answer says whether its tokens were revoked.");

        api.MapPost("/accounts/{id}/test", Task<Results<Ok<AccountTestView>, ManagementErrorResult>> (string id, string? model, HttpContext context, CancellationToken cancellationToken)
            => tester.TestAsync(id, model, HttpActor.From(context), cancellationToken).WithFixAsync("missing_required_parameter", "Ask with ?model=NAME.").ToOkAsync())
            .WithName("testAccount").WithTags("Accounts").WithSummary("Asks the account one short question.").WithDescription("Without `model` the cheapest of its models is asked. The account is asked once, even while it is cooling down, and no other account in its place.");
    }
}
