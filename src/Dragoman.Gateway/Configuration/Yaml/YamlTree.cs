using Dragoman.Gateway.Settings;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dragoman.Gateway.Configuration.Yaml;

/// <summary>
/// Builds a tree from the events of the YAML parser. Not YamlDotNet's own document model: that one stops at the first repeated key,
/// and all faults of a file shall be reported at once.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 32;

    private readonly Parser _parser;
    private readonly DiagnosticBag _problems;
    private readonly Dictionary<string, SettingNode> _anchors = [];

    private YamlTree(Parser parser, DiagnosticBag problems)
    {
        _parser = parser;
        _problems = problems;
    }

    /// <summary>The map that a file consists of; null when it is not YAML or not a map (reported), an empty map for an empty file.</summary>
    public static SettingMap? Read(string text, DiagnosticBag problems)
    {
        try
        {
            return new YamlTree(new Parser(new StringReader(text)), problems).ReadFile();
        }
        catch (YamlException ex)
        {
            ReportSyntax(text, ex, problems);
            return null;
        }
    }

    private static void ReportSyntax(string text, YamlException fault, DiagnosticBag problems)
    {
        var line = (int)Math.Max(1, fault.Start.Line);
        var lines = text.Split('\n');
        // The parser names the place where it trips over a tab, which may be a line before or after.
        for (var number = Math.Max(1, line - 1); number <= Math.Min(line + 1, lines.Length); number++)
        {
            var content = lines[number - 1];
            var indent = content.AsSpan(0, content.Length - content.AsSpan().TrimStart().Length);
            var tab = indent.IndexOf('\t');
            if (tab < 0) continue;
            problems.Error("", number, tab + 1, "A tab is used for indentation, which YAML does not allow.", "Replace the tab by spaces.");
            return;
        }

        problems.Error("", line, (int)Math.Max(1, fault.Start.Column), $"This is not valid YAML: {Plain(fault.Message)}",
            "Check indentation, colons and quotes on this line and the one above.");
    }

    /// <summary>The parser's message without its own line numbers, and as a sentence.</summary>
    private static string Plain(string message)
    {
        var colon = message.IndexOf("): ", StringComparison.Ordinal);
        if (message.StartsWith('(') && colon > 0) message = message[(colon + 3)..];
        return message.TrimEnd('.') + ".";
    }

    private SettingMap? ReadFile()
    {
        Next();
        if (_parser.Current is StreamStart) Next();
        if (_parser.Current is StreamEnd) return new SettingMap([], 1, 1);
        if (_parser.Current is DocumentStart) Next();
        var root = ReadNode(0, "");
        Next();
        if (_parser.Current is DocumentEnd) Next();
        if (_parser.Current is DocumentStart second)
            _problems.Error("", (int)second.Start.Line, (int)second.Start.Column, "The file holds more than one document; only the first would be read.", "Remove the '---' line and what follows, or merge it into the first part.");

        if (root.IsNull) return new SettingMap([], 1, 1);
        if (root is SettingMap map) return map;
        _problems.Error("", root.Line, root.Column, $"The file must be a map of keys (port: 8317), but it is {root.Kind}.", "Put 'key: value' lines at the left margin.");
        return null;
    }

    private SettingNode ReadNode(int depth, string path)
    {
        var current = _parser.Current ?? throw new YamlException("the file ends too early");
        if (depth > MaxDepth) throw new YamlException(current.Start, current.End, "values are nested too deeply");
        switch (current)
        {
            case Scalar scalar:
                {
                    var node = new SettingScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, (int)scalar.Start.Line, (int)scalar.Start.Column);
                    return Remember(scalar, node);
                }

            case AnchorAlias alias:
                return _anchors.TryGetValue(alias.Value.Value, out var known)
                    ? known
                    : throw new YamlException(alias.Start, alias.End, $"'*{alias.Value.Value}' refers to an anchor that is not defined before it");
            case SequenceStart start:
                {
                    var items = new List<SettingNode>();
                    for (Next(); _parser.Current is not SequenceEnd; Next()) items.Add(ReadNode(depth + 1, $"{path}[{items.Count}]"));
                    return Remember(start, new SettingList(items, (int)start.Start.Line, (int)start.Start.Column));
                }

            case MappingStart start:
                return Remember(start, ReadMap(start, depth, path));
            default:
                throw new YamlException(current.Start, current.End, "a value was expected here");
        }
    }

    private SettingMap ReadMap(MappingStart start, int depth, string path)
    {
        var pairs = new List<SettingPair>();
        var merged = new List<SettingMap>();
        for (Next(); _parser.Current is not MappingEnd; Next())
        {
            var keyNode = ReadNode(depth + 1, path);
            Next();
            var name = (keyNode as SettingScalar)?.Value ?? "?";
            var at = path.Length == 0 ? name : $"{path}.{name}";
            var value = ReadNode(depth + 1, at);
            if (keyNode is not SettingScalar key)
            {
                _problems.Error(path, keyNode.Line, keyNode.Column, "A key must be a single word.");
                continue;
            }

            if (key is { Plain: true, Value: "<<" })
            {
                merged.AddRange(value is SettingList list ? list.Items.OfType<SettingMap>() : value is SettingMap map ? [map] : []);
                continue;
            }

            var earlier = pairs.Find(pair => pair.Key.Value == key.Value);
            if (earlier is null) pairs.Add(new SettingPair(key, value));
            else
            {
                _problems.Error(at, key.Line, key.Column, $"The key is given twice; the first is on line {earlier.Key.Line}.",
                    "Keep one of the two, or merge them.");
            }
        }

        foreach (var pair in merged.SelectMany(map => map.Pairs))
            if (!pairs.Exists(own => own.Key.Value == pair.Key.Value)) pairs.Add(pair);
        return new SettingMap(pairs, (int)start.Start.Line, (int)start.Start.Column);
    }

    private SettingNode Remember(NodeEvent source, SettingNode node)
    {
        if (!source.Anchor.IsEmpty) _anchors[source.Anchor.Value] = node;
        return node;
    }

    private void Next() => _parser.MoveNext();
}
