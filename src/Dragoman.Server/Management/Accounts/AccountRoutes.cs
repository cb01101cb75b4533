using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Settings;
using Dragoman.Server.Management.Audit;

namespace Dragoman.Server.Management.Accounts;

/// <summary><c>/api/v1/accounts</c>: accounts of both origins are shown, those of the store are added, changed and removed.</summary>
internal sealed class AccountRoutes(AccountService editing, AccountViews views, AuditTrail audit, Dragoman.Gateway.Routing.Router router, ForwardingServices forwarding) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/accounts", (string? provider, string? tag) => TypedResults.Ok(new AccountListView([.. views.All()
                .Where(view => provider is null || view.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase))
                .Where(view => tag is null || view.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))])))
            .WithName("listAccounts").WithTags("Accounts").WithSummary("All accounts, of the configuration file and of the store, with their cooldowns, quotas and health.");

        api.MapGet("/accounts/{id}", Results<Ok<AccountView>, ManagementError> (string id) => views.Find(id) is { } entry ? TypedResults.Ok(views.Of(entry)) : AccountViews.Unknown(id))
            .WithName("getAccount").WithTags("Accounts").WithSummary("One account.").WithDescription("`id` is an account's id or its label.");

        api.MapPost("/accounts", async Task<Results<Created<AccountView>, ManagementError>> (AccountBody body, bool? verify, HttpContext context, CancellationToken cancellationToken) =>
        {
            var saved = await editing.AddAsync(body.ToUpdate(), verify == true ? (account, token) => ObjectionAsync(account, token) : null, cancellationToken);
            await NoteAsync(context, "account.add", saved.Account?.Id ?? body.Label ?? "", saved, $"{body.Provider} '{saved.Account?.Label ?? body.Label}'");
            return saved is { Outcome: AccountUpdateOutcome.Saved, Account: { } entry } ? TypedResults.Created($"{ManagementApi.Prefix}/accounts/{entry.Id}", views.Of(entry)) : ErrorFrom(saved, body.Label ?? "");
        }).WithName("addAccount").WithTags("Accounts").WithSummary("Adds an account.")
            .WithDescription("Everything that is wrong is reported at once. With `verify=true` the upstream is asked for its list of models first, and a refused credential is not saved.");

        api.MapPatch("/accounts/{id}", async Task<Results<Ok<AccountView>, ManagementError>> (string id, AccountBody body, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (views.Find(id) is not { } found) return AccountViews.Unknown(id);
            var saved = found.Origin == AccountOrigin.Config ? new AccountUpdateResult(AccountUpdateOutcome.Configured) : await editing.UpdateAsync(found.Id, body.ToUpdate(), cancellationToken);
            if (saved.Outcome == AccountUpdateOutcome.Saved && body.Credential is not null) ResetHealth(found.Id);
            await NoteAsync(context, "account.change", found.Id, saved, $"'{found.Label}': {string.Join(", ", Changed(body))}");
            return saved is { Outcome: AccountUpdateOutcome.Saved, Account: { } entry } ? TypedResults.Ok(views.Of(entry)) : ErrorFrom(saved, found.Label);
        }).WithName("changeAccount").WithTags("Accounts").WithSummary("Changes an account of the store.").WithDescription("Members left out stay as they are. A new credential ends the account's cooldowns.");

        api.MapDelete("/accounts/{id}", async Task<Results<NoContent, ManagementError>> (string id, HttpContext context, CancellationToken cancellationToken) =>
        {
            if (views.Find(id) is not { } found) return AccountViews.Unknown(id);
            var saved = found.Origin == AccountOrigin.Config ? new AccountUpdateResult(AccountUpdateOutcome.Configured) : await editing.RemoveAsync(found.Id, cancellationToken);
            await NoteAsync(context, "account.remove", found.Id, saved, $"'{found.Label}'");
            return saved.Outcome == AccountUpdateOutcome.Saved ? TypedResults.NoContent() : ErrorFrom(saved, found.Label);
        }).WithName("removeAccount").WithTags("Accounts").WithSummary("Removes an account of the store.").WithDescription("Requests under way finish; its conversations move to other accounts with their next request.");

        api.MapPost("/accounts/{id}/reset", async Task<Results<Ok<AccountView>, ManagementError>> (string id, HttpContext context) =>
        {
            if (views.Find(id) is not { } found) return AccountViews.Unknown(id);
            ResetHealth(found.Id);
            await audit.RecordAsync(context, "account.reset", found.Id, AuditTrail.Done, $"'{found.Label}'");
            return TypedResults.Ok(views.Of(found));
        }).WithName("resetAccount").WithTags("Accounts").WithSummary("Ends an account's cooldowns and forgets its faults.");
    }

    private void ResetHealth(string id)
    {
        router.Cooldowns.Clear(id);
        router.Load.ResetHealth(id);
    }

    private async Task<string?> ObjectionAsync(Account account, CancellationToken cancellationToken)
    {
        var finding = await UpstreamProbe.CheckAsync(forwarding.Http, forwarding.Providers[account.Provider], account, cancellationToken);
        return finding.Good ? null : $"The upstream at {account.BaseUrl} {finding.Words}. Nothing was saved.";
    }

    private Task NoteAsync(HttpContext context, string action, string target, AccountUpdateResult saved, string detail)
        => audit.RecordAsync(context, action, target, saved.Outcome == AccountUpdateOutcome.Saved ? AuditTrail.Done : AuditTrail.Refused, detail);

    private static ManagementError ErrorFrom(AccountUpdateResult saved, string label) => saved.Outcome switch
    {
        AccountUpdateOutcome.Invalid => ManagementError.Invalid(string.Join(" ", saved.Problems.Select(Describe)), saved.Problems.Count > 0 ? saved.Problems[0].Path : null),
        AccountUpdateOutcome.Configured => ManagementError.Conflict($"The account '{label}' is defined in the configuration file: change it there. Edits apply at once.", "account_is_configured"),
        AccountUpdateOutcome.Taken => ManagementError.Conflict(saved.Message, "account_exists"),
        AccountUpdateOutcome.Conflict => ManagementError.Conflict($"Somebody else changed the account '{label}' meanwhile. Read it again, and make the change from its new version.", "version_conflict"),
        AccountUpdateOutcome.Refused => ManagementError.Invalid(saved.Message, "credential", "verification_failed"),
        _ => AccountViews.Unknown(label),
    };

    private static string Describe(ConfigDiagnostic problem) => $"{(problem.Path.Length > 0 ? problem.Path + ": " : "")}{problem.Message}{(problem.Remedy is null ? "" : " " + problem.Remedy)}";

    /// <summary>What a change is about, without values: some are secrets.</summary>
    private static IEnumerable<string> Changed(AccountBody body)
    {
        if (body.Label is not null) yield return $"label '{body.Label}'";
        if (body.Enabled is { } enabled) yield return enabled ? "enabled" : "disabled";
        if (body.Priority is { } priority) yield return $"priority {priority}";
        if (body.Weight is { } weight) yield return $"weight {weight}";
        if (body.Concurrency is { } concurrency) yield return $"concurrency {concurrency}";
        if (body.Tags is { } tags) yield return $"tags {string.Join(' ', tags)}";
        if (body.Credential is not null) yield return "credential";
        if (body.Proxy is not null) yield return "proxy";
        if (body.Models is not null) yield return "models";
        foreach (var key in body.Settings?.Keys ?? Enumerable.Empty<string>()) yield return key;
    }
}
