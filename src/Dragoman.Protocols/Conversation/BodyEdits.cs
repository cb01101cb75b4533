using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>Changes of a JSON body of which all other bytes stay as they are. Nothing is allocated where there is no change.</summary>
public struct BodyEdits
{
    private List<(Range Place, byte[] Bytes)>? _edits;

    /// <summary>Whether nothing changes.</summary>
    public readonly bool IsEmpty => _edits is null;

    /// <summary>What is reported to the client about the changes; null where there is nothing to report.</summary>
    public Losses? Losses { get; private set; }

    /// <summary>Puts bytes in the place of a range of the body; ranges do not overlap.</summary>
    public void Add(Range place, byte[] bytes) => (_edits ??= []).Add((place, bytes));

    /// <summary>Puts bytes in the place of several ranges of the body.</summary>
    public void Add(List<(Range Place, byte[] Bytes)> edits) => (_edits ??= []).AddRange(edits);

    /// <summary>Reports what the changes take from the request.</summary>
    public void Report(Loss loss) => (Losses ??= new()).Add(loss);

    /// <summary>Writes the changed body.</summary>
    public readonly void Apply(ReadOnlySpan<byte> body, PooledBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var at = 0;
        _edits?.Sort(static (a, b) => a.Place.Start.Value.CompareTo(b.Place.Start.Value));
        foreach (var (place, bytes) in _edits ?? [])
        {
            output.Write(body[at..place.Start.Value]);
            output.Write(bytes);
            at = place.End.Value;
        }

        output.Write(body[at..]);
    }
}
