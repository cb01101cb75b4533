using System.Text;
using Dragoman.Emulators.FakeModel;

namespace Dragoman.Emulators.Logins;

/// <summary>Device codes (RFC 8628) of one vendor: each good once and for a while, and asked about no more often than the interval, which grows by five seconds for who does.</summary>
/// <param name="life">How long a code is good.</param>
/// <param name="interval">How often it may be asked about, in seconds.</param>
internal sealed class DeviceCodes(TimeSpan life, int interval)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Device> _devices = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>The seconds that a code is good.</summary>
    public int Seconds => (int)life.TotalSeconds;

    /// <summary>How often it may be asked about, in seconds.</summary>
    public int Interval => interval;

    /// <summary>A new device code and the code that a person enters for it.</summary>
    /// <param name="client">The client that it belongs to, with all else that has to be the same later.</param>
    /// <param name="now">The time.</param>
    /// <param name="seed">The emulator's seed.</param>
    public (string Device, string User) Begin(string client, DateTimeOffset now, int seed)
    {
        lock (_gate)
        {
            var digest = SignatureIssuer.Digest(Encoding.UTF8.GetBytes($"{seed}/device/{++_number}/{client}")).ToUpperInvariant();
            var (device, user) = ($"{digest.ToLowerInvariant()}{_number:d6}", $"{digest[..4]}-{digest[4..8]}");
            _devices[device] = new Device(user, client, now + life, interval) { AskedAt = now };
            return (device, user);
        }
    }

    /// <summary>A person enters a code, and consents or not.</summary>
    public bool Enter(string? user, string person, bool denies, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_devices.Values.FirstOrDefault(item => item.User == user && item.ExpiresAt > now) is not { Person: null } device) return false;
            (device.Person, device.IsDenied) = (person, denies);
            return true;
        }
    }

    /// <summary>Whose code it is now, or OAuth's word for why there is nobody.</summary>
    public (string? Person, string? Error) Ask(string? code, string client, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (code is null || !_devices.TryGetValue(code, out var device) || device.Client != client) return (null, "invalid_grant");
            if (device.ExpiresAt <= now) return (null, "expired_token");
            var isEarly = now - device.AskedAt < TimeSpan.FromSeconds(device.Interval);
            device.AskedAt = now;
            if (isEarly)
            {
                device.Interval += 5;
                return (null, "slow_down");
            }

            if (device.Person is null) return (null, "authorization_pending");
            _devices.Remove(code);
            return device.IsDenied ? (null, "access_denied") : (device.Person, null);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_gate) _devices.Clear();
    }

    private sealed class Device(string user, string client, DateTimeOffset expiresAt, int interval)
    {
        public string User => user;

        public string Client => client;

        public DateTimeOffset ExpiresAt => expiresAt;

        public DateTimeOffset AskedAt { get; set; }

        public int Interval { get; set; } = interval;

        public string? Person { get; set; }

        public bool IsDenied { get; set; }
    }
}
