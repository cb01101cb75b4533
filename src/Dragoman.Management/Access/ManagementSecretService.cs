using Dragoman.Gateway.Persistence;
using Dragoman.Management.Audit;

namespace Dragoman.Management.Access;

/// <summary>Sets and removes the management secret that the store keeps. Either ends every session of the panel.</summary>
public sealed class ManagementSecretService(IGatewayStore store, ISecretProtector secrets, ManagementSecret current, PanelSessions sessions, AuditTrail audit)
{
    /// <summary>A new secret as the configuration's file keeps one: hashed; an error where it cannot be one.</summary>
    public static ManagementResult<string> HashForFile(string? secret) => ErrorIn(secret) is { } error ? error : BcryptHash.Make(secret!);

    /// <summary>Keeps a new secret, hashed; it is in force when the call returns. Null when it was done.</summary>
    public Task<ManagementError?> SetAsync(string secret, Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        if (ErrorIn(secret) is { } error) return error;
        await ManagementSecret.StoreAsync(store, secrets, secret, cancellationToken);
        await current.LoadAsync(cancellationToken);
        await audit.RecordAsync(actor, "settings.secret", ManagementSecret.SettingName, AuditTrail.Done, "set");
        await EndSessionsAsync(actor, cancellationToken);
        return null;
    });

    /// <summary>Forgets the stored secret. Null when it was done.</summary>
    public Task<ManagementError?> RemoveAsync(Actor actor, CancellationToken cancellationToken) => StoreCalls.RunAsync(async () =>
    {
        if (!await store.Settings.RemoveAsync(ManagementSecret.SettingName, cancellationToken)) return ManagementError.NotFound("The store keeps no management secret.");
        await current.LoadAsync(cancellationToken);
        await audit.RecordAsync(actor, "settings.secret", ManagementSecret.SettingName, AuditTrail.Done, "removed");
        await EndSessionsAsync(actor, cancellationToken);
        return null;
    });

    /// <summary>None of them is in force any more, since each is bound to the secret that it began with; so a store that fails here does no harm.</summary>
    private Task EndSessionsAsync(Actor actor, CancellationToken cancellationToken) => sessions.EndAllAsync(except: null, actor, cancellationToken);

    private static ManagementError? ErrorIn(string? secret)
        => secret is null || secret.Length < ManagementSecret.ShortestNew || secret.Any(letter => letter is <= ' ' or > '~')
            ? ManagementError.Invalid($"The secret needs at least {ManagementSecret.ShortestNew} characters, of ASCII and without spaces: headers must carry it.", "secret")
            : null;
}
