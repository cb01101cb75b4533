using System.Collections.Concurrent;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols;

namespace Dragoman.Gateway.ClientKeys;

/// <summary>
/// Slows a caller down that repeats a refused request without a pause (Gemini CLI did so 59,000 times in two minutes when a helper model was not
/// there): after a burst of refusals the same request is answered with 429 and its wait, and few of them go on. Refusals are counted by client key,
/// or address where there are no keys, and model. Only what was refused is slowed: another request for the model goes on, unless the model itself is what was
/// refused, and an answered request ends the count.
/// </summary>
/// <param name="options">How many are let through.</param>
/// <param name="time">The clock.</param>
public sealed class RefusalBrake(Func<LimitOptions> options, TimeProvider time)
{
    private const int Most = 4_096;
    private const int LongestName = 200;
    private const int LongestWords = 300;

    private readonly ConcurrentDictionary<(string Client, string Model), Count> _counts = new();

    /// <summary>The error that is given in place of an answer; null when the request may go on.</summary>
    public WireError? Check(ClientRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_counts.IsEmpty || !_counts.TryGetValue(KeyOf(request), out var count)) return null;
        var limits = options();
        if (limits.RefusedBurst <= 0) return null;
        lock (count)
        {
            var left = count.LeftAt(time.GetUtcNow(), limits);
            if (left >= 1 || !(count.OfModel || count.Contains(HashOf(request)))) return null;
            var wait = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling((1 - left) * 60 / limits.RefusedPerMinute)));
            return new WireError(ErrorKind.RateLimit, FormattableString.Invariant(
                $"This request was refused {count.Refused} times in a row and is repeated without a pause. Please retry in {wait.TotalSeconds:0}s. The refusal was: {count.Message}"))
            {
                Code = "repeated_refusal",
                RetryAfter = wait,
            };
        }
    }

    /// <summary>Learns how a request ended.</summary>
    public void Ended(ClientRequest request, RequestOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.ServedBy is not null || outcome.Status is >= 200 and < 400)
        {
            if (!_counts.IsEmpty) _counts.TryRemove(KeyOf(request), out _);
            return;
        }

        var limits = options();
        // What passes by itself is no refusal: limits, an upstream that is down, a client that left.
        if (limits.RefusedBurst <= 0 || request.Pin is not null || outcome.Status is < 400 or 408 or 429 or >= 499) return;
        if (_counts.Count >= Most) Prune(limits);
        var count = _counts.GetOrAdd(KeyOf(request), static _ => new Count());
        lock (count)
        {
            count.Take(time.GetUtcNow(), limits);
            count.Note(HashOf(request));
            count.OfModel = outcome.Attempts.Count == 0 && outcome.Error is { Param: "model" };
            var words = outcome.Error?.Message ?? "";
            count.Message = words.Length > LongestWords ? words[..LongestWords] + "…" : words;
        }
    }

    private static (string, string) KeyOf(ClientRequest request)
    {
        var caller = request.Client.KeyId.Length > 0 ? request.Client.KeyId : request.ClientAddress ?? "";
        return (caller, request.Model.Length > LongestName ? request.Model[..LongestName] : request.Model);
    }

    private static int HashOf(ClientRequest request)
    {
        var hash = default(HashCode);
        hash.AddBytes(request.Body.Span);
        return hash.ToHashCode();
    }

    /// <summary>Forgets whose refusals are long ago; where many names are refused at once, all.</summary>
    private void Prune(LimitOptions limits)
    {
        var now = time.GetUtcNow();
        foreach (var (key, count) in _counts)
        {
            lock (count)
            {
                if (count.LeftAt(now, limits) >= limits.RefusedBurst) _counts.TryRemove(key, out _);
            }
        }

        if (_counts.Count >= Most) _counts.Clear();
    }

    private sealed class Count
    {
        /// <summary>The last few requests that were refused, by their hashes: a loop may go over several.</summary>
        private readonly int[] _bodies = new int[8];

        private double? _left;
        private DateTimeOffset _at;

        /// <summary>How many refusals there were since the last answer.</summary>
        public int Refused { get; private set; }

        /// <summary>Whether the model itself was refused, whatever was asked of it.</summary>
        public bool OfModel { get; set; }

        /// <summary>In which words.</summary>
        public string Message { get; set; } = "";

        /// <summary>How many refusals there is room for.</summary>
        public double LeftAt(DateTimeOffset now, LimitOptions limits)
            => _left is { } known ? Math.Min(limits.RefusedBurst, known + Math.Max(0, (now - _at).TotalMinutes) * limits.RefusedPerMinute) : limits.RefusedBurst;

        public bool Contains(int body) => Array.IndexOf(_bodies, body) >= 0;

        public void Note(int body)
        {
            if (!Contains(body)) _bodies[Refused % _bodies.Length] = body;
        }

        public void Take(DateTimeOffset now, LimitOptions limits)
        {
            _left = Math.Max(0, LeftAt(now, limits) - 1);
            _at = now;
            Refused++;
        }
    }
}
