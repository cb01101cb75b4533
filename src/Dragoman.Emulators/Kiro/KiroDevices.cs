using System.Text;
using Dragoman.Emulators.FakeModel;

namespace Dragoman.Emulators.Kiro;

/// <summary>The codes that persons enter: each is good once and for ten minutes, and may be asked about every few seconds; who asks sooner waits five seconds more from then on.</summary>
internal sealed class KiroDevices
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private int _number;

    public static int Seconds => (int)Life.TotalSeconds;

    /// <summary>A new device code and the code that a person enters for it.</summary>
    public (string Device, string User) Begin(string client, string kind, int interval, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var digest = SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/{++_number}/{client}/{kind}")).ToUpperInvariant();
            var device = $"{digest.ToLowerInvariant()}{_number:d6}";
            _devices[device] = new Device($"{digest[..4]}-{digest[4..8]}", client, kind, now + Life) { AskedAt = now, Interval = interval };
            return (device, $"{digest[..4]}-{digest[4..8]}");
        }
    }

    /// <summary>A person enters a code, and consents or not.</summary>
    public bool Enter(string userCode, string person, bool denies, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_devices.Values.FirstOrDefault(item => item.User == userCode && item.End > now) is not { Person: null } device) return false;
            (device.Person, device.IsDenied) = (new KiroPerson(person, device.Kind), denies);
            return true;
        }
    }

    /// <summary>Who has entered a code; else the error.</summary>
    public (KiroPerson? Person, string? Error) Ask(string? code, string? client, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (code is null || !_devices.TryGetValue(code, out var device) || device.Client != client) return (null, "invalid_grant");
            if (device.End <= now) return (null, "expired_token");
            var early = now - device.AskedAt < TimeSpan.FromSeconds(device.Interval);
            device.AskedAt = now;
            if (early)
            {
                device.Interval += 5;
                return (null, "slow_down");
            }

            if (device.Person is null) return (null, "authorization_pending");
            _devices.Remove(code);
            return device.IsDenied ? (null, "access_denied") : (device.Person, null);
        }
    }

    public void Clear()
    {
        lock (_gate) _devices.Clear();
    }

    private sealed class Device(string user, string client, string kind, DateTimeOffset end)
    {
        public string User => user;

        public string Client => client;

        public string Kind => kind;

        public DateTimeOffset End => end;

        public DateTimeOffset AskedAt { get; set; }

        public int Interval { get; set; }

        public KiroPerson? Person { get; set; }

        public bool IsDenied { get; set; }
    }
}
