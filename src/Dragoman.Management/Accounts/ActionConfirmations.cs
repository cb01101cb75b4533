using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dragoman.Gateway.Persistence;
using Dragoman.Protocols.Json;

namespace Dragoman.Management.Accounts;

/// <summary>
/// Previews that were shown and wait for their confirmation: each for one action of one account and one actor, for ten minutes, done once. They are in the store, so that another node can do what one has shown; what
/// confirms them is not: only its digest is.
/// </summary>
internal sealed partial class ActionConfirmations(ISettingStore settings, TimeProvider time)
{
    private const string Prefix = "action-confirmation.";
    private const int MaxKept = 256;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    /// <summary>Keeps a preview, and gives what confirms it.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<(string Id, DateTimeOffset ExpiresAt)> AddAsync(ConfirmedAction action, CancellationToken cancellationToken)
    {
        await TidyAsync(cancellationToken);
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        return (id, await KeepAsync(action with { Id = id }, cancellationToken));
    }

    /// <summary>The action that a confirmation is for, which is spent by it; null where it is for something else, or has expired.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<ConfirmedAction?> TakeAsync(string id, string accountId, string actionId, Actor actor, CancellationToken cancellationToken)
    {
        if (Read(await settings.GetAsync(NameOf(id), cancellationToken)) is not { } kept || kept.ExpiresAt <= time.GetUtcNow()) return null;
        if (kept.Account != accountId || kept.Action != actionId || kept.Actor != actor.Name) return null;
        // Whoever takes it away is the one who does it.
        return await settings.RemoveAsync(NameOf(id), cancellationToken) ? new ConfirmedAction(kept.Account, kept.Action, kept.Request, kept.Inputs, kept.Actor) { Id = id } : null;
    }

    /// <summary>Makes a confirmation good again whose action did not come to an end.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public Task GiveBackAsync(ConfirmedAction action) => KeepAsync(action, CancellationToken.None);

    private async Task<DateTimeOffset> KeepAsync(ConfirmedAction action, CancellationToken cancellationToken)
    {
        var kept = new Kept(action.AccountId, action.ActionId, action.RequestId, action.Inputs, action.Actor, time.GetUtcNow() + Life);
        await settings.SetAsync(new Setting(NameOf(action.Id), JsonSerializer.Serialize(kept, KeptJson.Default.Kept)), null, cancellationToken);
        return kept.ExpiresAt;
    }

    /// <summary>Takes away those that have expired, and the oldest where there are too many.</summary>
    private async Task TidyAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var all = (await settings.ListAsync(cancellationToken)).Where(setting => setting.Name.StartsWith(Prefix, StringComparison.Ordinal)).Select(setting => (setting.Name, Kept: Read(setting))).ToList();
        var old = all.Where(item => item.Kept is null || item.Kept.ExpiresAt <= now).Concat(all.Where(item => item.Kept?.ExpiresAt > now).OrderByDescending(item => item.Kept!.ExpiresAt).Skip(MaxKept - 1));
        foreach (var (name, _) in old.ToList()) await settings.RemoveAsync(name, cancellationToken);
    }

    private static Kept? Read(Setting? setting)
    {
        try
        {
            return setting is null ? null : JsonSerializer.Deserialize(setting.Value, KeptJson.Default.Kept);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string NameOf(string id) => Prefix + TextDigest.Hex(id);

    private sealed record Kept(string Account, string Action, Guid Request, IReadOnlyDictionary<string, string> Inputs, string Actor, DateTimeOffset ExpiresAt);

    [JsonSerializable(typeof(Kept))]
    private sealed partial class KeptJson : JsonSerializerContext;
}

/// <summary>An action that waits for its confirmation.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="ActionId">The action.</param>
/// <param name="RequestId">What the vendor knows the action by.</param>
/// <param name="Inputs">What was shown with it.</param>
/// <param name="Actor">Who was shown it.</param>
internal sealed record ConfirmedAction(string AccountId, string ActionId, Guid RequestId, IReadOnlyDictionary<string, string> Inputs, string Actor)
{
    /// <summary>What confirms it.</summary>
    public string Id { get; init; } = "";
}
