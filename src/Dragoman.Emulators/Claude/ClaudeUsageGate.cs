namespace Dragoman.Emulators.Claude;

/// <summary>The limit of the usage endpoint, which counts by source address: five questions in five minutes; who asks while it is closed keeps it closed.</summary>
internal sealed class ClaudeUsageGate
{
    private const int Most = 5;
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _asked = new();
    private DateTimeOffset _closedUntil = DateTimeOffset.MinValue;

    /// <summary>Null where it may be asked, else the seconds to wait.</summary>
    public int? Ask(DateTimeOffset now)
    {
        lock (_gate)
        {
            while (_asked.TryPeek(out var first) && now - first >= Span) _asked.Dequeue();
            if (now >= _closedUntil && _asked.Count < Most)
            {
                _asked.Enqueue(now);
                return null;
            }

            _closedUntil = now + Span;
            return (int)Span.TotalSeconds;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _asked.Clear();
            _closedUntil = DateTimeOffset.MinValue;
        }
    }
}
