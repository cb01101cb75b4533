using System.Globalization;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Settings;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Accounts;

/// <summary>
/// Accounts: those of both origins are shown, those of the store are added, changed and removed. What was done is in force when a call returns. An account is
/// named by its id or its label.
/// </summary>
public sealed class AccountAdministration(AccountService accounts, IAccountStore store, AccountDirectory directory, Router router, ForwardingServices forwarding, AuditTrail audit, AccountRegistry registry, TimeProvider time)
{
    private readonly RecentlyRemoved<StoredAccount> _removed = new(time);

    /// <summary>All accounts, those of the configuration file first.</summary>
    /// <param name="provider">Only those of this provider; null for any.</param>
    /// <param name="tag">Only those with this tag; null for any.</param>
    public AccountListView List(string? provider, string? tag) => new([.. directory.All()
        .Where(view => provider is null || view.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase))
        .Where(view => tag is null || view.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase))]);

    /// <summary>One account.</summary>
    public ManagementResult<AccountView> Get(string name) => directory.Find(name) is { } entry ? directory.Describe(entry) : AccountDirectory.Unknown(name);

    /// <summary>Adds an account to the store.</summary>
    /// <param name="wanted">What is asked for.</param>
    /// <param name="verify">Whether its upstream is asked for its models first: a refused credential is not saved.</param>
    /// <param name="actor">Who adds it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<AccountView>> AddAsync(AccountUpdate wanted, bool verify, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<AccountView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var saved = await accounts.AddAsync(wanted, verify ? ObjectionAsync : null, cancellationToken);
        await RecordAsync(actor, "account.add", saved.Account?.Id ?? wanted.Label ?? "", saved, $"{wanted.Provider} '{saved.Account?.Label ?? wanted.Label}'");
        return saved is { Outcome: AccountUpdateOutcome.Saved, Account: { } entry } ? directory.Describe(entry) : ErrorFrom(saved, wanted.Label ?? "");
    });

    /// <summary>Changes an account of the store; what is left out stays as it is. A new credential ends its cooldowns.</summary>
    /// <param name="name">The account.</param>
    /// <param name="change">What is to change; with <see cref="AccountUpdate.Version"/> only where nobody else changed it since.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<AccountView>> ChangeAsync(string name, AccountUpdate change, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<AccountView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(change);
        if (directory.Find(name) is not { } found) return AccountDirectory.Unknown(name);
        var saved = found.Origin == AccountOrigin.Config ? new AccountUpdateResult(AccountUpdateOutcome.Configured) : await accounts.UpdateAsync(found.Id, change, cancellationToken);
        if (saved.Outcome == AccountUpdateOutcome.Saved && change.Credential is not null) ResetHealth(found.Id);
        await RecordAsync(actor, "account.change", found.Id, saved, $"'{found.Label}': {string.Join(", ", Changed(change))}");
        if (saved is { Outcome: AccountUpdateOutcome.Saved, Account: { } entry }) return directory.Describe(entry);
        var error = ErrorFrom(saved, found.Label);
        return error.Kind == ManagementErrorKind.VersionConflict && await store.GetAsync(found.Id, cancellationToken) is { } current
            ? error with { CurrentVersion = current.Version.ToString(CultureInfo.InvariantCulture) }
            : error;
    });

    /// <summary>Removes an account of the store: requests under way finish, its conversations move with their next request. Null when it was done.</summary>
    /// <param name="name">The account.</param>
    /// <param name="actor">Who removes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="version">The version that it must still have, with no renewal of its login under way; null for whatever stands there.</param>
    public Task<ManagementError?> RemoveAsync(string name, Actor actor, CancellationToken cancellationToken, long? version = null) => StoreCalls.RunAsync(async () =>
    {
        if (directory.Find(name) is not { } found) return AccountDirectory.Unknown(name);
        var stored = found.Origin == AccountOrigin.Config ? null : await store.GetAsync(found.Id, cancellationToken);
        var saved = found.Origin == AccountOrigin.Config ? new AccountUpdateResult(AccountUpdateOutcome.Configured)
            : version is { } seen ? await accounts.RemoveAsync(found.Id, seen, cancellationToken) : await accounts.RemoveAsync(found.Id, cancellationToken);
        await RecordAsync(actor, "account.remove", found.Id, saved, $"'{found.Label}'");
        if (saved.Outcome != AccountUpdateOutcome.Saved) return ErrorFrom(saved, found.Label);
        // A login whose renewal was under way may have been spent: it would come back as one that has to be signed in to again.
        if (stored is { Refresh: null }) _removed.Add(stored.Id, stored);
        return null;
    });

    /// <summary>Puts an account back that this process removed within the last ten minutes, as it was: under its id, with its credential and settings.</summary>
    /// <param name="id">The account's id.</param>
    /// <param name="actor">Who restores it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<AccountView>> RestoreAsync(string id, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<AccountView>(async () =>
    {
        if (!_removed.TryFind(id, out var stored)) return ManagementError.NotFound($"No account '{id}' was removed here within the last {RecentlyRemoved<StoredAccount>.Kept.TotalMinutes} minutes.");
        var saved = await store.AddAsync(stored, cancellationToken);
        if (!saved.Saved) return ManagementError.Conflict($"There is an account with the id or the label of '{stored.Label}' again; nothing was restored.", "account_exists");
        _removed.Forget(id);
        await registry.RefreshAsync(cancellationToken);
        await audit.RecordAsync(actor, "account.restore", id, AuditTrail.Done, $"'{stored.Label}'");
        return Get(id);
    });

    /// <summary>Ends an account's cooldowns and forgets its failures.</summary>
    public async Task<ManagementResult<AccountView>> ResetAsync(string name, Actor actor)
    {
        if (directory.Find(name) is not { } found) return AccountDirectory.Unknown(name);
        ResetHealth(found.Id);
        await audit.RecordAsync(actor, "account.reset", found.Id, AuditTrail.Done, $"'{found.Label}'");
        return directory.Describe(found);
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

    private Task RecordAsync(Actor actor, string action, string target, AccountUpdateResult saved, string detail)
        => audit.RecordAsync(actor, action, target, saved.Outcome == AccountUpdateOutcome.Saved ? AuditTrail.Done : AuditTrail.Refused, detail);

    private static ManagementError ErrorFrom(AccountUpdateResult saved, string label) => saved.Outcome switch
    {
        AccountUpdateOutcome.Invalid => ManagementError.Invalid([.. saved.Problems.Select(problem => new ManagementFinding(problem.Path, problem.Message, problem.Remedy))]),
        AccountUpdateOutcome.Configured => new ManagementError(ManagementErrorKind.ConfiguredInFile, "account_is_configured", $"The account '{label}' is defined in the configuration file: change it there.") { Fix = "Edits apply at once." },
        AccountUpdateOutcome.Taken => ManagementError.Conflict(saved.Message, "account_exists"),
        AccountUpdateOutcome.Conflict => new ManagementError(ManagementErrorKind.VersionConflict, "version_conflict", $"Somebody else changed the account '{label}' meanwhile.")
        {
            Fix = "Read it again, and make the change from its new version.",
        },
        AccountUpdateOutcome.Refused => ManagementError.Invalid(saved.Message, "credential", "verification_failed"),
        _ => AccountDirectory.Unknown(label),
    };

    /// <summary>What a change is about, without values: some are secrets.</summary>
    private static IEnumerable<string> Changed(AccountUpdate change)
    {
        if (change.Label is not null) yield return $"label '{change.Label}'";
        if (change.Enabled is { } enabled) yield return enabled ? "enabled" : "disabled";
        if (change.Priority is { } priority) yield return $"priority {priority}";
        if (change.Weight is { } weight) yield return $"weight {weight}";
        if (change.Concurrency is { } concurrency) yield return $"concurrency {concurrency}";
        if (change.Tags is { } tags) yield return $"tags {string.Join(' ', tags)}";
        if (change.Credential is not null) yield return "credential";
        foreach (var key in change.Settings?.Keys ?? []) yield return key == "proxy-url" ? "proxy" : key;
    }
}
