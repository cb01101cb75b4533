using System.Security.Cryptography;
using System.Text;
using Dragoman.Emulators.FakeModel;

namespace Dragoman.Emulators.Logins;

/// <summary>Authorization codes of one vendor: each good once, for ten minutes, with the client, redirect address, state and PKCE challenge that it was given for.</summary>
internal sealed class AuthorizationCodes
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Grant> _codes = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>A code for a person who has consented.</summary>
    public string Issue(string person, string client, string redirect, string? state, string challenge, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var code = $"{SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/code/{++_number}/{person}/{challenge}"))}{_number:d4}";
            _codes[code] = new Grant(person, client, redirect, state, challenge, now + Life);
            return code;
        }
    }

    /// <summary>Whose code it is, where all that belongs to it fits; null otherwise. A code is spent by the question.</summary>
    public string? Redeem(string? code, string? client, string? redirect, string? state, string? verifier, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (code is null || !_codes.Remove(code, out var grant) || grant.ExpiresAt <= now) return null;
            var fits = grant.Client == client && grant.Redirect == redirect && (grant.State is null || grant.State == state) && verifier is not null && ChallengeOf(verifier) == grant.Challenge;
            return fits ? grant.Person : null;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate) _codes.Clear();
    }

    private static string ChallengeOf(string verifier) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private sealed record Grant(string Person, string Client, string Redirect, string? State, string Challenge, DateTimeOffset ExpiresAt);
}
