using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Accounts;

/// <summary>Signs an account out: its tokens are revoked at the vendor where that is offered, then the account is removed here, also where the vendor could not be reached.</summary>
public sealed class SignOutService(AccountRegistry registry, AccountDirectory directory, AccountAdministration accounts, VendorContexts vendors, AuditTrail audit)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Signs out.</summary>
    /// <param name="name">The account's id or label.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancellationToken">Gives up before anything was removed.</param>
    public async Task<ManagementResult<SignOutView>> SignOutAsync(string name, Actor actor, CancellationToken cancellationToken)
    {
        if (directory.Find(name) is not { } found) return AccountDirectory.Unknown(name);
        if (found.Origin == AccountOrigin.Store && found.Account is { Credential: not OAuthCredential } or null)
            return ManagementError.Conflict($"The account '{found.Label}' was not signed in to: it has a key.", "not_signed_in", "Remove it, and revoke the key where it was made.");
        string? problem = null;
        var revoked = false;
        if (found is { Origin: AccountOrigin.Store, Account: { Credential: OAuthCredential login } account } && registry.Providers.TryGet(account.Provider, out var provider))
        {
            if (provider.SignOut is { } signOut) (revoked, problem) = await RevokeAsync();
            else problem = $"{provider.Descriptor.DisplayName} offers no way to end a login from here: it can be ended in the account's settings there.";

            async Task<(bool Revoked, string? Problem)> RevokeAsync()
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(Limit);
                try
                {
                    var refusal = await signOut.RevokeAsync(account, login, vendors.For(provider, account), limit.Token);
                    return (refusal is null, refusal);
                }
                catch (HttpRequestException ex)
                {
                    return (false, ex.Message);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    return (false, $"{provider.Descriptor.DisplayName} did not answer in time.");
                }
            }
        }

        if (await accounts.RemoveAsync(found.Id, actor, cancellationToken) is { } error) return error;
        await audit.RecordAsync(actor, "account.sign-out", found.Id, AuditTrail.Done, revoked ? $"'{found.Label}', revoked at the vendor" : $"'{found.Label}', not revoked at the vendor: {problem}");
        return new SignOutView(found.Label, revoked, problem);
    }
}

/// <summary>How a sign-out went. The account is gone either way.</summary>
/// <param name="Account">The account's label.</param>
/// <param name="Revoked">Whether the vendor has ended the login.</param>
/// <param name="Problem">Why it has not; absent where it has.</param>
public sealed record SignOutView(string Account, bool Revoked, string? Problem);
