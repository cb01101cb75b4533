using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Gateway.Configuration.Editing;
using Dragoman.Gateway.Tests.Support;
using YamlDotNet.Serialization;

namespace Dragoman.Gateway.Tests.Configuration;

/// <summary>Any edit of any file gives the wanted value, keeps all others (as YamlDotNet's own deserializer reads them), and every comment that is not inside what it replaced.</summary>
public sealed partial class ConfigEditorProperties
{
    private static readonly string[] Texts = ["plain", "two words", "true", "12", "1e3", "", " lead", "a: b", "x #y", "it's", "\"q\"", "back\\slash", "tab\there", "line\nbreak", "- dash", "*star", "&amp", "{brace}", "[x", "~", "null", "ünï 😀", "http://a:1/b?c=d#e", "${HOME:-x}", "2026-01-01", "0x1F", "a,b", "trail:", "@at", "%pc", "!t", "|", ">", "?q", "yes", "\u0085\u2028"];

    [Fact]
    public void Generated_files()
    {
        var edits = 0;
        for (var seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            var text = new Writer(random).File();
            var places = Places(Read(text), "").ToList();
            for (var i = 0; i < 6; i++, edits++) Check(text, Pick(random, places), random, $"seed {seed}");
        }

        edits.ShouldBeGreaterThan(8_000);
    }

    [Fact]
    public void The_files_of_our_own_pages()
    {
        var blocks = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(RepositoryFiles.Root, "README.md"))
            .SelectMany(page => YamlBlock().Matches(File.ReadAllText(page)).Select(match => match.Groups["text"].Value)).ToList();
        blocks.Count.ShouldBeGreaterThan(3);
        foreach (var text in blocks)
        {
            var places = Places(Read(text), "").ToList();
            var random = new Random(7);
            foreach (var place in places) Check(text, place, random, text);
        }
    }

    private static void Check(string text, string place, Random random, string name)
    {
        var before = Read(text);
        var old = At(before, place);
        // A new key or item of a collection, a change of what is there, or its removal.
        var kind = random.Next(4);
        var path = kind == 0 && old is JsonObject ? Join(place, "fresh-key") : kind == 0 && old is JsonArray ? place + "[+]" : place;
        var value = kind == 1 ? null : Value(random, kind == 2 ? 2 : 0);
        var edit = ConfigEditor.Set(text, path, value);
        edit.Fault.ShouldBeNull($"{name}: {path}\n{text}");
        var after = Read(edit.Text!);
        var wanted = Expected(before!.DeepClone(), path, value);
        JsonNode.DeepEquals(after, wanted).ShouldBeTrue($"{name}: {path} = {value?.ToJsonString()}\n--- before\n{text}\n--- after\n{edit.Text}\n--- wanted\n{wanted.ToJsonString()}\n--- got\n{after?.ToJsonString()}");

        // Comments stay, except inside a collection that is replaced or removed.
        var kept = Comments(edit.Text!);
        var lost = Comments(text).Where(comment => !kept.Contains(comment)).ToList();
        if (lost.Count > 0 && (path != place || (old is JsonValue or null && value is not null))) lost.ShouldBeEmpty($"{name}: {path}\n{text}\n---\n{edit.Text}");
        if (path == place && (old is not JsonValue || (value is null && old.Parent is JsonArray { Count: 1 } or JsonObject { Count: 1 }))) return;
        // A scalar's edit touches its own lines alone (its removal behind a dash the next key's, too), a new key or item adds lines only.
        var allowed = (old is JsonValue written ? written.GetValue<string>().Split('\n').Length - 1 + (written.GetValue<string>().Contains('\n', StringComparison.Ordinal) ? 1 : 0) : 0) + 1 + (value is null ? 4 : 0);
        var removed = Removed(text.Split('\n'), edit.Text!.Split('\n'));
        removed.ShouldBeLessThanOrEqualTo(allowed, $"{name}: {path}\n{text}\n---\n{edit.Text}");
    }

    /// <summary>How many of the old lines are not in the new text, in order.</summary>
    private static int Removed(string[] old, string[] now)
    {
        var head = 0;
        while (head < old.Length && head < now.Length && old[head] == now[head]) head++;
        var tail = 0;
        while (tail < old.Length - head && tail < now.Length - head && old[^(tail + 1)] == now[^(tail + 1)]) tail++;
        return old.Length - head - tail;
    }

    private static HashSet<string> Comments(string text) => [.. CommentMark().Matches(text).Select(match => match.Value)];

    private static JsonNode Expected(JsonNode root, string path, JsonNode? value)
    {
        var steps = Step().Matches(path).Select(match => match.Value).ToList();
        var node = root;
        for (var i = 0; i < steps.Count - 1; i++) node = KeyOf(steps[i]) is { } key ? node![key] : node![int.Parse(steps[i][1..^1], CultureInfo.InvariantCulture)];
        var last = steps[^1];
        if (last == "[+]") node!.AsArray().Add(Plain(value));
        else if (KeyOf(last) is not { } named)
        {
            var index = int.Parse(last[1..^1], CultureInfo.InvariantCulture);
            if (value is null) node!.AsArray().RemoveAt(index);
            else node![index] = Plain(value);
        }
        else if (value is null) node!.AsObject().Remove(named);
        else node![named] = Plain(value);
        return root;
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => JsonValue.Create(random.Next(100)),
        1 => JsonValue.Create(random.Next(2) == 0),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1))]),
        6 => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(i => KeyValuePair.Create($"k{i}", Value(random, depth - 1)))),
        _ => JsonValue.Create(Texts[random.Next(Texts.Length)]),
    };

    private static JsonNode? At(JsonNode? node, string path)
    {
        foreach (var step in Step().Matches(path).Select(match => match.Value)) node = KeyOf(step) is { } key ? node![key] : node![int.Parse(step[1..^1], CultureInfo.InvariantCulture)];
        return node;
    }

    /// <summary>The key a step leads to; null for an item of a list.</summary>
    private static string? KeyOf(string step) => step.StartsWith("[\"", StringComparison.Ordinal) ? step[2..^2] : step[0] == '[' ? null : step.TrimStart('.');

    private static IEnumerable<string> Places(JsonNode? node, string at)
    {
        if (node is JsonObject map)
        {
            foreach (var (key, inner) in map)
            {
                yield return Join(at, key);
                foreach (var place in Places(inner, Join(at, key))) yield return place;
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                yield return $"{at}[{i}]";
                foreach (var place in Places(list[i], $"{at}[{i}]")) yield return place;
            }
        }
    }

    private static string Pick(Random random, List<string> places) => places[random.Next(places.Count)];

    private static string Join(string at, string key) => key.AsSpan().IndexOfAny(".[]") >= 0 ? $"{at}[\"{key}\"]" : at.Length == 0 ? key : $"{at}.{key}";

    /// <summary>The text as another reader sees it: every scalar as a string.</summary>
    private static JsonNode? Read(string text) => Of(new DeserializerBuilder().Build().Deserialize<object?>(text)) ?? new JsonObject();

    private static JsonNode? Of(object? value) => value switch
    {
        null => null,
        IDictionary<object, object?> map => new JsonObject(map.Select(pair => KeyValuePair.Create((string)pair.Key, Of(pair.Value)))),
        IList<object?> list => new JsonArray([.. list.Select(Of)]),
        var scalar => JsonValue.Create((string)scalar),
    };

    private static JsonNode? Plain(JsonNode? value) => value switch
    {
        null => null,
        JsonObject map => new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Plain(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Plain)]),
        _ => JsonValue.Create(value.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString()),
    };

    [GeneratedRegex("```yaml\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\[""[^""]*""\]|\[[^\]]+\]|\.?[^.\[]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Step();

    [GeneratedRegex(@"# note \d+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CommentMark();

    /// <summary>Writes files as people write them: mixed quotes, brackets and lines, comments and blank lines anywhere.</summary>
    private sealed class Writer(Random random)
    {
        private readonly StringBuilder _text = new();
        private readonly int _step = random.Next(2) == 0 ? 2 : 4;
        private readonly bool _flushLists = random.Next(3) == 0;
        private int _notes;

        public string File()
        {
            Map(0, 3, random.Next(1, 6));
            var text = _text.ToString();
            // (A block of lines that ends with the file says another thing once a line follows: such edits are refused.)
            return random.Next(4) == 0 && !text.EndsWith("two # 2\n", StringComparison.Ordinal) ? text.TrimEnd('\n') : text;
        }

        private void Map(int indent, int depth, int keys, bool firstInline = false)
        {
            for (var i = 0; i < keys; i++)
            {
                if (i > 0 || !firstInline) Between(indent);
                if (i > 0 || !firstInline) _text.Append(' ', indent);
                var key = $"key{i}";
                _text.Append(random.Next(8) switch { 0 => $"'{key}'", 1 => $"\"{key}\"", _ => key }).Append(':');
                Value(indent, depth);
            }
        }

        private void Value(int indent, int depth)
        {
            switch (random.Next(depth > 0 ? 9 : 5))
            {
                case 5 or 6:
                    End();
                    Map(indent + _step, depth - 1, random.Next(1, 4));
                    break;
                case 7:
                    End();
                    List(indent + (_flushLists ? 0 : _step), depth - 1);
                    break;
                case 8:
                    _text.Append(' ').Append(Flow(2));
                    End();
                    break;
                case 4 when random.Next(3) == 0:
                    _text.Append(" |\n").Append(' ', indent + 2).Append("one: 1\n").Append(' ', indent + 2).Append("two # 2\n");
                    break;
                case 3 when random.Next(3) == 0:
                    End();
                    break;
                default:
                    _text.Append(' ').Append(Scalar(inFlow: false));
                    End();
                    break;
            }
        }

        private void List(int indent, int depth)
        {
            var count = random.Next(1, 4);
            for (var i = 0; i < count; i++)
            {
                Between(indent);
                _text.Append(' ', indent).Append('-');
                if (depth > 0 && random.Next(2) == 0)
                {
                    _text.Append(' ');
                    Map(indent + 2, depth - 1, random.Next(1, 4), firstInline: true);
                }
                else
                {
                    _text.Append(' ').Append(random.Next(5) == 0 ? Flow(1) : Scalar(inFlow: false));
                    End();
                }
            }
        }

        private string Flow(int depth) => random.Next(2) == 0
            ? $"[ {string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => depth > 1 && random.Next(3) == 0 ? Flow(depth - 1) : Scalar(inFlow: true)))} ]"
            : $"{{ {string.Join(", ", Enumerable.Range(0, random.Next(1, 4)).Select(i => $"f{i}: {(depth > 1 && random.Next(3) == 0 ? Flow(depth - 1) : Scalar(inFlow: true))}"))} }}";

        private string Scalar(bool inFlow) => random.Next(6) switch
        {
            0 => random.Next(1000).ToString(CultureInfo.InvariantCulture),
            1 => "'it''s #1'",
            2 => "\"a \\\"b\\\" \\u00e4: c\"",
            3 => inFlow ? "word" : "some words, with: ".TrimEnd(' ', ':') + " 😀",
            4 => "true",
            _ => "http" + random.Next(10).ToString(CultureInfo.InvariantCulture),
        };

        private void End()
        {
            if (random.Next(4) == 0) _text.Append(CultureInfo.InvariantCulture, $"  # note {_notes++}");
            _text.Append('\n');
        }

        private void Between(int indent)
        {
            if (random.Next(6) == 0) _text.Append('\n');
            if (random.Next(6) == 0) _text.Append(' ', indent).Append(CultureInfo.InvariantCulture, $"# note {_notes++}\n");
        }
    }
}
