namespace Dragoman.Gateway.Quotas;

/// <summary>What a vendor's usage page said last of an account, beside the windows (those are with the account's cooldowns).</summary>
/// <param name="AskedAt">When it was asked last.</param>
/// <param name="AnsweredAt">When it answered last; null for never.</param>
/// <param name="Plan">The plan as the vendor names it; null where it does not say.</param>
/// <param name="Facts">Credits, overage and the like, in the vendor's units.</param>
/// <param name="Problem">Why nothing was learnt the last time; null where it answered.</param>
/// <param name="NextAt">When it is asked again, at the earliest.</param>
public sealed record QuotaSnapshot(DateTimeOffset AskedAt, DateTimeOffset? AnsweredAt, string? Plan, IReadOnlyDictionary<string, string> Facts, string? Problem, DateTimeOffset NextAt);
