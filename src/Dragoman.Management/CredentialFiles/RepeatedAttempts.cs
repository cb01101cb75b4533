namespace Dragoman.Management.CredentialFiles;

/// <summary>Remembers for ten minutes who was shown what a vendor says about use by other programs: who does the same again then has read it.</summary>
/// <param name="time">The clock.</param>
public sealed class RepeatedAttempts(TimeProvider time)
{
    private const int Most = 1_000;
    private static readonly TimeSpan Term = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Actor Actor, string Provider), DateTimeOffset> _shown = [];

    /// <summary>Whether this caller was shown the vendor's words a short while ago.</summary>
    public bool WasShown(Actor actor, string provider)
    {
        lock (_gate) return _shown.TryGetValue((actor, provider), out var at) && time.GetUtcNow() - at < Term;
    }

    /// <summary>The caller is shown them now.</summary>
    public void Show(Actor actor, string provider)
    {
        lock (_gate)
        {
            if (_shown.Count >= Most) _shown.Clear();
            _shown[(actor, provider)] = time.GetUtcNow();
        }
    }
}
