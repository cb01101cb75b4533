using System.Text.Json;
using Dragoman.Gateway.AccountManagement;
using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Accounts;

/// <summary>
/// Which account of a provider is used first, for surfaces whose systems have an active account: it gets a priority above the provider's others, so that these serve when it cannot, and gives it back
/// when another one takes its place. Where the owner wants all to take turns nobody is raised, and the active account is but a name. Kept in the store.
/// </summary>
public sealed class PreferredAccounts(AccountAdministration accounts, AccountDirectory directory, AccountRegistry registry, ISettingStore settings) : IDisposable
{
    private const string Prefix = "preferred.";

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>The active account of a provider: the one that was chosen, else the first of the highest priority; null where it has none, and after a fault of the store the latter.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AccountView?> FindAsync(string provider, CancellationToken cancellationToken)
    {
        Preference known;
        try
        {
            known = await ReadAsync(provider, cancellationToken);
        }
        catch (StoreException)
        {
            known = Preference.None;
        }

        var all = EntriesOf(provider);
        var active = all.Find(entry => entry.Id == known.Account) ?? all.OrderByDescending(PriorityOf).FirstOrDefault();
        return active is null ? null : directory.Describe(active);
    }

    /// <summary>Whether all accounts of a provider take turns.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<bool> TakesTurnsAsync(string provider, CancellationToken cancellationToken) => (await ReadAsync(provider, cancellationToken)).TakesTurns;

    /// <summary>Makes an account the active one of its provider.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="name">The account's id or label.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="cancellationToken">Gives up before anything was changed.</param>
    public Task<ManagementResult<AccountView>> PreferAsync(string provider, string name, Actor actor, CancellationToken cancellationToken) => InTurnAsync<AccountView>(async () =>
    {
        if (directory.Find(name) is not { } found || ProviderOf(found) != provider) return AccountDirectory.Unknown(name);
        var known = await ReadAsync(provider, cancellationToken);
        if (await ApplyAsync(provider, known, found, known.TakesTurns, actor, cancellationToken) is { } error) return error;
        return directory.Describe(directory.Find(found.Id) ?? found);
    }, cancellationToken);

    /// <summary>Says whether all accounts of a provider take turns, or the active one is used first. Null when it was done.</summary>
    /// <param name="provider">The provider's id.</param>
    /// <param name="takesTurns">Whether they take turns.</param>
    /// <param name="actor">Who says it.</param>
    /// <param name="cancellationToken">Gives up before anything was changed.</param>
    public async Task<ManagementError?> SetTurnsAsync(string provider, bool takesTurns, Actor actor, CancellationToken cancellationToken)
        => (await InTurnAsync<AccountListView>(async () =>
        {
            var known = await ReadAsync(provider, cancellationToken);
            var active = EntriesOf(provider).Find(entry => entry.Id == known.Account);
            return await ApplyAsync(provider, known, active, takesTurns, actor, cancellationToken) is { } error ? error : new AccountListView([]);
        }, cancellationToken)).Error;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<ManagementError?> ApplyAsync(string provider, Preference known, AccountEntry? active, bool takesTurns, Actor actor, CancellationToken cancellationToken)
    {
        var next = known with { Account = active?.Id, TakesTurns = takesTurns };
        if (known.IsRaised && (active?.Id != known.Account || takesTurns))
        {
            if (EntriesOf(provider).Find(entry => entry.Id == known.Account) is { } former && await SetPriorityAsync(former, known.Priority, actor, cancellationToken) is { } error) return error;
            next = next with { IsRaised = false };
        }

        if (active is not null && !takesTurns && !next.IsRaised)
        {
            var most = EntriesOf(provider).Where(entry => entry.Id != active.Id).Select(entry => (int?)PriorityOf(entry)).Max();
            if (most >= PriorityOf(active))
            {
                next = next with { IsRaised = true, Priority = PriorityOf(active) };
                if (await SetPriorityAsync(active, most.Value + 1, actor, cancellationToken) is { } error) return error;
            }
        }

        await settings.SetAsync(new Setting(Prefix + provider, JsonSerializer.Serialize(next, ManagementJson.Options)), null, cancellationToken);
        return null;
    }

    private async Task<ManagementError?> SetPriorityAsync(AccountEntry entry, int priority, Actor actor, CancellationToken cancellationToken)
        => (await accounts.ChangeAsync(entry.Id, new AccountUpdate { Priority = priority }, actor, cancellationToken)).Error;

    private async Task<ManagementResult<T>> InTurnAsync<T>(Func<Task<ManagementResult<T>>> run, CancellationToken cancellationToken)
        where T : class
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await StoreCalls.RunAsync(run);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Preference> ReadAsync(string provider, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(Prefix + provider, cancellationToken) is not { } stored) return Preference.None;
        try
        {
            return JsonSerializer.Deserialize<Preference>(stored.Value, ManagementJson.Options) ?? Preference.None;
        }
        catch (JsonException)
        {
            // Of another version: it is chosen anew.
            return Preference.None;
        }
    }

    private List<AccountEntry> EntriesOf(string provider) => [.. registry.Entries.Where(entry => ProviderOf(entry) == provider)];

    private static string? ProviderOf(AccountEntry entry) => entry.Account?.Provider ?? entry.Stored?.Provider;

    private static int PriorityOf(AccountEntry entry) => entry.Account?.Priority ?? entry.Stored!.Priority;

    /// <summary>What is kept of a provider.</summary>
    /// <param name="Account">The account that was chosen; null for none.</param>
    /// <param name="TakesTurns">Whether all take turns.</param>
    /// <param name="IsRaised">Whether its priority was raised for it.</param>
    /// <param name="Priority">The priority that it had before.</param>
    private sealed record Preference(string? Account, bool TakesTurns, bool IsRaised, int Priority)
    {
        public static Preference None { get; } = new(null, false, false, 0);
    }
}
