using System.Security.Cryptography;
using System.Text;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.OpenRouter;

/// <summary>Codes that OpenRouter has given out, each good once and for ten minutes, and the keys that they became.</summary>
internal sealed class OpenRouterGrants
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Grant> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>A code for a person who has consented.</summary>
    public string Issue(string user, string? challenge, string? method, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var code = $"auth_code_{SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/{++_number}/{user}/{challenge}"))}";
            _codes[code] = new Grant(user, challenge, method, now + Life);
            return code;
        }
    }

    /// <summary>The key and the user of a code, which is spent by it whether the verifier fits or not.</summary>
    public (string Key, string User) Redeem(string code, string? verifier, string? method, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            if (!_codes.Remove(code, out var grant) || grant.ExpiresAt <= now) throw new Refusal(403, "Invalid code or code_verifier");
            if (grant.Challenge is not null)
            {
                if (method != grant.Method) throw new Refusal(400, "Invalid code_challenge_method");
                if (verifier is null || Challenge(verifier, method) != grant.Challenge) throw new Refusal(403, "Invalid code or code_verifier");
            }

            var key = $"sk-or-v1-{SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/key/{code}"))}{++_number:d4}";
            _keys[key] = grant.User;
            return (key, grant.User);
        }
    }

    /// <summary>Whose key it is; null for one that was not made by a login.</summary>
    public string? UserOf(string key)
    {
        lock (_gate) return _keys.GetValueOrDefault(key);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _codes.Clear();
            _keys.Clear();
        }
    }

    private static string Challenge(string verifier, string? method) => method == "S256"
        ? Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_')
        : verifier;

    private sealed record Grant(string User, string? Challenge, string? Method, DateTimeOffset ExpiresAt);
}
