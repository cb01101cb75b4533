using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>Reads a YAML text into nodes that know their place. Stricter than the reading of a configuration: what it refuses is not edited.</summary>
internal sealed class MarkedTree
{
    private readonly string text;
    private readonly Parser parser;

    private MarkedTree(string text)
    {
        this.text = text;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>The text's root; a map that takes no place for a text without content.</summary>
    /// <exception cref="EditException">The text is no single YAML document.</exception>
    public static MarkedNode Read(string text)
    {
        try
        {
            return new MarkedTree(text).ReadFile();
        }
        catch (YamlException fault)
        {
            throw new EditException($"The file is not valid YAML (line {fault.Start.Line}); mend it first.");
        }
    }

    private MarkedNode ReadFile()
    {
        var nothing = new MarkedNode(NodeForm.BlockMap, text.Length, text.Length, 0);
        parser.MoveNext();
        parser.MoveNext();
        if (parser.Current is StreamEnd) return nothing;
        parser.MoveNext();
        var root = ReadNode(-1);
        parser.MoveNext();
        if (parser.Current is DocumentEnd { IsImplicit: false }) throw new EditException("The file ends with '...' or holds more than one document, which cannot be edited in place.");
        if (parser.Current is DocumentEnd) parser.MoveNext();
        if (parser.Current is not StreamEnd) throw new EditException("The file holds more than one document, which cannot be edited in place.");
        if (root.IsNull) return nothing;
        return root.IsMap ? root : throw new EditException("The file is not a map of keys.");
    }

    /// <summary>Reads the current node.</summary>
    /// <param name="after">Where a node that is not written stands: behind the colon or the dash.</param>
    private MarkedNode ReadNode(int after)
    {
        var current = parser.Current ?? throw new EditException("The file ends too early.");
        var start = Offset(current.Start);
        var column = (int)current.Start.Column - 1;
        switch (current)
        {
            case AnchorAlias alias: return new MarkedNode(NodeForm.Alias, start, Offset(alias.End), column) { Value = alias.Value.Value };
            case Scalar scalar: return ReadScalar(scalar, start, column, after);
            case SequenceStart list:
            {
                var items = new List<MarkedNode>();
                var end = Offset(list.End);
                for (parser.MoveNext(); parser.Current is not SequenceEnd; parser.MoveNext())
                {
                    items.Add(ReadNode(DashAfter(items.Count == 0 ? start : items[^1].End)));
                    end = items[^1].End;
                }

                var flow = list.Style == SequenceStyle.Flow;
                return new MarkedNode(flow ? NodeForm.FlowList : NodeForm.BlockList, start, flow ? Offset(parser.Current.Start) + 1 : end, column) { Items = items, IsMarkedUp = MarkedUp(list) };
            }

            case MappingStart map:
            {
                var pairs = new List<MarkedPair>();
                var end = Offset(map.End);
                for (parser.MoveNext(); parser.Current is not MappingEnd; parser.MoveNext())
                {
                    var key = ReadNode(-1);
                    if (!key.IsScalar) throw new EditException("A key of the file is no single word; edit it by hand.");
                    parser.MoveNext();
                    var colon = text.IndexOf(':', Math.Min(key.End, text.Length));
                    var value = ReadNode(colon < 0 ? key.End : colon + 1);
                    if (pairs.Exists(pair => pair.Key.Value == key.Value)) throw new EditException($"The key '{key.Value}' is given twice; mend that first.");
                    pairs.Add(new MarkedPair(key, value));
                    end = value.End;
                }

                var flow = map.Style == MappingStyle.Flow;
                return new MarkedNode(flow ? NodeForm.FlowMap : NodeForm.BlockMap, start, flow ? Offset(parser.Current.Start) + 1 : end, column) { Pairs = pairs, IsMarkedUp = MarkedUp(map) };
            }

            default: throw new EditException("The file holds something that cannot be edited in place.");
        }
    }

    private MarkedNode ReadScalar(Scalar scalar, int start, int column, int after)
    {
        var form = scalar.Style switch
        {
            ScalarStyle.SingleQuoted => NodeForm.Single,
            ScalarStyle.DoubleQuoted => NodeForm.Double,
            ScalarStyle.Literal or ScalarStyle.Folded => NodeForm.Lines,
            _ => NodeForm.Plain,
        };
        var end = Offset(scalar.End);
        if (form == NodeForm.Plain && scalar.Value.Length == 0 && !MarkedUp(scalar)) (start, end) = (after, after);
        else if (form == NodeForm.Lines) end = start + text.AsSpan(start, end - start).TrimEnd().Length;
        return new MarkedNode(form, start, end, column) { Value = scalar.Value, IsMarkedUp = MarkedUp(scalar) };
    }

    /// <summary>The offset behind the next dash: where an item that is not written stands.</summary>
    private int DashAfter(int from)
    {
        var dash = text.IndexOf('-', Math.Min(from, text.Length));
        return dash < 0 ? from : dash + 1;
    }

    private int Offset(Mark mark) => (int)Math.Min(mark.Index, text.Length);

    private static bool MarkedUp(NodeEvent node) => !node.Anchor.IsEmpty || !node.Tag.IsEmpty;
}
