using System.Text;
using Dragoman.Emulators.FakeModel;

namespace Dragoman.Emulators.Logins;

/// <summary>Access and refresh tokens of one vendor. A refresh token is good once; a login ends with its family, however often it was renewed.</summary>
/// <param name="accessPrefix">How access tokens begin.</param>
/// <param name="refreshPrefix">How refresh tokens begin.</param>
/// <param name="accessLife">How long an access token is good.</param>
/// <param name="familyLife">How long a login is good; null for ever.</param>
internal sealed class TokenFamilies(string accessPrefix, string refreshPrefix, TimeSpan accessLife, TimeSpan? familyLife)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Token> _access = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Token> _refresh = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>The seconds that an access token is good.</summary>
    public int AccessSeconds => (int)accessLife.TotalSeconds;

    /// <summary>The tokens of a new login.</summary>
    public (string Access, string Refresh) Begin(string person, string client, DateTimeOffset now, int seed)
    {
        lock (_gate) return Issue(new Family(person, client, now), now, seed);
    }

    /// <summary>The tokens that follow a refresh token, or why there are none.</summary>
    public (string Access, string Refresh, string Person)? Renew(string? token, string? client, DateTimeOffset now, int seed, out RefusedRefresh refusal)
    {
        lock (_gate)
        {
            refusal = RefusedRefresh.Unknown;
            if (token is null || !_refresh.TryGetValue(token, out var known) || known.Family.Client != client || known.Family.IsRevoked) return null;
            if (familyLife is { } life && now >= known.Family.Began + life)
            {
                refusal = RefusedRefresh.Ended;
                return null;
            }

            if (known.IsSpent)
            {
                refusal = RefusedRefresh.Spent;
                return null;
            }

            known.IsSpent = true;
            var (access, refresh) = Issue(known.Family, now, seed);
            return (access, refresh, known.Family.Person);
        }
    }

    /// <summary>Whose access token it is, and whether it is still good.</summary>
    public (string? Person, AccessState State) Find(string? token, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (token is null || !_access.TryGetValue(token, out var known)) return (null, AccessState.Unknown);
            return (known.Family.Person, known.Family.IsRevoked ? AccessState.Revoked : now >= known.ExpiresAt ? AccessState.Expired : AccessState.Good);
        }
    }

    /// <summary>Ends the access tokens that are out; what they are renewed with stays good.</summary>
    public void Expire()
    {
        lock (_gate) _access.Clear();
    }

    /// <summary>Ends all logins.</summary>
    public void RevokeAll()
    {
        lock (_gate)
            foreach (var token in _access.Values.Concat(_refresh.Values)) token.Family.IsRevoked = true;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _access.Clear();
            _refresh.Clear();
        }
    }

    private (string Access, string Refresh) Issue(Family family, DateTimeOffset now, int seed)
    {
        var digest = SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/tokens/{++_number}/{family.Person}"));
        var (access, refresh) = ($"{accessPrefix}{digest}{_number:d6}", $"{refreshPrefix}{digest}{_number:d6}");
        _access[access] = new Token(family, now + accessLife);
        _refresh[refresh] = new Token(family, DateTimeOffset.MaxValue);
        return (access, refresh);
    }

    private sealed class Family(string person, string client, DateTimeOffset began)
    {
        public string Person => person;

        public string Client => client;

        public DateTimeOffset Began => began;

        public bool IsRevoked { get; set; }
    }

    private sealed class Token(Family family, DateTimeOffset expiresAt)
    {
        public Family Family => family;

        public DateTimeOffset ExpiresAt => expiresAt;

        public bool IsSpent { get; set; }
    }
}

/// <summary>Why a refresh token is not taken.</summary>
internal enum RefusedRefresh
{
    /// <summary>Nobody has issued it, or not to this client, or it was revoked.</summary>
    Unknown,

    /// <summary>It was used already.</summary>
    Spent,

    /// <summary>The login has ended.</summary>
    Ended,
}

/// <summary>How good an access token is.</summary>
internal enum AccessState
{
    /// <summary>It is good.</summary>
    Good,

    /// <summary>Nobody has issued it.</summary>
    Unknown,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Its login was revoked.</summary>
    Revoked,
}
