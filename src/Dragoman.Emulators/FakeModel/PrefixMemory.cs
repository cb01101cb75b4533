using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Dragoman.Emulators.FakeModel;

/// <summary>The prompt cache: which prefixes were seen, per model. Anything that changes a byte of a prefix shows up as fewer cached tokens.</summary>
internal sealed class PrefixMemory(int minimum)
{
    private const int LookBack = 20;
    private readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.Ordinal);

    /// <summary>What a request takes from the cache and adds to it.</summary>
    public readonly record struct Result(int Total, int Read, int Written, int WrittenHour);

    /// <summary>Caching without marks (OpenAI, Gemini): the longest prefix seen before, in steps of 128 tokens.</summary>
    public Result Automatic(string scope, IReadOnlyList<PromptSegment> prompt)
    {
        var prefixes = Prefixes(scope, prompt);
        var total = prefixes.Count == 0 ? 0 : prefixes[^1].Tokens;
        var read = 0;
        for (var i = prefixes.Count - 1; i >= 0 && read == 0; i--)
        {
            if (_seen.ContainsKey(prefixes[i].Key))
                read = prefixes[i].Tokens;
        }

        foreach (var prefix in prefixes)
            _seen.TryAdd(prefix.Key, 0);
        read = read < minimum ? 0 : minimum >= 128 ? read / 128 * 128 : read;
        return new Result(total, read, 0, 0);
    }

    /// <summary>Caching by marks (Anthropic, Bedrock): read up to the longest prefix seen within 20 blocks of a mark, written up to the last mark.</summary>
    public Result Marked(string scope, IReadOnlyList<PromptSegment> prompt)
    {
        var prefixes = Prefixes(scope, prompt);
        var total = prefixes.Count == 0 ? 0 : prefixes[^1].Tokens;
        int last = -1, read = 0;
        for (var i = 0; i < prompt.Count; i++)
        {
            if (prompt[i].Ttl is null)
                continue;
            last = i;
            for (var back = i; back >= 0 && back > i - LookBack; back--)
            {
                if (prefixes[back].Tokens > read && _seen.ContainsKey(prefixes[back].Key))
                    read = prefixes[back].Tokens;
            }
        }

        if (last < 0 || prefixes[last].Tokens < minimum)
            return new Result(total, 0, 0, 0);
        var written = Math.Max(0, prefixes[last].Tokens - read);
        for (var i = 0; i <= last; i++)
        {
            if (prompt[i].Ttl is not null && prefixes[i].Tokens >= minimum)
                _seen.TryAdd(prefixes[i].Key, 0);
        }

        return new Result(total, read, written, prompt[last].Ttl == "1h" ? written : 0);
    }

    public void Clear() => _seen.Clear();

    private static List<(string Key, int Tokens)> Prefixes(string scope, IReadOnlyList<PromptSegment> prompt)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(scope));
        var list = new List<(string, int)>(prompt.Count);
        var tokens = 0;
        foreach (var segment in prompt)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(segment.Text));
            tokens += Tokens.Count(segment.Text);
            list.Add((Convert.ToHexString(hash.GetCurrentHash()), tokens));
        }

        return list;
    }
}
