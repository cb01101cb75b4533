using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>Let in by the rates of its key.</summary>
internal sealed class KeyAdmissionLease(KeyRateLimiter? meter, MeterTaken taken, KeyRateLimiters meters) : AdmissionLease
{
    private int _over;

    /// <summary>The request did not go on: nothing of it counts.</summary>
    public void Return()
    {
        if (meter is not null && Interlocked.Exchange(ref _over, 1) == 0) meter.Return(taken, meters.Now);
    }

    public override ValueTask<bool> EndAsync(UsageEntry used)
    {
        if (meter is not null && Interlocked.Exchange(ref _over, 1) == 0) meter.Release(taken, meters.Now, used.InputTokens + used.OutputTokens);
        return new(false);
    }
}
