using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Relay;
using Dragoman.Wire.Conversation;

namespace Dragoman.Server.Observability;

/// <summary>The counters behind <c>/metrics</c>, in Prometheus' text form.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>Models are named by clients where an account takes any; beyond this many they are counted together.</summary>
    private const int MostModels = 500;

    private static readonly double[] Bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
    private readonly ConcurrentDictionary<(string Language, string Provider, string Lane, int Status), Cell> _requests = new();
    private readonly ConcurrentDictionary<(string Provider, string Model), TokenCells> _tokens = new();
    private readonly ConcurrentDictionary<(string Account, string Outcome), Cell> _attempts = new();
    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private long _open;
    private long _milliseconds;

    private static readonly string[] LanguageNames = Enum.GetNames<Language>();

    private static string NameOf(Language language) => LanguageNames[(int)language];

    public void Started(Language language)
    {
        _ = language;
        Interlocked.Increment(ref _open);
    }

    public void Refused(Language language, int status) => _requests.GetOrAdd((NameOf(language), "", "", status), static _ => new Cell()).Add(1);

    public void Ended(Language language, RelayOutcome? outcome, TimeSpan duration)
    {
        Interlocked.Decrement(ref _open);
        Interlocked.Add(ref _milliseconds, (long)duration.TotalMilliseconds);
        Interlocked.Increment(ref _buckets[BucketOf(duration.TotalSeconds)]);
        var provider = outcome?.Answered?.Account.Provider ?? "";
        _requests.GetOrAdd((NameOf(language), provider, outcome?.Lane ?? "", outcome?.Status ?? 500), static _ => new Cell()).Add(1);
        if (outcome is null) return;
        foreach (var attempt in outcome.Attempts) _attempts.GetOrAdd((attempt.Candidate.Account.Label, WordOf(attempt.Outcome)), static _ => new Cell()).Add(1);
        if (outcome.Usage is not { } usage || outcome.Answered is not { } answered) return;
        TokensOf(answered.Account.Provider, answered.Model.Id).Add(usage);
    }

    /// <summary>The exposition.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        Head(text, "dragoman_requests_total", "counter", "Requests ended, by client language, provider, lane and status.");
        foreach (var ((language, provider, lane, status), cell) in _requests)
        {
            text.Append(CultureInfo.InvariantCulture, $"dragoman_requests_total{{language=\"{language}\",provider=\"{provider}\",lane=\"{lane}\",status=\"{status}\"}} {cell.Value}\n");
        }

        Head(text, "dragoman_requests_open", "gauge", "Requests being answered now.");
        text.Append(CultureInfo.InvariantCulture, $"dragoman_requests_open {Interlocked.Read(ref _open)}\n");
        Head(text, "dragoman_build_info", "gauge", "The version that runs; always 1.");
        text.Append(CultureInfo.InvariantCulture, $"dragoman_build_info{{version=\"{Product.Version}\"}} 1\n");
        Head(text, "dragoman_attempts_total", "counter", "Attempts made, by account and outcome (answered, broke_off, or the failure's class).");
        foreach (var ((account, outcome), cell) in _attempts)
        {
            text.Append(CultureInfo.InvariantCulture, $"dragoman_attempts_total{{account=\"{Escape(account)}\",outcome=\"{outcome}\"}} {cell.Value}\n");
        }

        Head(text, "dragoman_tokens_total", "counter", "Tokens used, by provider, model and kind.");
        foreach (var ((provider, model), cells) in _tokens)
        {
            foreach (var (kind, cell) in cells.All)
            {
                if (cell.Value > 0) text.Append(CultureInfo.InvariantCulture, $"dragoman_tokens_total{{provider=\"{provider}\",model=\"{Escape(model)}\",kind=\"{kind}\"}} {cell.Value}\n");
            }
        }

        Head(text, "dragoman_request_duration_seconds", "histogram", "How long requests took, from the head to the last byte.");
        var sum = 0L;
        for (var i = 0; i < Bounds.Length; i++)
        {
            sum += Interlocked.Read(ref _buckets[i]);
            text.Append(CultureInfo.InvariantCulture, $"dragoman_request_duration_seconds_bucket{{le=\"{Bounds[i]}\"}} {sum}\n");
        }

        // Requests end while this is written; what was summed up is what is told.
        sum += Interlocked.Read(ref _buckets[Bounds.Length]);
        text.Append(CultureInfo.InvariantCulture, $"dragoman_request_duration_seconds_bucket{{le=\"+Inf\"}} {sum}\n");
        text.Append(CultureInfo.InvariantCulture, $"dragoman_request_duration_seconds_sum {Interlocked.Read(ref _milliseconds) / 1000.0}\n");
        text.Append(CultureInfo.InvariantCulture, $"dragoman_request_duration_seconds_count {sum}\n");
        return text.ToString();
    }

    private TokenCells TokensOf(string provider, string model)
    {
        if (_tokens.TryGetValue((provider, model), out var known)) return known;
        return _tokens.GetOrAdd((provider, _tokens.Count >= MostModels ? "other" : model), static _ => new TokenCells());
    }

    private static int BucketOf(double seconds)
    {
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket]) bucket++;
        return bucket;
    }

    /// <summary>The outcome's first word: the rest of it is for people.</summary>
    private static string WordOf(string outcome)
    {
        var colon = outcome.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return outcome;
        var word = outcome.AsSpan(0, colon);
        return word is "broke off" ? "broke_off" : word.ToString();
    }

    private static void Head(StringBuilder text, string name, string type, string help) => text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Escape(string label) => label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>The counters of one model.</summary>
    private sealed class TokenCells
    {
        private readonly Cell _input = new();
        private readonly Cell _output = new();
        private readonly Cell _cached = new();
        private readonly Cell _cacheWrite = new();
        private readonly Cell _reasoning = new();

        public (string Kind, Cell Cell)[] All => [("input", _input), ("output", _output), ("cached", _cached), ("cache_write", _cacheWrite), ("reasoning", _reasoning)];

        public void Add(Usage usage)
        {
            Count(_input, usage.InputTokens);
            Count(_output, usage.OutputTokens);
            Count(_cached, usage.CachedTokens);
            Count(_cacheWrite, usage.CacheWriteTokens);
            Count(_reasoning, usage.ReasoningTokens);
        }

        private static void Count(Cell cell, long? tokens)
        {
            if (tokens is > 0) cell.Add(tokens.Value);
        }
    }

    private sealed class Cell
    {
        private long _value;

        public long Value => Interlocked.Read(ref _value);

        public void Add(long amount) => Interlocked.Add(ref _value, amount);
    }
}
