using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Keys;

/// <summary>
/// Client keys: shown, made, changed, rotated, revoked and removed. What was done is in force for clients when a call returns. Keys of the configuration
/// file are shown, and can be changed only there (<see cref="ManagementErrorKind.ConfiguredInFile"/>).
/// </summary>
public sealed class ClientKeyService(IKeyStore keyStore, IBudgetStore budgetStore, ClientKeyStore clientKeys, KeyRateLimiters rates, ISecretProtector secrets, AuditTrail audit, TimeProvider time)
{
    private readonly RecentlyRemoved<ClientKey> _removed = new(time);

    private const int Tries = 5;
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(365);

    /// <summary>Every key, those of the configuration first.</summary>
    public Task<ManagementResult<KeyListView>> ListAsync(CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyListView>(async () =>
    {
        var now = time.GetUtcNow();
        var stored = await keyStore.ListAsync(cancellationToken);
        return new KeyListView([.. clientKeys.Configured.Select(KeyView.From), .. stored.Select(key => KeyView.From(key, now))]);
    });

    /// <summary>One key.</summary>
    public Task<ManagementResult<KeyView>> GetAsync(string id, CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyView>(async () =>
    {
        if (clientKeys.Configured.FirstOrDefault(caller => caller.KeyId == id) is { } configured) return KeyView.From(configured);
        return await keyStore.GetAsync(id, cancellationToken) is { } key ? KeyView.From(key, time.GetUtcNow()) : Missing(id);
    });

    /// <summary>The rates (of this process) and budgets of a key: what is used and what is left.</summary>
    public Task<ManagementResult<KeyStatusView>> GetStatusAsync(string id, CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyStatusView>(async () =>
    {
        if (clientKeys.Configured.FirstOrDefault(caller => caller.KeyId == id) is { } configured) return KeyStatusView.From(id, rates.Rates(configured), []);
        if (clientKeys.FindIdentity(id) is not { } caller) return Missing(id);
        var budgets = await budgetStore.GetStatusAsync(BudgetReservationService.OwnerOf(id), caller.Budgets, cancellationToken);
        return KeyStatusView.From(id, rates.Rates(caller), budgets);
    });

    /// <summary>How every key stands that may be used, those of the configuration first.</summary>
    public Task<ManagementResult<KeyStatusListView>> ListStatusAsync(CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyStatusListView>(async () =>
    {
        var found = new List<KeyStatusView>();
        var configured = clientKeys.Configured;
        foreach (var caller in configured.Concat(clientKeys.Identities.ExceptBy(configured.Select(static one => one.KeyId), static one => one.KeyId)))
        {
            var budgets = caller.Budgets.Count == 0 ? [] : await budgetStore.GetStatusAsync(BudgetReservationService.OwnerOf(caller.KeyId), caller.Budgets, cancellationToken);
            found.Add(KeyStatusView.From(caller.KeyId, rates.Rates(caller), budgets));
        }

        return new KeyStatusListView(found);
    });

    /// <summary>Makes a key; <see cref="KeyView.Key"/> of the result shows it, once.</summary>
    public Task<ManagementResult<KeyView>> CreateAsync(KeySettings settings, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyView>(async () =>
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (KeyChecks.Find(settings) is { } wrong) return wrong;
        var now = time.GetUtcNow();
        if (settings.ExpiresAt <= now) return ManagementError.Invalid("The key would have expired already.", "expires_at");
        var id = KeyText.NewId();
        var secret = KeyText.New(id);
        var key = settings.ApplyTo(new ClientKey { Id = id, Name = "", Hash = Wrap(id, secret), Prefix = KeyText.PrefixOf(id) });
        var saved = await keyStore.AddAsync(key, cancellationToken);
        if (saved.Outcome == SaveOutcome.Taken) return Taken(key.Name);
        await clientKeys.ReloadAsync(cancellationToken);
        var made = await keyStore.GetAsync(id, cancellationToken) ?? key;
        await audit.RecordAsync(actor, "key.add", id, detail: made.Name);
        return KeyView.From(made, now, secret);
    });

    /// <summary>Changes what its owner decides of a key.</summary>
    /// <param name="id">The key.</param>
    /// <param name="change">Makes the new settings of those that stand; called again where somebody else was faster.</param>
    /// <param name="detail">What is changed, for the audit log.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ManagementResult<KeyView>> ChangeAsync(string id, Func<KeySettings, ManagementResult<KeySettings>> change, string detail, Actor actor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        return ChangeAsync(id, "key.change", detail, actor, key =>
        {
            var wanted = change(KeySettings.From(key));
            if (!wanted.Succeeded) return wanted.Error;
            return KeyChecks.Find(wanted.Value) is { } wrong ? wrong : new KeyChange(wanted.Value.ApplyTo(key));
        }, cancellationToken);
    }

    /// <summary>Makes a new key for the same id; the old one is taken for the time of grace, and ends at once where that is zero.</summary>
    public Task<ManagementResult<KeyView>> RotateAsync(string id, TimeSpan grace, Actor actor, CancellationToken cancellationToken)
    {
        if (grace < TimeSpan.Zero || grace > LongestGrace)
            return Task.FromResult<ManagementResult<KeyView>>(ManagementError.Invalid($"The time of grace is from 0 seconds to {LongestGrace.TotalDays} days.", "grace_seconds"));
        var secret = KeyText.New(id);
        return ChangeAsync(id, "key.rotate", $"grace {(long)grace.TotalSeconds} s", actor, key => key.RevokedAt is not null
            ? ManagementError.Conflict($"The key '{key.Name}' was revoked; make a new one.", "key_revoked")
            : new KeyChange(key with
            {
                Hash = Wrap(id, secret),
                PreviousHash = grace > TimeSpan.Zero ? key.Hash : default,
                PreviousUntil = grace > TimeSpan.Zero ? time.GetUtcNow() + grace : null,
            }, secret), cancellationToken);
    }

    /// <summary>Ends a key for good; it stays in the list.</summary>
    public Task<ManagementResult<KeyView>> RevokeAsync(string id, Actor actor, CancellationToken cancellationToken)
        => ChangeAsync(id, "key.revoke", "", actor, key => new KeyChange(key.RevokedAt is null ? key with { RevokedAt = time.GetUtcNow(), PreviousHash = default, PreviousUntil = null } : key), cancellationToken);

    /// <summary>Removes a key for good; usage keeps naming it. Null when it was done.</summary>
    public Task<ManagementError?> RemoveAsync(string id, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        var key = await keyStore.GetAsync(id, cancellationToken);
        if (!await keyStore.RemoveAsync(id, cancellationToken)) return Missing(id);
        if (key is not null) _removed.Add(id, key);
        await clientKeys.ReloadAsync(cancellationToken);
        rates.Remove(id);
        await audit.RecordAsync(actor, "key.remove", id);
        return null;
    });

    /// <summary>Puts a key back that this process removed within the last ten minutes: under its id, with its limits, and with the secret that its holders have.</summary>
    public Task<ManagementResult<KeyView>> RestoreAsync(string id, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyView>(async () =>
    {
        if (!_removed.TryFind(id, out var key)) return ManagementError.NotFound($"No key '{id}' was removed here within the last {RecentlyRemoved<ClientKey>.Kept.TotalMinutes} minutes.");
        var saved = await keyStore.AddAsync(key, cancellationToken);
        if (!saved.Saved) return Taken(key.Name);
        _removed.Forget(id);
        await clientKeys.ReloadAsync(cancellationToken);
        await audit.RecordAsync(actor, "key.restore", id, detail: key.Name);
        return KeyView.From(await keyStore.GetAsync(id, cancellationToken) ?? key, time.GetUtcNow());
    });

    private Task<ManagementResult<KeyView>> ChangeAsync(string id, string action, string detail, Actor actor, Func<ClientKey, ManagementResult<KeyChange>> change, CancellationToken cancellationToken) => StoreCalls.RunAsync<KeyView>(async () =>
    {
        for (var tries = 0; ; tries++)
        {
            if (await keyStore.GetAsync(id, cancellationToken) is not { } key) return Missing(id);
            var made = change(key);
            if (!made.Succeeded) return made.Error;
            var (changed, secret) = made.Value;
            if (!ReferenceEquals(changed, key))
            {
                var saved = await keyStore.UpdateAsync(changed, cancellationToken);
                if (saved.Outcome == SaveOutcome.Taken) return Taken(changed.Name);
                if (saved.Outcome == SaveOutcome.Missing) return Missing(id);
                // Somebody else was faster: the change is made of what they left.
                if (saved.Outcome == SaveOutcome.Conflict && tries < Tries) continue;
                if (!saved.Saved) return ManagementError.Conflict($"The key '{id}' is being changed by somebody else; try again.");
                await clientKeys.ReloadAsync(cancellationToken);
                changed = await keyStore.GetAsync(id, cancellationToken) ?? changed;
            }

            await audit.RecordAsync(actor, action, id, detail: detail);
            return KeyView.From(changed, time.GetUtcNow(), secret);
        }
    });

    private ManagementError Missing(string id) => clientKeys.Configured.Any(caller => caller.KeyId == id)
        ? new ManagementError(ManagementErrorKind.ConfiguredInFile, "key_of_configuration", $"The key '{id}' is one of api-keys in the configuration; change it there.")
        : ManagementError.NotFound($"There is no key '{id}'.");

    private byte[] Wrap(string id, string secret) => secrets.Protect(KeyText.HashOf(secret), SecretPurpose.ClientKey(id));

    private static ManagementError Taken(string name) => ManagementError.Conflict($"There is a key named '{name}' already.", "name_taken");

    /// <summary>A key as it shall be, and the secret that was made for it.</summary>
    private sealed record KeyChange(ClientKey Key, string? Secret = null);
}
