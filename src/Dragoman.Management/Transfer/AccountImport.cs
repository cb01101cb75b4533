using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Routing;
using Dragoman.Management.Audit;
using Dragoman.Management.Logins;
using Dragoman.Storage.Secrets;

namespace Dragoman.Management.Transfer;

/// <summary>Takes accounts over from a bundle: those that are not here are added, of the others the newer credential stays.</summary>
public sealed class AccountImport(AccountRegistry registry, AccountTransfer transfer, Acknowledgements acknowledgements, Router router, AuditTrail audit) : IDisposable
{
    /// <summary>One at a time: opening a bundle takes much memory, and two imports of the same bundle must not add an account twice.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Imports a bundle, or shows what would be done.</summary>
    /// <param name="request">The bundle.</param>
    /// <param name="actor">Who imports it.</param>
    /// <param name="cancellationToken">Gives up waiting; what was begun is ended.</param>
    public Task<ManagementResult<AccountImportView>> ImportAsync(AccountImportRequest request, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<AccountImportView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Passphrase is not { Length: > 0 }) return ManagementError.Invalid("There is no passphrase.", "passphrase");
        if (request.Content is not { Length: > 0 and <= PassphraseEnvelope.MaxLength }) return ManagementError.Invalid("This is no bundle of Dragoman.", "content", "bundle_unreadable");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var bundle = AccountBundle.Open(request.Content, request.Passphrase);
            if (request.DryRun) return await ViewAsync(bundle, request, Shown, cancellationToken);
            var view = await ViewAsync(bundle, request, (copy, merge) => SaveAsync(copy, merge, actor), cancellationToken);
            await audit.RecordAsync(actor, "account.import", "", AuditTrail.Done, $"bundle of '{bundle.Host}' of {bundle.CreatedAt:O}: {string.Join(", ", view.Accounts.GroupBy(static account => account.Problem is null ? account.Action.ToString() : "failed").Select(static group => $"{group.Key.ToLowerInvariant()} {group.Count()}"))}");
            return view;
        }
        catch (SecretUnreadableException ex)
        {
            await audit.RecordAsync(actor, "account.import", "", AuditTrail.Refused, ex.Message);
            return ManagementError.Invalid(ex.Message, "content", "bundle_unreadable");
        }
        finally
        {
            _turn.Release();
        }
    });

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<AccountImportView> ViewAsync(AccountBundle bundle, AccountImportRequest request, Func<PortableAccount, AccountMerge, Task<ImportedAccountView>> act, CancellationToken cancellationToken)
    {
        var views = new List<ImportedAccountView>();
        foreach (var copy in bundle.Accounts)
        {
            var merge = transfer.Plan(copy);
            var isWanted = merge.Action is AccountMergeAction.Add or AccountMergeAction.Renew;
            var objection = isWanted ? await ObjectionAsync(copy, request, cancellationToken) : merge.Action == AccountMergeAction.Invalid ? merge.Reason : null;
            views.Add(isWanted && objection is null ? await act(copy, merge) : Describe(copy, merge, objection));
        }

        return new AccountImportView(bundle.CreatedAt, bundle.Host, request.DryRun, views);
    }

    /// <summary>Whoever signs in at a vendor that forbids use by other programs says that he has read so; so does whoever brings such a login here.</summary>
    private async Task<string?> ObjectionAsync(PortableAccount copy, AccountImportRequest request, CancellationToken cancellationToken)
    {
        var provider = registry.Providers[copy.Provider];
        var terms = provider.Descriptor.ThirdPartyUse;
        if (terms.Position != ThirdPartyPosition.Forbidden || await acknowledgements.HasAsync(provider, cancellationToken)) return null;
        if (!request.Acknowledged) return $"{provider.Descriptor.DisplayName} does not allow this use ({terms.AsOf:yyyy-MM-dd}): {terms.Statement} Say that you have read this, if you want to import it all the same.";
        if (!request.DryRun) await acknowledgements.AddAsync(provider, cancellationToken);
        return null;
    }

    private async Task<ImportedAccountView> SaveAsync(PortableAccount copy, AccountMerge merge, Actor actor)
    {
        // To its end, also where nobody waits any more: half of a bundle would be harder to understand.
        var saved = await transfer.SaveAsync(copy, merge.Here, CancellationToken.None);
        if (saved is not { Outcome: AccountUpdateOutcome.Saved, Account: { } account }) return Describe(copy, merge, ProblemOf(saved));
        router.Cooldowns.Clear(account.Id);
        router.Load.ResetHealth(account.Id);
        await audit.RecordAsync(actor, "account.import", account.Id, AuditTrail.Done, $"{copy.Provider} '{account.Label}' {(merge.Here is null ? "added" : "renewed")}");
        return Describe(copy, merge, null) with { AccountId = account.Id, Account = account.Label };
    }

    private static Task<ImportedAccountView> Shown(PortableAccount copy, AccountMerge merge) => Task.FromResult(Describe(copy, merge, null));

    private static ImportedAccountView Describe(PortableAccount copy, AccountMerge merge, string? problem) => new(copy.Label, copy.Provider, merge.Action, merge.Reason, merge.Here?.Id, merge.Here?.Label, problem);

    private static string ProblemOf(AccountUpdateResult saved) => saved.Outcome switch
    {
        AccountUpdateOutcome.Invalid => string.Join(' ', saved.Problems.Select(static problem => $"{problem.Path}: {problem.Message} {problem.Remedy}".Trim())),
        AccountUpdateOutcome.Missing => "The account was removed meanwhile.",
        AccountUpdateOutcome.Conflict => "Somebody else changed the account meanwhile.",
        _ => saved.Message.Length > 0 ? saved.Message : "It was not saved.",
    };
}
