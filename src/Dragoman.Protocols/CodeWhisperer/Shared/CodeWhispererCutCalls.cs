using System.Collections.Concurrent;

namespace Dragoman.Protocols.CodeWhisperer.Shared;

/// <summary>
/// The ids of calls whose arguments the service cut off, for some minutes: a client may send such a call back mended or empty, and its result alone says nothing to the model of what happened
/// (jwadow/kiro-gateway; the wire note's B.18). All members may be used from any thread.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class CodeWhispererCutCalls(TimeProvider time)
{
    private const int MaxCalls = 10_000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _calls = new(StringComparer.Ordinal);

    /// <summary>Whether a call was cut off lately.</summary>
    public bool Has(string id) => _calls.TryGetValue(id, out var until) && until > time.GetUtcNow();

    /// <summary>A call was cut off.</summary>
    public void Note(string id)
    {
        if (_calls.Count >= MaxCalls) Forget();
        _calls[id] = time.GetUtcNow() + Kept;
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        foreach (var (id, until) in _calls)
            if (until <= now) _calls.TryRemove(id, out _);
        // So many within minutes are not worth more.
        if (_calls.Count >= MaxCalls) _calls.Clear();
    }
}
