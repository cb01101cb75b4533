namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>What has been reported of one output item so far, so that its closing events neither repeat nor lose anything.</summary>
internal sealed class ResponsesOutputItemState(int outputIndex, string type, string? id)
{
    private List<PartState>? _parts;

    /// <summary>The item's place in the output, or −1.</summary>
    public int OutputIndex { get; } = outputIndex;

    /// <summary>The item's type; empty until it is known.</summary>
    public string Type { get; set; } = type;

    /// <summary>The item's id, or null.</summary>
    public string? Id { get; set; } = id;

    /// <summary>A call's id, or null.</summary>
    public string? CallId { get; set; }

    /// <summary>A message's phase, or null.</summary>
    public string? Phase { get; set; }

    /// <summary>The block of a call, or −1 while none is open.</summary>
    public int Block { get; set; } = -1;

    /// <summary>What was reported of a call's arguments.</summary>
    public ResponsesEmittedText Emitted;

    /// <summary>Whether the item is over.</summary>
    public bool Done { get; set; }

    /// <summary>The parts of a message or of reasoning.</summary>
    public List<PartState> Parts => _parts ??= [];

    /// <summary>The part of a kind at a place, or null.</summary>
    public PartState? Find(PartKind kind, int index)
    {
        if (_parts is null) return null;
        foreach (var part in _parts)
        {
            if (part.Kind == kind && part.Index == index) return part;
        }

        return null;
    }
}

/// <summary>The sorts of part an item's text stands in.</summary>
internal enum PartKind
{
    /// <summary>A message's text.</summary>
    Text,

    /// <summary>A message's refusal.</summary>
    Refusal,

    /// <summary>A summary of reasoning.</summary>
    Summary,

    /// <summary>Reasoning itself.</summary>
    Reasoning,
}

/// <summary>One part of an item.</summary>
internal sealed class PartState(PartKind kind, int index, int block)
{
    public PartKind Kind { get; } = kind;

    public int Index { get; } = index;

    public int Block { get; } = block;

    /// <summary>What was reported of the part's text.</summary>
    public ResponsesEmittedText Emitted;

    /// <summary>How many of its annotations were reported.</summary>
    public int Annotations { get; set; }
}
