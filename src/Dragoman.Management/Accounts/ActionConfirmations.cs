using System.Buffers.Text;
using System.Security.Cryptography;

namespace Dragoman.Management.Accounts;

/// <summary>Previews that were shown and wait for their confirmation: each for one action of one account and one actor, for ten minutes, done once.</summary>
internal sealed class ActionConfirmations(TimeProvider time)
{
    private const int MaxKept = 256;

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (ConfirmedAction Action, DateTimeOffset ExpiresAt)> _waiting = new(StringComparer.Ordinal);

    /// <summary>Keeps a preview, and gives what confirms it.</summary>
    public (string Id, DateTimeOffset ExpiresAt) Add(ConfirmedAction action)
    {
        var (id, now) = (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), time.GetUtcNow());
        lock (_gate)
        {
            foreach (var old in _waiting.Where(item => item.Value.ExpiresAt <= now).Select(item => item.Key).ToList()) _waiting.Remove(old);
            if (_waiting.Count >= MaxKept) _waiting.Remove(_waiting.MinBy(item => item.Value.ExpiresAt).Key);
            _waiting[id] = (action with { Id = id }, now + Life);
        }

        return (id, now + Life);
    }

    /// <summary>The action that a confirmation is for, which is spent by it; null where it is for something else, or has expired.</summary>
    public ConfirmedAction? Take(string id, string accountId, string actionId, Actor actor)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(id, out var kept) || kept.ExpiresAt <= time.GetUtcNow()) return null;
            var (action, _) = kept;
            if (action.AccountId != accountId || action.ActionId != actionId || action.Actor.Name != actor.Name) return null;
            _waiting.Remove(id);
            return action;
        }
    }

    /// <summary>Makes a confirmation good again whose action did not come to an end.</summary>
    public void GiveBack(ConfirmedAction action)
    {
        lock (_gate) _waiting[action.Id] = (action, time.GetUtcNow() + Life);
    }
}

/// <summary>An action that waits for its confirmation.</summary>
internal sealed record ConfirmedAction(string AccountId, string ActionId, Guid RequestId, IReadOnlyDictionary<string, string> Inputs, Actor Actor)
{
    /// <summary>What confirms it.</summary>
    public string Id { get; init; } = "";
}
