namespace Dragoman.Management.Audit;

/// <summary>Tells whether something that an actor does again and again is to be written down: once an hour for each of them.</summary>
/// <param name="time">The clock.</param>
internal sealed class HourlyNotes(TimeProvider time)
{
    private const int Most = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Actor, DateTimeOffset> _noted = [];

    /// <summary>Whether it is to be written down now; it counts as written then.</summary>
    public bool IsDue(Actor actor)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (_noted.TryGetValue(actor, out var last) && now - last < Interval) return false;
            if (_noted.Count >= Most) _noted.Clear();
            _noted[actor] = now;
            return true;
        }
    }
}
