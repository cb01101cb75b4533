namespace Dragoman.Gateway.Accounts;

/// <summary><c>routing.limits</c>: what holds for the accounts of a provider that do not say otherwise.</summary>
public sealed record ProviderLimits
{
    /// <summary>None.</summary>
    public static ProviderLimits None { get; } = new();

    /// <summary><c>requests-per-minute</c>: how many requests each account may get in any minute; null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary><c>total-requests-per-minute</c>: how many requests all accounts together may get in any minute; null for no limit.</summary>
    public int? TotalRequestsPerMinute { get; init; }

    /// <summary><c>request-interval</c>: the least time between two requests of an account; zero for none.</summary>
    public TimeSpan RequestInterval { get; init; }

    /// <summary><c>reserve-percent</c>, as a share of 0 to 1: what is left of each quota window and not used; null for nothing.</summary>
    public double? Reserve { get; init; }

    /// <summary>Whether requests of an account are counted against a rate.</summary>
    internal bool LimitsRate(Account account) => account.RequestsPerMinute is not null || RequestsPerMinute is not null || TotalRequestsPerMinute is not null || RequestInterval > TimeSpan.Zero;

    /// <summary>How long the rate of all accounts together lets no further request pass; zero where it may have one now.</summary>
    /// <param name="clock">The time, as windows count it.</param>
    /// <param name="together">What they had; its lock is held.</param>
    internal TimeSpan TotalWaitAt(TimeSpan clock, MinuteWindow together) => TotalRequestsPerMinute is { } most && together.WaitFor(clock, 1, most) is { } wait ? wait : TimeSpan.Zero;
}
