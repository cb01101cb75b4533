namespace Dragoman.Server.Listeners;

/// <summary>How often a listener was asked since the start, and when last. Counted with every request, without locks or allocations.</summary>
internal sealed class ListenerUse
{
    private long _requests;
    private long _lastTicks;
    private string? _userAgent;

    /// <summary>How many requests came in by it.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>When the last one came; null for none.</summary>
    public DateTimeOffset? LastUsedAt => Interlocked.Read(ref _lastTicks) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>How the last program named itself that did so; null for none.</summary>
    public string? LastUserAgent => Volatile.Read(ref _userAgent);

    /// <summary>Counts a request.</summary>
    /// <param name="now">The time.</param>
    /// <param name="userAgent">How the program names itself; null where it does not.</param>
    public void Count(DateTimeOffset now, string? userAgent)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Exchange(ref _lastTicks, now.UtcTicks);
        if (!string.IsNullOrEmpty(userAgent)) Volatile.Write(ref _userAgent, userAgent);
    }
}
