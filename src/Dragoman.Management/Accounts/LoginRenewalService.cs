using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Accounts;

/// <summary>Renews the login of an account because a person wants it now, whether or not it is due. The gateway does it by itself where it is.</summary>
public sealed class LoginRenewalService(AccountDirectory directory, CredentialRenewal renewal, AuditTrail audit)
{
    /// <summary>Renews it.</summary>
    /// <param name="name">The account's id or label.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="cancellationToken">Stops waiting; a renewal that has begun goes on.</param>
    /// <returns>The account with its new token; a conflict where the vendor refuses (<c>account_needs_sign_in</c>), could not be asked (<c>login_not_renewed</c>), or where there is nothing to renew (<c>not_renewable</c>).</returns>
    public async Task<ManagementResult<AccountView>> RenewAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        if (directory.Find(name) is not { } found) return AccountDirectory.Unknown(name);
        if (found is not { Origin: AccountOrigin.Store, Account: { Credential: OAuthCredential } account })
            return ManagementError.Conflict(found.Origin == AccountOrigin.Store ? $"The account '{found.Label}' has no login that could be renewed." : $"The login of '{found.Label}' stands in the configuration file, where the gateway writes no new tokens.", "not_renewable");
        var result = await renewal.RenewAsync(account, cancellationToken);
        await audit.RecordAsync(actor, "account.renew", found.Id, result.Outcome == RefreshOutcome.Renewed ? AuditTrail.Done : AuditTrail.Failed, $"'{found.Label}'{(result.Reason is null ? "" : $": {result.Reason}")}");
        return result.Outcome switch
        {
            RefreshOutcome.Renewed => directory.Find(found.Id) is { } renewed ? directory.Describe(renewed) : AccountDirectory.Unknown(name),
            RefreshOutcome.NeedsSignIn => ManagementError.Conflict($"The account '{found.Label}' has to sign in again. {result.Reason}", AccountErrors.NeedsSignInCode),
            RefreshOutcome.NotRenewable => ManagementError.Conflict($"The login of '{found.Label}' cannot be renewed: {result.Reason}", "not_renewable"),
            _ => ManagementError.Conflict($"The login of '{found.Label}' could not be renewed: {result.Reason}", "login_not_renewed") with { RetryAfter = result.RetryAfter },
        };
    }
}
