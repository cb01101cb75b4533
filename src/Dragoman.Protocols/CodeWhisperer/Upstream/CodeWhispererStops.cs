using System.Text;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Looks for the client's stop sequences in the text of an answer, because the service has no field for them. What may be the beginning of one is held
/// back until more comes.
/// </summary>
internal sealed class CodeWhispererStops
{
    private readonly List<(string Word, byte[] Bytes)> _words = [];
    private byte[] _held = [];

    public CodeWhispererStops(IEnumerable<string> words)
    {
        foreach (var word in words)
            if (word.Length > 0) _words.Add((word, Encoding.UTF8.GetBytes(word)));
    }

    /// <summary>Whether there is anything to look for.</summary>
    public bool Any => _words.Count > 0;

    /// <summary>The sequence that came up, or null.</summary>
    public string? Found { get; private set; }

    /// <summary>Takes the next piece of text and gives the part that may be said.</summary>
    public JsonText Take(JsonText text)
    {
        var bytes = text.ToUtf8();
        var held = _held.Length > 0;
        if (held) bytes = (byte[])[.. _held, .. bytes.Span];
        var best = -1;
        foreach (var (word, sought) in _words)
        {
            var at = bytes.Span.IndexOf(sought);
            if (at < 0 || (best >= 0 && at >= best)) continue;
            best = at;
            Found = word;
        }

        if (best >= 0)
        {
            _held = [];
            return JsonText.FromUtf8(bytes[..best]);
        }

        var kept = Half(bytes.Span);
        _held = kept == 0 ? [] : bytes[^kept..].ToArray();
        return kept == 0 && !held ? text : JsonText.FromUtf8(bytes[..^kept]);
    }

    /// <summary>What was held back and turned out to be no stop sequence.</summary>
    public JsonText Rest()
    {
        var held = _held;
        _held = [];
        return JsonText.FromUtf8(held);
    }

    private int Half(ReadOnlySpan<byte> bytes)
    {
        var most = 0;
        foreach (var (_, word) in _words)
        {
            for (var length = Math.Min(bytes.Length, word.Length - 1); length > most; length--)
            {
                if (bytes.EndsWith(word.AsSpan(0, length))) most = length;
            }
        }

        return most;
    }
}
