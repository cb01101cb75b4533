using System.Security.Cryptography;
using System.Text;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.ChatGpt;

/// <summary>
/// What OpenAI has given out: authorization codes and device codes, each good once; access tokens with an end; refresh tokens that are spent by their use, and a login that ends when a spent one is
/// used again.
/// </summary>
internal sealed class ChatGptGrants
{
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DeviceLife = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan AccessLife = TimeSpan.FromDays(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Code> _codes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Login> _refresh = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Login Login, DateTimeOffset End)> _access = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>How often a person who has to enter a code may be asked about.</summary>
    public const int Interval = 5;

    /// <summary>A code for somebody who has consented.</summary>
    public string Issue(ChatGptPerson person, string redirect, string challenge, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var code = $"ac_{Digest($"{seed}/{++_number}/{challenge}")}";
            _codes[code] = new Code(person, redirect, challenge, now + CodeLife);
            return code;
        }
    }

    /// <summary>Tokens for a code, which is spent whether or not the verifier fits.</summary>
    public Tokens Redeem(string? code, string? redirect, string? verifier, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            if (code is null || !_codes.Remove(code, out var grant) || grant.End <= now) throw Bad("Could not validate your token. Please try signing in again.");
            if (grant.Redirect != redirect) throw Bad("Invalid redirect_uri.");
            if (verifier is null || ChallengeOf(verifier) != grant.Challenge) throw Bad("Invalid code_verifier.");
            return Give(new Login(grant.Person), now, seed);
        }
    }

    /// <summary>New tokens for a refresh token.</summary>
    public Tokens Refresh(string? token, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            if (token is null || !_refresh.TryGetValue(token, out var login)) throw new Refusal(401, "Could not validate your refresh token. Please try signing in again.", null, "refresh_token_invalidated", "invalid_request_error");
            if (login.IsRevoked) throw new Refusal(401, "Your refresh token has been invalidated. Please try signing in again.", null, "refresh_token_invalidated", "invalid_request_error");
            if (login.Refresh != token)
            {
                login.IsRevoked = true;
                throw new Refusal(401, "Your refresh token has already been used to generate a new access token. Please try signing in again.", null, "refresh_token_reused", "invalid_request_error");
            }

            return Give(login, now, seed);
        }
    }

    /// <summary>Ends a login.</summary>
    public void Revoke(string token)
    {
        lock (_gate)
        {
            if (_refresh.TryGetValue(token, out var login)) login.IsRevoked = true;
            else if (_access.TryGetValue(token, out var access)) access.Login.IsRevoked = true;
            else throw new Refusal(400, "Token is unknown.", null, "invalid_token", "invalid_request_error");
        }
    }

    /// <summary>Whose token it is. What is none of ours is a token that names no account, of somebody named by it.</summary>
    public ChatGptPerson PersonOf(string? token, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(token) || token.StartsWith("invalid", StringComparison.Ordinal)) throw new Refusal(401, "Unauthorized", type: "detail");
        lock (_gate)
        {
            if (!_access.TryGetValue(token, out var access))
            {
                if (token.Contains('.', StringComparison.Ordinal)) throw new Refusal(401, "Your authentication token has been invalidated. Please try signing in again.", null, "token_invalidated", "invalid_request_error");
                return new ChatGptPerson($"bare-{token}", null);
            }

            if (access.Login.IsRevoked) throw new Refusal(401, "Your authentication token has been invalidated. Please try signing in again.", null, "token_revoked", "invalid_request_error");
            if (access.End <= now) throw new Refusal(401, "Provided authentication token is expired. Please try signing in again.", null, "token_expired", "invalid_request_error");
            return access.Login.Person;
        }
    }

    /// <summary>A new device code.</summary>
    public (string Device, string User) Begin(DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var digest = Digest($"{seed}/device/{++_number}");
            var user = $"{digest[..4]}-{digest[4..9]}".ToUpperInvariant();
            _devices[$"deviceauth_{digest}{_number}"] = new Device(user, now + DeviceLife);
            return ($"deviceauth_{digest}{_number}", user);
        }
    }

    /// <summary>Somebody enters a code.</summary>
    public bool Enter(string user, ChatGptPerson person, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_devices.Values.FirstOrDefault(device => device.User == user && device.End > now) is not { Person: null } found) return false;
            found.Person = person;
            return true;
        }
    }

    /// <summary>An authorization code and its verifier for a code that was entered; a refusal of 403 before, and of 404 for one that is unknown or over.</summary>
    public (string Code, string Verifier, string Challenge) Ask(string? device, string? user, string redirect, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            if (device is null || !_devices.TryGetValue(device, out var found) || found.User != user || found.End <= now) throw new Refusal(404, "Device authorization is unknown.", null, "deviceauth_unknown", "invalid_request_error");
            var early = found.AskedAt is { } asked && now - asked < TimeSpan.FromSeconds(Interval);
            found.AskedAt = now;
            if (early) throw new Refusal(429, "Slow down.", null, "slow_down", "invalid_request_error");
            if (found.Person is not { } person) throw new Refusal(403, "Device authorization is pending.", null, "deviceauth_authorization_pending", "invalid_request_error");
            _devices.Remove(device);
            var verifier = $"{Digest($"{seed}/verifier/{device}")}-of-the-vendor-itself-{_number:d8}";
            var code = $"ac_{Digest($"{seed}/device-code/{device}")}{++_number}";
            _codes[code] = new Code(person, redirect, ChallengeOf(verifier), now + CodeLife);
            return (code, verifier, ChallengeOf(verifier));
        }
    }

    /// <summary>Lets every access token of an account end now; or ends its logins altogether.</summary>
    public void End(string account, bool isLogin, DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (var (token, (login, _)) in _access.Where(pair => pair.Value.Login.Person.AccountId == account).ToList())
            {
                if (isLogin) login.IsRevoked = true;
                else _access[token] = (login, now);
            }
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _codes.Clear();
            _devices.Clear();
            _refresh.Clear();
            _access.Clear();
        }
    }

    private Tokens Give(Login login, DateTimeOffset now, int seed)
    {
        var number = ++_number;
        var end = now + AccessLife;
        var (access, id) = (login.Person.Token("access", number, end), login.Person.Token("id", number, now + TimeSpan.FromHours(1)));
        login.Refresh = $"rt_{Digest($"{seed}/refresh/{number}")}{number:d6}";
        _refresh[login.Refresh] = login;
        _access[access] = (login, end);
        return new Tokens(access, login.Refresh, id, (int)AccessLife.TotalSeconds);
    }

    private static Refusal Bad(string message) => new(400, message, null, "invalid_grant", "invalid_request_error");

    private static string Digest(string text) => SignatureIssuer.Digest(Encoding.UTF8.GetBytes(text));

    private static string ChallengeOf(string verifier) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Tokens as they are given out.</summary>
    internal sealed record Tokens(string Access, string Refresh, string Id, int Seconds);

    private sealed record Code(ChatGptPerson Person, string Redirect, string Challenge, DateTimeOffset End);

    private sealed class Device(string user, DateTimeOffset end)
    {
        public string User => user;

        public DateTimeOffset End => end;

        public ChatGptPerson? Person { get; set; }

        public DateTimeOffset? AskedAt { get; set; }
    }

    private sealed class Login(ChatGptPerson person)
    {
        public ChatGptPerson Person => person;

        public string Refresh { get; set; } = "";

        public bool IsRevoked { get; set; }
    }
}
