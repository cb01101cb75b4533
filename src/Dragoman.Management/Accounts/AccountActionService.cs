using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Quotas;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Accounts;

/// <summary>
/// What owners may have vendors do for an account. Every action is shown first, with what would follow from it now; it is done for who comes back with the confirmation that was shown, within ten minutes. A confirmation whose
/// action did not come to an end (the vendor did not answer) is good for another try, and the vendor is told that it is the same one.
/// </summary>
public sealed class AccountActionService(
    AccountRegistry registry, AccountDirectory directory, VendorContexts vendors, CredentialRenewal renewal, QuotaPoller quotas, AuditTrail audit, IGatewayStore store, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ActionConfirmations _confirmations = new(store.Settings, time);

    /// <summary>The actions of an account.</summary>
    /// <param name="name">The account's id or label.</param>
    public ManagementResult<AccountActionListView> List(string name)
    {
        if (Find(name, out var error) is not var (account, provider)) return error!;
        return new AccountActionListView([.. provider.Actions.Where(action => action.IsOffered(account)).Select(AccountActionView.From)]);
    }

    /// <summary>Shows what would follow from an action, and with a confirmation does it.</summary>
    /// <param name="name">The account's id or label.</param>
    /// <param name="actionId">The action's id.</param>
    /// <param name="inputs">What the action has to know; with a confirmation it is what was shown, whatever is given here.</param>
    /// <param name="confirmation">What was shown with the preview; null to be shown one.</param>
    /// <param name="actor">Who acts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<AccountActionResultView>> RunAsync(
        string name, string actionId, IReadOnlyDictionary<string, string>? inputs, string? confirmation, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<AccountActionResultView>(async () =>
    {
        if (Find(name, out var missing) is not var (account, provider)) return missing!;
        if (provider.Actions.FirstOrDefault(item => item.Id == actionId && item.IsOffered(account)) is not { } action)
        {
            var offered = provider.Actions.Where(item => item.IsOffered(account)).Select(item => item.Id).ToList();
            return ManagementError.NotFound($"The account '{account.Label}' has no action '{actionId}'.") with { Fix = offered.Count > 0 ? $"It has {string.Join(", ", offered)}." : "Its provider offers none." };
        }

        if (confirmation is null)
        {
            if (CheckInputs(action, inputs) is { } wrong) return wrong;
            return await PreviewAsync(account, provider, action, inputs ?? new Dictionary<string, string>(), actor, cancellationToken);
        }

        if (await _confirmations.TakeAsync(confirmation, account.Id, action.Id, actor, cancellationToken) is not { } confirmed)
            return ManagementError.Conflict("The confirmation has expired, or was given for something else.", "confirmation_unknown", "Ask for the action once more without a confirmation, and read what would follow.");
        return await DoAsync(account, provider, action, confirmed, actor, cancellationToken);
    });

    private async Task<ManagementResult<AccountActionResultView>> PreviewAsync(
        Account account, ProviderModule provider, IAccountAction action, IReadOnlyDictionary<string, string> inputs, Actor actor, CancellationToken cancellationToken)
    {
        var call = new AccountActionCall(account, Guid.NewGuid(), inputs);
        var (preview, problem, _) = await AskAsync(account, provider, limit => action.PreviewAsync(call, vendors.For(provider, account), limit), static preview => preview.IsRejected, cancellationToken);
        if (preview is null) return ManagementError.Conflict(problem!, "vendor_unreachable");
        if (!preview.CanRun) return ManagementError.Conflict(preview.Effect, "action_not_possible");
        var (id, expiresAt) = await _confirmations.AddAsync(new ConfirmedAction(account.Id, action.Id, call.RequestId, inputs, actor.Name), cancellationToken);
        return new AccountActionResultView(account.Label, action.Id, action.Title, Done: false, preview.Effect) { Confirmation = id, ExpiresAt = expiresAt };
    }

    private async Task<ManagementResult<AccountActionResultView>> DoAsync(Account account, ProviderModule provider, IAccountAction action, ConfirmedAction confirmed, Actor actor, CancellationToken cancellationToken)
    {
        var call = new AccountActionCall(account, confirmed.RequestId, confirmed.Inputs);
        var (outcome, problem, wasAsked) = await AskAsync(account, provider, limit => action.RunAsync(call, vendors.For(provider, account), limit), static outcome => outcome.IsRejected, cancellationToken);
        var entered = string.Concat(confirmed.Inputs.Select(pair => $" {pair.Key}={pair.Value}"));
        if (outcome is null)
        {
            await _confirmations.GiveBackAsync(confirmed);
            await audit.RecordAsync(actor, "account.action", account.Id, AuditTrail.Failed, $"'{account.Label}' {action.Id}{entered}: {problem}");
            return wasAsked
                ? ManagementError.Conflict($"{problem} Whether it was done is not known.", "action_unknown", "Ask once more with the same confirmation: it is the same action for the vendor.")
                : ManagementError.Conflict(problem!, "vendor_unreachable");
        }

        await audit.RecordAsync(actor, "account.action", account.Id, outcome.IsDone ? AuditTrail.Done : AuditTrail.Failed, $"'{account.Label}' {action.Id}{entered}: {outcome.Message}");
        if (!outcome.IsDone) return ManagementError.Conflict(outcome.Message, "action_refused");
        await ShowAsync(account, cancellationToken);
        return new AccountActionResultView(account.Label, action.Id, action.Title, Done: true, outcome.Message);
    }

    /// <summary>What has changed is seen at once where the vendor may be asked; it is done either way.</summary>
    private async Task ShowAsync(Account account, CancellationToken cancellationToken)
    {
        try
        {
            await quotas.AskAsync(account.Id, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The caller has gone; the next question will do.
        }
    }

    /// <summary>Asks with a token that is good, once more after a refusal of the token, and no longer than half a minute.</summary>
    private async Task<(T? Answer, string? Problem, bool WasAsked)> AskAsync<T>(Account account, ProviderModule provider, Func<CancellationToken, Task<T>> ask, Func<T, bool> isRejected, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var wasAsked = false;
        try
        {
            if (await renewal.EnsureAsync(account, limit.Token) is { } error) return (null, error.Message, false);
            var version = account.Cell.Current.Version;
            wasAsked = true;
            var answer = await ask(limit.Token);
            if (!isRejected(answer) || provider.Refresher is null) return (answer, null, true);
            account.Cell.Reject(version);
            if (await renewal.EnsureAsync(account, limit.Token) is not null || account.Cell.Current.Version == version) return (answer, null, true);
            return (await ask(limit.Token), null, true);
        }
        catch (HttpRequestException ex)
        {
            return (null, ex.Message, wasAsked);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"{provider.Descriptor.DisplayName} did not answer in time.", wasAsked);
        }
    }

    private (Account Account, ProviderModule Provider)? Find(string name, out ManagementError? error)
    {
        error = null;
        if (directory.Find(name) is not { } entry) error = AccountDirectory.Unknown(name);
        else if (entry is not { Account: { } account, Problem: null }) error = ManagementError.Conflict(entry.Problem?.Text ?? $"The account '{entry.Label}' cannot be used.", "account_not_usable");
        else if (registry.Providers.TryGet(account.Provider, out var provider)) return (account, provider);
        else error = AccountDirectory.Unknown(name);
        return null;
    }

    private static ManagementError? CheckInputs(IAccountAction action, IReadOnlyDictionary<string, string>? inputs)
    {
        foreach (var field in action.Inputs)
        {
            if (field.IsRequired && (inputs is null || !inputs.TryGetValue(field.Name, out var value) || value.Length == 0))
                return ManagementError.Invalid($"The action '{action.Id}' needs '{field.Name}': {field.Description}", $"inputs.{field.Name}", "missing_required_parameter");
        }

        return inputs?.Keys.FirstOrDefault(key => action.Inputs.All(field => field.Name != key)) is { } other
            ? ManagementError.Invalid($"The action '{action.Id}' does not know '{other}'.", $"inputs.{other}") : null;
    }
}
