using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>A flow ready to be written: packed and cut into words, so that the transaction need not.</summary>
internal sealed class FlowInsert
{
    /// <summary>What a row costs beside its texts, about.</summary>
    private const int RowSize = 200;

    public FlowInsert(FlowRecord flow, SharedTermSets sets, FlowDetails details)
    {
        Flow = flow;
        Detail = details.Serialize(flow);
        Set = sets.From(flow);
        Names = FlowTokenizer.Names(flow);
        SearchText = FlowTokenizer.SearchText(flow);
        Bodies = flow.Bodies.Count == 0 ? [] : [.. flow.Bodies.Select(body => (body, FlowRows.Pack(body.Content.Span)))];
        foreach (var (_, packed) in Bodies) BodySize += packed.Length;
    }

    /// <summary>The flow; of one that replaces another, with the marks of that.</summary>
    public FlowRecord Flow { get; set; }

    /// <summary>What is kept beside the row, as JSON.</summary>
    public byte[] Detail { get; }

    /// <summary>The words it shares with others.</summary>
    public TermSet Set { get; }

    /// <summary>The words of its session, and of an id that is no word.</summary>
    public string Names { get; }

    /// <summary>The words of what was said; empty where nothing was recorded.</summary>
    public string SearchText { get; }

    /// <summary>The bodies, compressed.</summary>
    public (FlowBody Body, byte[] Packed)[] Bodies { get; }

    public long BodySize { get; }

    public long Size => Detail.Length + Names.Length + SearchText.Length + RowSize;

    /// <summary>The number of its row, once it has one.</summary>
    public long RowId { get; set; }

    /// <summary>The number of its set's row, once that is known.</summary>
    public long TermSet { get; set; }
}
