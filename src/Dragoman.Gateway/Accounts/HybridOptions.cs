namespace Dragoman.Gateway.Accounts;

/// <summary>
/// <c>routing.hybrid</c>: the numbers of the strategy <c>hybrid</c>, whose score of an account is
/// <c>health·health-weight + bucket%·bucket-weight + quota%·quota-weight + idle seconds (at most 3600)·idle-weight</c>.
/// </summary>
public sealed record HybridOptions
{
    /// <summary>The numbers where nothing was configured.</summary>
    public static HybridOptions Default { get; } = new();

    /// <summary><c>health-weight</c>.</summary>
    public double HealthWeight { get; init; } = 2;

    /// <summary><c>bucket-weight</c>.</summary>
    public double BucketWeight { get; init; } = 5;

    /// <summary><c>quota-weight</c>.</summary>
    public double QuotaWeight { get; init; } = 3;

    /// <summary><c>idle-weight</c>: points for every second without use.</summary>
    public double IdleWeight { get; init; } = 0.1;

    /// <summary><c>start-health</c>: what an account begins with, of 100.</summary>
    public double StartHealth { get; init; } = 70;

    /// <summary><c>min-health</c>: below it an account comes behind the healthy ones.</summary>
    public double MinHealth { get; init; } = 50;

    /// <summary><c>success</c>: points gained by an answer.</summary>
    public double Success { get; init; } = 1;

    /// <summary><c>rate-limit</c>: points lost by a rate limit.</summary>
    public double RateLimit { get; init; } = 10;

    /// <summary><c>failure</c>: points lost by any other failure.</summary>
    public double Failure { get; init; } = 20;

    /// <summary><c>recovery-per-hour</c>: points that come back by themselves.</summary>
    public double RecoveryPerHour { get; init; } = 10;

    /// <summary><c>bucket</c>: how many requests an account of weight 1 may save up; each takes one.</summary>
    public double Bucket { get; init; } = 50;

    /// <summary><c>refill-per-minute</c>: how fast the bucket of an account of weight 1 fills.</summary>
    public double RefillPerMinute { get; init; } = 6;

    /// <summary><c>critical-quota</c>: what is left of a quota, in per cent, at or below which an account comes behind the others.</summary>
    public double CriticalQuota { get; init; } = 5;
}
