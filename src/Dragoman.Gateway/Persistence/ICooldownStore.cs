namespace Dragoman.Gateway.Persistence;

/// <summary>
/// What was learnt of targets, so that a restart (or another node) does not hammer an upstream that asked for a pause. Times are absolute.
/// Of two saves of one target the one with the later <see cref="StoredCooldown.ObservedAt"/> stands. Cooldowns that are over are kept for their
/// streak until they are removed.
/// </summary>
public interface ICooldownStore
{
    /// <summary>Every target known.</summary>
    Task<IReadOnlyList<StoredCooldown>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Saves targets, all or none; raises one change notice for each account.</summary>
    Task SaveAsync(IReadOnlyList<StoredCooldown> cooldowns, CancellationToken cancellationToken = default);

    /// <summary>Forgets an account's targets.</summary>
    Task RemoveAsync(string accountId, CancellationToken cancellationToken = default);

    /// <summary>Forgets targets that neither cool down nor were seen since <paramref name="before"/>.</summary>
    Task<int> PruneAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <summary>A target as it is stored.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Model">The upstream's model, or null for the account as a whole.</param>
/// <param name="State">How it stands.</param>
/// <param name="ObservedAt">When this was learnt.</param>
public sealed record StoredCooldown(string AccountId, string? Model, CooldownState State, DateTimeOffset ObservedAt)
{
    /// <summary>What the upstream said of its quotas.</summary>
    public IReadOnlyList<QuotaWindow> Quotas { get; init; } = [];
}

/// <summary>One quota of an upstream.</summary>
/// <param name="Name">Its name: <c>5h</c>, <c>week</c>, <c>requests</c>, <c>tokens</c>, …</param>
/// <param name="UsedFraction">How much is used, 0 to 1, or null.</param>
/// <param name="Limit">The whole, or null.</param>
/// <param name="Remaining">What is left, or null.</param>
/// <param name="ResetsAt">When it begins anew, or null.</param>
public sealed record QuotaWindow(string Name, double? UsedFraction, long? Limit, long? Remaining, DateTimeOffset? ResetsAt)
{
    /// <summary>When the upstream said so; null until it is taken up.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>How long it is, where the provider knows and the name does not say; null where it is read from the name.</summary>
    public TimeSpan? Length { get; init; }
}
