using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>Reads a YAML text into nodes that know their place. Stricter than the reading of a configuration: what it refuses is not edited.</summary>
internal sealed class SourceMappedTree
{
    private readonly string _text;
    private readonly Parser _parser;

    private SourceMappedTree(string text)
    {
        _text = text;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The text's root; a map that takes no place for a text without content.</summary>
    /// <exception cref="EditException">The text is no single YAML document.</exception>
    public static SourceMappedNode Read(string text)
    {
        try
        {
            return new SourceMappedTree(text).ReadFile();
        }
        catch (YamlException ex)
        {
            throw new EditException($"The file is not valid YAML (line {ex.Start.Line}); correct it first.");
        }
    }

    private SourceMappedNode ReadFile()
    {
        var nothing = new SourceMappedNode(NodeForm.BlockMap, _text.Length, _text.Length, 0);
        _parser.MoveNext();
        _parser.MoveNext();
        if (_parser.Current is StreamEnd) return nothing;
        _parser.MoveNext();
        var root = ReadNode(-1);
        _parser.MoveNext();
        if (_parser.Current is DocumentEnd { IsImplicit: false }) throw new EditException("The file ends with '...' or holds more than one document, which cannot be edited in place.");
        if (_parser.Current is DocumentEnd) _parser.MoveNext();
        if (_parser.Current is not StreamEnd) throw new EditException("The file holds more than one document, which cannot be edited in place.");
        if (root.IsNull) return nothing;
        return root.IsMap ? root : throw new EditException("The file is not a map of keys.");
    }

    /// <summary>Reads the current node.</summary>
    /// <param name="after">Where a node that is not written stands: behind the colon or the dash.</param>
    private SourceMappedNode ReadNode(int after)
    {
        var current = _parser.Current ?? throw new EditException("The file ends too early.");
        var start = Offset(current.Start);
        var column = (int)current.Start.Column - 1;
        switch (current)
        {
            case AnchorAlias alias: return new SourceMappedNode(NodeForm.Alias, start, Offset(alias.End), column) { Value = alias.Value.Value };
            case Scalar scalar: return ReadScalar(scalar, start, column, after);
            case SequenceStart list:
                {
                    var items = new List<SourceMappedNode>();
                    var end = Offset(list.End);
                    for (_parser.MoveNext(); _parser.Current is not SequenceEnd; _parser.MoveNext())
                    {
                        items.Add(ReadNode(DashAfter(items.Count == 0 ? start : items[^1].End)));
                        end = items[^1].End;
                    }

                    var flow = list.Style == SequenceStyle.Flow;
                    return new SourceMappedNode(flow ? NodeForm.FlowList : NodeForm.BlockList, start, flow ? Offset(_parser.Current.Start) + 1 : end, column) { Items = items, IsMarkedUp = MarkedUp(list) };
                }

            case MappingStart map:
                {
                    var pairs = new List<SourceMappedPair>();
                    var end = Offset(map.End);
                    for (_parser.MoveNext(); _parser.Current is not MappingEnd; _parser.MoveNext())
                    {
                        var key = ReadNode(-1);
                        if (!key.IsScalar) throw new EditException("A key of the file is no single word; edit it by hand.");
                        _parser.MoveNext();
                        var colon = _text.IndexOf(':', Math.Min(key.End, _text.Length));
                        var value = ReadNode(colon < 0 ? key.End : colon + 1);
                        if (pairs.Exists(pair => pair.Key.Value == key.Value)) throw new EditException($"The key '{key.Value}' is given twice; correct that first.");
                        pairs.Add(new SourceMappedPair(key, value));
                        end = value.End;
                    }

                    var flow = map.Style == MappingStyle.Flow;
                    return new SourceMappedNode(flow ? NodeForm.FlowMap : NodeForm.BlockMap, start, flow ? Offset(_parser.Current.Start) + 1 : end, column) { Pairs = pairs, IsMarkedUp = MarkedUp(map) };
                }

            default: throw new EditException("The file holds something that cannot be edited in place.");
        }
    }

    private SourceMappedNode ReadScalar(Scalar scalar, int start, int column, int after)
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
        else if (form == NodeForm.Lines) end = start + _text.AsSpan(start, end - start).TrimEnd().Length;
        return new SourceMappedNode(form, start, end, column) { Value = scalar.Value, IsMarkedUp = MarkedUp(scalar) };
    }

    /// <summary>The offset behind the next dash: where an item that is not written stands.</summary>
    private int DashAfter(int from)
    {
        var dash = _text.IndexOf('-', Math.Min(from, _text.Length));
        return dash < 0 ? from : dash + 1;
    }

    private int Offset(Mark mark) => (int)Math.Min(mark.Index, _text.Length);

    private static bool MarkedUp(NodeEvent node) => !node.Anchor.IsEmpty || !node.Tag.IsEmpty;
}
