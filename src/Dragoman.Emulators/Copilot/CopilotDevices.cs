using System.Text;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.Copilot;

/// <summary>GitHub's device codes: each is good once and for fifteen minutes, and may be asked about every five seconds; who asks sooner waits five seconds more from then on.</summary>
internal sealed class CopilotDevices
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(899);
    private const int Step = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Person, DateTimeOffset ExpiresAt)> _exchanged = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>How many premium requests every user has spent.</summary>
    public Dictionary<string, int> Premium { get; } = new(StringComparer.Ordinal);

    /// <summary>A new device code and the code that a person enters for it.</summary>
    public (string Device, string User, int Seconds, int Interval) Begin(string client, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var digest = SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/{++_number}/{client}")).ToUpperInvariant();
            var user = $"{digest[..4]}-{digest[4..8]}";
            var device = $"{digest.ToLowerInvariant()}{_number:d8}";
            _devices[device] = new Device(user, client, now + Life) { AskedAt = now };
            return (device, user, (int)Life.TotalSeconds, Step);
        }
    }

    /// <summary>A person enters a code, and consents or not.</summary>
    public bool Enter(string userCode, string person, bool denies, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_devices.Values.FirstOrDefault(item => item.User == userCode && item.ExpiresAt > now) is not { Person: null } device) return false;
            (device.Person, device.Denied) = (person, denies);
            return true;
        }
    }

    /// <summary>The token for a device code; else the error and, where it has grown, the interval.</summary>
    public (string? Token, string? Error, int? Interval) Ask(string? code, string? client, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            if (code is null || !_devices.TryGetValue(code, out var device)) return (null, "incorrect_device_code", null);
            if (device.Client != client) return (null, "incorrect_client_credentials", null);
            if (device.ExpiresAt <= now) return (null, "expired_token", null);
            var early = now - device.AskedAt < TimeSpan.FromSeconds(device.Interval);
            device.AskedAt = now;
            if (early)
            {
                device.Interval += Step;
                return (null, "slow_down", device.Interval);
            }

            if (device.Person is null) return (null, "authorization_pending", null);
            _devices.Remove(code);
            if (device.Denied) return (null, "access_denied", null);
            // The old application's tokens are of the kind that has to be exchanged.
            var token = $"{(client!.StartsWith("Iv1.", StringComparison.Ordinal) ? "ghu" : "gho")}_{SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/token/{code}"))}{++_number:d6}";
            _tokens[token] = device.Person;
            return (token, null, null);
        }
    }

    /// <summary>Whose token it is.</summary>
    public string PersonOf(string? token)
    {
        lock (_gate) return token is not null && _tokens.TryGetValue(token, out var person) ? person : throw new Refusal(401, "Bad credentials");
    }

    /// <summary>A token for the plan's API, good for 25 minutes, for one of GitHub's old kind.</summary>
    public (string Token, DateTimeOffset ExpiresAt) Exchange(string? token, DateTimeOffset now)
    {
        if (token?.StartsWith("ghu_", StringComparison.Ordinal) != true) throw new Refusal(404, "Not Found");
        var person = PersonOf(token);
        lock (_gate)
        {
            var end = now.AddMinutes(25);
            var exchanged = $"tid={++_number:d6};exp={end.ToUnixTimeSeconds()};sku=emulated:{person}";
            _exchanged[exchanged] = (person, end);
            return (exchanged, end);
        }
    }

    /// <summary>Whose token of the plan's API it is: an exchanged one that has not expired, or one that needs no exchange.</summary>
    public string UserOf(string? token, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (token is not null && _exchanged.TryGetValue(token, out var exchanged)) return exchanged.ExpiresAt > now ? exchanged.Person : throw new Refusal(401, "IDE token expired: unauthorized: token expired");
        }

        return token?.StartsWith("ghu_", StringComparison.Ordinal) == true ? throw new Refusal(401, "unauthorized: ghu token is not accepted") : PersonOf(token);
    }

    /// <summary>A token of the old kind, as an editor that has signed in keeps it.</summary>
    public string IssueOld(string person, int seed)
    {
        lock (_gate)
        {
            var token = $"ghu_{SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/old/{person}"))}{++_number:d6}";
            _tokens[token] = person;
            return token;
        }
    }

    /// <summary>Ends every exchanged token, and where logins are revoked those of GitHub too.</summary>
    public void End(bool revokes)
    {
        lock (_gate)
        {
            foreach (var token in _exchanged.Keys.ToList()) _exchanged[token] = (_exchanged[token].Person, DateTimeOffset.MinValue);
            if (revokes) _tokens.Clear();
        }
    }

    /// <summary>Counts a premium request.</summary>
    public void Spend(string person)
    {
        lock (_gate) Premium[person] = Premium.GetValueOrDefault(person) + 1;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _devices.Clear();
            _tokens.Clear();
            _exchanged.Clear();
            Premium.Clear();
        }
    }

    private sealed class Device(string user, string client, DateTimeOffset expiresAt)
    {
        public string User => user;

        public string Client => client;

        public DateTimeOffset ExpiresAt => expiresAt;

        public DateTimeOffset AskedAt { get; set; }

        public int Interval { get; set; } = Step;

        public string? Person { get; set; }

        public bool Denied { get; set; }
    }
}
