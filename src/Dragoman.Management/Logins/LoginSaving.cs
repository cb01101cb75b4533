using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Logins;

/// <summary>What becomes of the result of a login: it is shown, and saved when it is confirmed, or at once where that was asked for.</summary>
public sealed class LoginSaving(LoginAccounts accounts, ImportedLogins imports, Router router, AuditTrail audit)
{
    private static readonly TimeSpan ConfirmationTerm = TimeSpan.FromMinutes(10);

    /// <summary>Takes what came back.</summary>
    internal async Task TakeAsync(LoginSession session, LoginResult result)
    {
        AccountEntry? known;
        try
        {
            known = await FindAsync(session, result, CancellationToken.None);
        }
        catch (StoreException)
        {
            // Nothing can be saved before the store is there again, and then it is asked once more.
            known = null;
        }

        if (!session.TryArrive(result, known)) return;
        session.CloseListener();
        session.ExpireIn(ConfirmationTerm);
        // What went wrong is in the session, where the person can try again.
        if (session.Start.SaveAtOnce) await SaveAsync(session, result, null, CancellationToken.None);
    }

    /// <summary>The login has failed.</summary>
    internal async Task FailAsync(LoginSession session, string reason)
    {
        if (session.End(LoginStatus.Failed, reason)) await audit.RecordAsync(session.Owner, "login.fail", session.Provider.Id, AuditTrail.Failed, reason);
    }

    /// <summary>Saves what came back, because a person has confirmed it; null when it was done.</summary>
    internal Task<ManagementError?> ConfirmAsync(LoginSession session, string? label, CancellationToken cancellationToken)
        => session.Result is { } result && session.TryMove(LoginStatus.AwaitingConfirmation, LoginStatus.Redeeming) ? SaveAsync(session, result, label, cancellationToken) : Task.FromResult<ManagementError?>(NotNow(session));

    private async Task<ManagementError?> SaveAsync(LoginSession session, LoginResult result, string? label, CancellationToken cancellationToken)
    {
        var provider = session.Provider.Id;
        AccountEntry? known;
        AccountUpdateResult saved;
        try
        {
            known = await FindAsync(session, result, cancellationToken);
            saved = await accounts.SaveAsync(provider, result, known, label ?? session.Start.Label, session.Start.Proxy, cancellationToken);
            if (saved is { Outcome: AccountUpdateOutcome.Saved, Account: { } imported } && session.ImportDigest is { } digest) await RememberAsync(provider, digest, imported.Id);
        }
        catch (Exception ex)
        {
            session.ReturnToConfirmation(ex is StoreException ? ex.Message : "It could not be saved.");
            if (ex is StoreException away) return ManagementError.Unavailable(away);
            throw;
        }

        if (saved is { Outcome: AccountUpdateOutcome.Saved, Account: { } account })
        {
            router.Cooldowns.Clear(account.Id);
            router.Load.ResetHealth(account.Id);
            session.Save(account);
            await audit.RecordAsync(session.Owner, "login.save", account.Id, AuditTrail.Done, $"{provider} '{account.Label}' {(known is null ? "added" : "renewed")}");
            return null;
        }

        var error = ErrorFrom(saved);
        session.ReturnToConfirmation(error.Text);
        await audit.RecordAsync(session.Owner, "login.save", known?.Id ?? provider, AuditTrail.Refused, error.Message);
        return error;
    }

    /// <summary>The account that a login would renew: by what the vendor says of it, else by the file that it was imported from before; null where it would be a new one.</summary>
    private async Task<AccountEntry?> FindAsync(LoginSession session, LoginResult result, CancellationToken cancellationToken)
    {
        if (accounts.Find(session.Provider.Id, result) is { } known) return known;
        return result.AccountId is null && session.ImportDigest is { } digest ? await imports.FindAsync(session.Provider.Id, digest, cancellationToken) : null;
    }

    private async Task RememberAsync(string provider, string digest, string accountId)
    {
        try
        {
            await imports.AddAsync(provider, digest, accountId, CancellationToken.None);
        }
        catch (StoreException)
        {
            // The account is saved; the next scan asks once more what the file is.
        }
    }

    private static ManagementError NotNow(LoginSession session) => ManagementError.Conflict($"There is nothing to confirm: the login is {Name(session.Status)}.", "login_not_ready");

    /// <summary>A status as the API writes it.</summary>
    internal static string Name(LoginStatus status) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(status.ToString());

    private static ManagementError ErrorFrom(AccountUpdateResult saved) => saved.Outcome switch
    {
        AccountUpdateOutcome.Invalid => ManagementError.Invalid([.. saved.Problems.Select(problem => new ManagementFinding(problem.Path, problem.Message, problem.Remedy))]),
        AccountUpdateOutcome.Taken => ManagementError.Conflict(saved.Message, "account_exists"),
        AccountUpdateOutcome.Missing => ManagementError.Conflict("The account was removed meanwhile.", "account_removed", "Confirm once more to add it anew."),
        _ => ManagementError.Conflict("Somebody else changed the account meanwhile.", "conflict", "Confirm once more."),
    };
}
