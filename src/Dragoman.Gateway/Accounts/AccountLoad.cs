using Dragoman.Gateway.Persistence;

namespace Dragoman.Gateway.Accounts;

/// <summary>
/// What the running gateway counts of one account: requests under way, what it did of late, and how well. In memory only; totals that last
/// are in the ledger. Every call is short and takes one lock of its own.
/// </summary>
public sealed class AccountLoad(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly RecentLoad _recent = new();
    private int _running;
    private long _requests;
    private long _failures;
    private int _consecutiveFailures;
    private DateTimeOffset? _lastUsed;
    private GaugeFault? _lastFault;
    private double? _health;
    private DateTimeOffset _healthAt;
    private double? _bucket;
    private DateTimeOffset _bucketAt;
    private MinuteWindow? _minute;

    /// <summary>How many attempts are under way.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Takes a place for an attempt. Whether there is one is asked and it is taken in one step, so that requests that come at once never pass a limit together.</summary>
    /// <param name="account">The account.</param>
    /// <param name="limits">What holds for the accounts of its provider.</param>
    /// <param name="options">The numbers of the strategy hybrid.</param>
    /// <param name="obeysRates">Whether a rate that lets no request pass now counts.</param>
    /// <param name="together">What all accounts of the provider had in the last minute; null where nothing limits it.</param>
    internal LoadAnswer TryAcquire(Account account, ProviderLimits limits, HybridOptions options, bool obeysRates, MinuteWindow? together)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (obeysRates && RateWaitAt(now, account, limits) > TimeSpan.Zero) return LoadAnswer.RateLimited;
            if (_running >= account.Concurrency) return LoadAnswer.Full;
            if (together is not null)
            {
                lock (together)
                {
                    if (obeysRates && limits.TotalWaitAt(ClockOf(now), together) > TimeSpan.Zero) return LoadAnswer.RateLimited;
                    together.Take(ClockOf(now), 1);
                }
            }

            if (limits.LimitsRate(account)) (_minute ??= new MinuteWindow()).Take(ClockOf(now), 1);
            // Places are given back without the lock.
            Interlocked.Increment(ref _running);
            _requests++;
            _lastUsed = now;
            _recent.Add(now, requests: 1, tokens: 0);
            _bucket = BucketAt(now, account.Weight, options) - 1;
            _bucketAt = now;
            return LoadAnswer.Taken;
        }
    }

    /// <summary>How long the account's own rate lets no further request pass; zero where it may have one now.</summary>
    /// <param name="account">The account.</param>
    /// <param name="limits">What holds for the accounts of its provider.</param>
    public TimeSpan RateWait(Account account, ProviderLimits limits)
    {
        lock (_gate) return RateWaitAt(time.GetUtcNow(), account, limits);
    }

    /// <summary>Gives the place back.</summary>
    public void Release() => Interlocked.Decrement(ref _running);

    /// <summary>An attempt was answered.</summary>
    public void RecordSuccess(long tokens, HybridOptions options)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            _consecutiveFailures = 0;
            if (tokens > 0) _recent.Add(now, requests: 0, tokens);
            Gain(now, options.Success, options);
        }
    }

    /// <summary>An attempt failed through no fault of its request. What it took from the bucket is given back.</summary>
    /// <param name="account">The account.</param>
    /// <param name="failure">The failure; its words hold no secret.</param>
    /// <param name="options">What it costs.</param>
    public void Failed(Account account, Failure failure, HybridOptions options)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            _failures++;
            _consecutiveFailures++;
            _lastFault = new GaugeFault(now, failure.Class, failure.Error.Message);
            _bucket = Math.Min(options.Bucket * Share(account.Weight), BucketAt(now, account.Weight, options) + 1);
            _bucketAt = now;
            Gain(now, -(failure.Class is FailureClass.RateLimited or FailureClass.QuotaExhausted ? options.RateLimit : options.Failure), options);
        }
    }

    /// <summary>How busy it is: what the strategies compare.</summary>
    public GaugeLoad Load(Account account, HybridOptions options)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var (recentRequests, recentTokens) = _recent.Sum(now);
            return new GaugeLoad(_running, recentRequests, recentTokens, HealthAt(now, options), BucketAt(now, account.Weight, options) / (options.Bucket * Share(account.Weight)),
                _lastUsed is { } used ? now - used : TimeSpan.MaxValue);
        }
    }

    /// <summary>All that is counted, for people.</summary>
    public AccountLoadReport Report()
    {
        lock (_gate) return new AccountLoadReport(_running, _requests, _failures, _consecutiveFailures, _lastUsed, _lastFault, _health);
    }

    /// <summary>Forgets faults: its owner has repaired it.</summary>
    public void ResetHealth()
    {
        lock (_gate)
        {
            _consecutiveFailures = 0;
            _lastFault = null;
            _health = null;
        }
    }

    /// <summary>A time as the windows of a minute count it.</summary>
    internal static TimeSpan ClockOf(DateTimeOffset now) => new(now.UtcTicks);

    private TimeSpan RateWaitAt(DateTimeOffset now, Account account, ProviderLimits limits)
    {
        var wait = limits.RequestInterval > TimeSpan.Zero && _lastUsed is { } used ? used + limits.RequestInterval - now : TimeSpan.Zero;
        if ((account.RequestsPerMinute ?? limits.RequestsPerMinute) is { } most && _minute is not null && _minute.WaitFor(ClockOf(now), 1, most) is { } longer && longer > wait) wait = longer;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private static double Share(int weight) => Math.Max(1, weight);

    private void Gain(DateTimeOffset now, double points, HybridOptions options)
    {
        _health = Math.Clamp(HealthAt(now, options) + points, 0, 100);
        _healthAt = now;
    }

    private double HealthAt(DateTimeOffset now, HybridOptions options)
        => _health is { } known ? Math.Min(100, known + Math.Max(0, (now - _healthAt).TotalHours) * options.RecoveryPerHour) : options.StartHealth;

    private double BucketAt(DateTimeOffset now, int weight, HybridOptions options)
    {
        var full = options.Bucket * Share(weight);
        return _bucket is { } known ? Math.Min(full, known + Math.Max(0, (now - _bucketAt).TotalMinutes) * options.RefillPerMinute * Share(weight)) : full;
    }
}

/// <summary>Whether a place was taken at an account, and what stood in the way where not.</summary>
public enum LoadAnswer
{
    /// <summary>A place was taken.</summary>
    Taken,

    /// <summary>It serves as many requests at once as it may.</summary>
    Full,

    /// <summary>It, or all accounts of its provider together, had as many requests of late as they may.</summary>
    RateLimited,
}

/// <summary>How busy an account is.</summary>
/// <param name="Running">Attempts under way.</param>
/// <param name="RecentRequests">Attempts of the last five minutes.</param>
/// <param name="RecentTokens">Tokens of the answers of the last five minutes.</param>
/// <param name="Health">0 to 100.</param>
/// <param name="Bucket">How full its token bucket is; 0 to 1, below 0 when it was overdrawn.</param>
/// <param name="Idle">How long it has not been used.</param>
public readonly record struct GaugeLoad(int Running, long RecentRequests, long RecentTokens, double Health, double Bucket, TimeSpan Idle);

/// <summary>What is counted of an account since the start of the process.</summary>
/// <param name="Running">Attempts under way.</param>
/// <param name="Requests">Attempts.</param>
/// <param name="Failures">Attempts that failed through no fault of their requests.</param>
/// <param name="ConsecutiveFailures">Of them, those since the last answer.</param>
/// <param name="LastUsed">When it was last used, or null.</param>
/// <param name="LastFault">The last failure, or null.</param>
/// <param name="Health">0 to 100; null when nothing is known.</param>
public sealed record AccountLoadReport(int Running, long Requests, long Failures, int ConsecutiveFailures, DateTimeOffset? LastUsed, GaugeFault? LastFault, double? Health);

/// <summary>A failure of an account.</summary>
/// <param name="At">When.</param>
/// <param name="Class">What sort.</param>
/// <param name="Message">The upstream's words, secrets masked.</param>
public sealed record GaugeFault(DateTimeOffset At, FailureClass Class, string Message);
