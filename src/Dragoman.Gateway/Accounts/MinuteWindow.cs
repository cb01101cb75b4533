namespace Dragoman.Gateway.Accounts;

/// <summary>
/// What was taken in the last minute, in quarter seconds: never more than a limit allows in any sixty seconds, in a fixed amount of
/// memory. Not safe for use by several threads at once.
/// </summary>
internal sealed class MinuteWindow
{
    /// <summary>A quarter more than a minute, so that what was taken at the end of a quarter is counted for its whole minute.</summary>
    private const int Slots = 241;

    private static readonly long SlotTicks = TimeSpan.FromMilliseconds(250).Ticks;
    private readonly long[] _taken = new long[Slots];
    private long _newest;
    private long _sum;

    /// <summary>What counts at a time.</summary>
    public long Taken(TimeSpan now)
    {
        Move(now);
        return _sum;
    }

    /// <summary>Takes an amount; the answer names the slot for <see cref="Change"/>.</summary>
    public long Take(TimeSpan now, long amount)
    {
        Move(now);
        _taken[_newest % Slots] += amount;
        _sum += amount;
        return _newest;
    }

    /// <summary>Changes what was taken earlier, if it still counts.</summary>
    public void Change(TimeSpan now, long slot, long by)
    {
        Move(now);
        if (_newest - slot >= Slots) return;
        _taken[slot % Slots] += by;
        _sum += by;
    }

    /// <summary>How long until an amount has room under a limit; null when it never has.</summary>
    public TimeSpan? WaitFor(TimeSpan now, long amount, long limit)
    {
        Move(now);
        if (amount > limit) return null;
        var left = _sum;
        for (var slot = Math.Max(0, _newest - Slots + 1); slot <= _newest; slot++)
        {
            if (left + amount <= limit) return Until(now, slot - 1);
            left -= _taken[slot % Slots];
        }

        return Until(now, _newest);
    }

    /// <summary>How long until nothing counts any more.</summary>
    public TimeSpan UntilEmpty(TimeSpan now)
    {
        Move(now);
        if (_sum == 0) return TimeSpan.Zero;
        var last = _newest;
        while (_taken[last % Slots] == 0 && last > _newest - Slots) last--;
        return Until(now, last);
    }

    /// <summary>How long until a slot counts no more.</summary>
    private static TimeSpan Until(TimeSpan now, long slot)
    {
        var wait = new TimeSpan((slot + Slots) * SlotTicks) - now;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Move(TimeSpan now)
    {
        var slot = now.Ticks / SlotTicks;
        if (slot <= _newest) return;
        if (slot - _newest >= Slots)
        {
            Array.Clear(_taken);
            _sum = 0;
        }
        else
        {
            for (var next = _newest + 1; next <= slot; next++)
            {
                _sum -= _taken[next % Slots];
                _taken[next % Slots] = 0;
            }
        }

        _newest = slot;
    }
}
