using System.Text;
using Dragoman.Emulators.FakeModel;

namespace Dragoman.Emulators.Kiro;

/// <summary>The tokens of those who have signed in: an access token is good for an hour, a refresh token once.</summary>
internal sealed class KiroGrants
{
    private static readonly TimeSpan AccessLife = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (KiroPerson Person, DateTimeOffset End)> _access = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (KiroPerson Person, string Client)> _refresh = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _overage = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>How many tokens were renewed.</summary>
    public int Renewals { get; private set; }

    /// <summary>Tokens for a person.</summary>
    /// <param name="person">Who has signed in.</param>
    /// <param name="client">The client that alone may renew them.</param>
    /// <param name="now">The time.</param>
    /// <param name="seed">The emulator's seed.</param>
    public (string Access, string Refresh, int Seconds) Issue(KiroPerson person, string client, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var digest = SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/{++_number}/{person.Name}"));
            var (access, refresh) = ($"aoaAAAA{digest}{_number:d4}", $"aorAAAA{digest}{_number:d4}");
            _access[access] = (person, now + AccessLife);
            _refresh[refresh] = (person, client);
            return (access, refresh, (int)AccessLife.TotalSeconds);
        }
    }

    /// <summary>New tokens for a refresh token, which is spent; null where it is not taken.</summary>
    public (string Access, string Refresh, int Seconds, KiroPerson Person)? Renew(string? refresh, string client, DateTimeOffset now, int seed)
    {
        KiroPerson person;
        lock (_gate)
        {
            if (refresh is null || !_refresh.TryGetValue(refresh, out var grant) || grant.Client != client) return null;
            person = grant.Person;
            _refresh.Remove(refresh);
            Renewals++;
        }

        var (access, next, seconds) = Issue(person, client, now, seed);
        return (access, next, seconds, person);
    }

    /// <summary>Whose token it is; null where it is unknown or has expired.</summary>
    public KiroPerson? PersonOf(string? access, DateTimeOffset now)
    {
        lock (_gate) return access is not null && _access.TryGetValue(access, out var grant) && grant.End > now ? grant.Person : null;
    }

    /// <summary>Ends a login.</summary>
    public void Revoke(string refresh)
    {
        lock (_gate)
        {
            if (!_refresh.Remove(refresh, out var grant)) return;
            foreach (var (token, other) in _access.ToList())
                if (other.Person == grant.Person) _access.Remove(token);
        }
    }

    /// <summary>Ends every access token at once, as a password that was changed does.</summary>
    public void ExpireAll()
    {
        lock (_gate) _access.Clear();
    }

    /// <summary>Counts a credit.</summary>
    public void Spend(KiroPerson person)
    {
        lock (_gate) _used[person.Name] = UsedOf(person) + 1;
    }

    public int UsedOf(KiroPerson person) => _used.GetValueOrDefault(person.Name);

    /// <summary>Whether more than the plan may be used, for money.</summary>
    public bool HasOverage(KiroPerson person) => _overage.Contains(person.Name);

    public void SetOverage(KiroPerson person, bool on)
    {
        lock (_gate) _ = on ? _overage.Add(person.Name) : _overage.Remove(person.Name);
    }

    public void Clear()
    {
        lock (_gate)
        {
            _access.Clear();
            _refresh.Clear();
            _used.Clear();
            _overage.Clear();
            Renewals = 0;
        }
    }
}
