namespace Dragoman.Management.Logins;

/// <summary>The logins of this process: a bounded number of them, each seen only by who began it.</summary>
internal sealed class LoginSessions : IDisposable
{
    /// <summary>How many may be open at once.</summary>
    public const int MostOpen = 16;

    private const int MostKept = 64;

    private readonly Lock _gate = new();
    private readonly List<LoginSession> _sessions = [];

    /// <summary>Adds one; false where too many are open.</summary>
    public bool TryAdd(LoginSession session)
    {
        lock (_gate)
        {
            if (_sessions.Count(other => !other.HasEnded) >= MostOpen) return false;
            while (_sessions.Count >= MostKept && _sessions.Find(other => other.HasEnded) is { } oldest) _sessions.Remove(oldest);
            _sessions.Add(session);
            return true;
        }
    }

    /// <summary>The login of an id; null where the caller has none.</summary>
    public LoginSession? Find(string id, Actor actor)
    {
        lock (_gate) return _sessions.Find(session => PkceCode.AreSame(session.Id, id) && session.Owner == actor);
    }

    /// <summary>The login that waits for a state. Every state is looked at, and each as a whole.</summary>
    public LoginSession? FindByState(string state, bool isInPath)
    {
        LoginSession? found = null;
        lock (_gate)
        {
            foreach (var session in _sessions)
                if (session.Authorization is { } request && PkceCode.AreSame(request.State, state) && session.IsStateInPath == isInPath) found = session;
        }

        return found;
    }

    /// <summary>The logins of a caller, the newest first.</summary>
    public IReadOnlyList<LoginSession> Of(Actor actor)
    {
        lock (_gate) return [.. _sessions.Where(session => session.Owner == actor).Reverse()];
    }

    /// <summary>Ends all of them.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var session in _sessions) session.Dispose();
            _sessions.Clear();
        }
    }
}
