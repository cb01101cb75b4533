namespace Dragoman.Gateway.Accounts;

/// <summary>How fast a quota window fills: the pace since it was seen half an hour to an hour ago, or since it was first seen. For a forecast, not for routing.</summary>
internal sealed class QuotaTrend
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(30);

    /// <summary>Vendors state a reset by the second, now and then a few seconds apart.</summary>
    private static readonly TimeSpan SameReset = TimeSpan.FromMinutes(2);

    private (double Used, DateTimeOffset At) _older;
    private (double Used, DateTimeOffset At) _newer;
    private (double Used, DateTimeOffset At) _last;
    private DateTimeOffset? _reset;

    /// <summary>The window as it was just stated.</summary>
    public void Add(double used, DateTimeOffset? reset, DateTimeOffset now)
    {
        var isNew = _last.At == default || used < _last.Used - 0.001 || (reset is { } stated && _reset is { } known && (stated - known).Duration() > SameReset);
        _last = (used, now);
        _reset = reset ?? _reset;
        if (isNew)
        {
            _older = _newer = _last;
        }
        else if (now - _newer.At >= Span)
        {
            _older = _newer;
            _newer = _last;
        }
    }

    /// <summary>When the window is used up at this pace; null where nothing was used, too little is known, or it resets before.</summary>
    public DateTimeOffset? ExhaustedAt(DateTimeOffset now)
    {
        var span = _last.At - _older.At;
        if (span < Shortest || _last.Used <= _older.Used || _last.Used >= 1 || _reset <= now) return null;
        var left = (1 - _last.Used) / ((_last.Used - _older.Used) / span.TotalSeconds);
        if (left > TimeSpan.FromDays(60).TotalSeconds) return null;
        var end = _last.At + TimeSpan.FromSeconds(left);
        return end < now ? now : _reset is { } reset && end >= reset ? null : end;
    }
}
