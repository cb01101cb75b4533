using System.Text.Json;
using System.Text.Json.Nodes;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Storage.Secrets;

namespace Dragoman.Server.Management.Keys;

/// <summary>Makes and changes keys in the store; what it has done holds at the client's door when it returns.</summary>
internal sealed class ClientKeyService(IKeyStore keyStore, TimeProvider time, ClientKeyStore clientKeys, KeyRateLimiters rates, SecretProtector secrets)
{
    private const int Tries = 5;
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(365);

    public async Task<(KeyView? Made, ManagementError? Fault)> CreateAsync(KeySettings settings, CancellationToken cancellationToken)
    {
        if (KeyChecks.Find(settings) is { } wrong) return (null, wrong);
        var now = time.GetUtcNow();
        if (settings.ExpiresAt <= now) return (null, ManagementError.Invalid("The key would have expired already.", "expires_at"));
        var id = KeyText.NewId();
        var secret = KeyText.New(id);
        var key = settings.ApplyTo(new ClientKey { Id = id, Name = "", Hash = Wrap(id, secret), Prefix = KeyText.PrefixOf(id) });
        var saved = await keyStore.AddAsync(key, cancellationToken);
        if (saved.Outcome == SaveOutcome.Taken) return (null, Taken(key.Name));
        await clientKeys.ReloadAsync(cancellationToken);
        var made = await keyStore.GetAsync(id, cancellationToken) ?? key;
        return (KeyView.From(made, now, secret), null);
    }

    /// <summary>Changes what a patch names; a null takes a limit away.</summary>
    public Task<(KeyView? Changed, ManagementError? Fault)> PatchAsync(string id, JsonObject patch, CancellationToken cancellationToken) => ChangeAsync(id, key =>
    {
        var settings = Merge(KeySettings.From(key), patch, out var fault);
        fault ??= KeyChecks.Find(settings!);
        return (fault is null ? settings!.ApplyTo(key) : null, null, fault);
    }, cancellationToken);

    /// <summary>Makes a new key for the same id; the old one is taken for the time of grace.</summary>
    public Task<(KeyView? Changed, ManagementError? Fault)> RotateAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (grace < TimeSpan.Zero || grace > LongestGrace) return Task.FromResult<(KeyView?, ManagementError?)>((null, ManagementError.Invalid($"The time of grace is from 0 seconds to {LongestGrace.TotalDays} days.", "grace_seconds")));
        var secret = KeyText.New(id);
        return ChangeAsync(id, key => key.RevokedAt is not null
            ? (null, null, ManagementError.Conflict($"The key '{key.Name}' was revoked; make a new one.", "key_revoked"))
            : (key with
            {
                Hash = Wrap(id, secret),
                PreviousHash = grace > TimeSpan.Zero ? key.Hash : default,
                PreviousUntil = grace > TimeSpan.Zero ? time.GetUtcNow() + grace : null,
            }, secret, null), cancellationToken);
    }

    /// <summary>Ends a key for good; it stays in the list.</summary>
    public Task<(KeyView? Changed, ManagementError? Fault)> RevokeAsync(string id, CancellationToken cancellationToken)
        => ChangeAsync(id, key => (key.RevokedAt is null ? key with { RevokedAt = time.GetUtcNow(), PreviousHash = default, PreviousUntil = null } : key, null, null), cancellationToken);

    public async Task<ManagementError?> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (!await keyStore.RemoveAsync(id, cancellationToken)) return Missing(id);
        await clientKeys.ReloadAsync(cancellationToken);
        rates.Remove(id);
        return null;
    }

    public ManagementError Missing(string id) => clientKeys.Configured.Any(client => client.KeyId == id)
        ? ManagementError.Conflict($"The key '{id}' is one of api-keys in the configuration; change it there.", "key_of_configuration")
        : ManagementError.NotFound($"There is no key '{id}'.");

    private async Task<(KeyView? Changed, ManagementError? Fault)> ChangeAsync(string id, Func<ClientKey, (ClientKey? Changed, string? Secret, ManagementError? Fault)> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; ; tries++)
        {
            if (await keyStore.GetAsync(id, cancellationToken) is not { } key) return (null, Missing(id));
            var (changed, secret, fault) = change(key);
            if (fault is not null) return (null, fault);
            if (ReferenceEquals(changed, key)) return (KeyView.From(key, time.GetUtcNow()), null);
            var saved = await keyStore.UpdateAsync(changed!, cancellationToken);
            if (saved.Outcome == SaveOutcome.Taken) return (null, Taken(changed!.Name));
            if (saved.Outcome == SaveOutcome.Missing) return (null, Missing(id));
            // Somebody else was faster: the change is made of what they left.
            if (saved.Outcome == SaveOutcome.Conflict && tries < Tries) continue;
            if (!saved.Saved) return (null, ManagementError.Conflict($"The key '{id}' is being changed by somebody else; try again."));
            await clientKeys.ReloadAsync(cancellationToken);
            return (KeyView.From(await keyStore.GetAsync(id, cancellationToken) ?? changed!, time.GetUtcNow(), secret), null);
        }
    }

    private byte[] Wrap(string id, string secret) => secrets.Protect(KeyText.HashOf(secret), SecretPurpose.ClientKey(id));

    private static KeySettings? Merge(KeySettings now, JsonObject patch, out ManagementError? fault)
    {
        fault = null;
        var merged = JsonSerializer.SerializeToNode(now, ManagementJson.Options)!.AsObject();
        foreach (var (name, value) in patch) merged[name] = value?.DeepClone();
        try
        {
            return merged.Deserialize<KeySettings>(ManagementJson.Options);
        }
        catch (JsonException wrong)
        {
            fault = ManagementError.Invalid($"The change cannot be read: {wrong.Message}", wrong.Path?.TrimStart('$', '.'));
            return null;
        }
    }

    private static ManagementError Taken(string name) => ManagementError.Conflict($"There is a key named '{name}' already.", "name_taken");
}
