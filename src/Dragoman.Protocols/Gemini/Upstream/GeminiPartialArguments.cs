using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>
/// Puts the arguments of a call together that come as values with their places (<c>partialArgs</c>, each a <c>jsonPath</c> and a value; a string may go
/// on in the next piece), as the text of the JSON object that they make, growing as they come. Source: Vertex AI, "Streaming function call arguments".
/// </summary>
/// <remarks>
/// The text grows only at its end. Places come in the order of the document; one that goes back into what has closed cannot be written, and then the
/// object stays open, which everybody behind takes for the torn call that it is.
/// </remarks>
internal sealed class GeminiPartialArguments
{
    private readonly List<Level> _open = [];
    private string? _string;
    private bool _broken;

    /// <summary>Takes pieces and writes what they add.</summary>
    public void Add(JsonSlice pieces, IBufferWriter<byte> output)
    {
        if (!pieces.IsArray) return;
        var reader = pieces.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) Piece(ref reader, pieces.Bytes, output);
            else reader.Skip();
        }
    }

    /// <summary>The last piece has come: closes what is open. Without any piece the object is empty.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        if (_broken) return;
        if (_open.Count == 0)
        {
            output.Write("{}"u8);
            return;
        }

        CloseString(output);
        CloseDownTo(0, output);
    }

    private void Piece(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, IBufferWriter<byte> output)
    {
        string? path = null;
        JsonSlice value = default;
        JsonText text = default;
        var isText = false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("jsonPath"u8))
            {
                reader.Read();
                path = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("stringValue"u8))
            {
                reader.Read();
                isText = reader.TokenType == JsonTokenType.String;
                text = reader.TextOrEmpty(source);
            }
            else if (reader.ValueTextEquals("numberValue"u8) || reader.ValueTextEquals("boolValue"u8))
            {
                reader.Read();
                value = JsonSlice.From(ref reader, source);
            }
            else if (reader.ValueTextEquals("nullValue"u8))
            {
                reader.Read();
                reader.Skip();
                value = JsonSlice.Create("null"u8);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (_broken || path is null) return;
        if (_string != path)
        {
            CloseString(output);
            if (Steps(path) is not { Count: > 0 } steps || !Reach(steps, output))
            {
                _broken = true;
                return;
            }

            if (isText) output.Write("\""u8);
            else output.Write(value.IsEmpty ? "null"u8 : value.Bytes.Span);
            if (isText) _string = path;
        }

        // A string closes when something else comes: whether a piece says that more follows or not, the next one of the same place goes on with it.
        if (isText) text.AppendEscaped(output);
    }

    /// <summary>Opens and closes objects and lists until the value of the last step can be written.</summary>
    private bool Reach(List<string> steps, IBufferWriter<byte> output)
    {
        if (_open.Count == 0)
        {
            output.Write("{"u8);
            _open.Add(new("", IsList: false));
        }

        var same = 0;
        while (same < steps.Count - 1 && same + 1 < _open.Count && _open[same + 1].Step == steps[same]) same++;
        CloseDownTo(same + 1, output);
        for (var at = same; at < steps.Count; at++)
        {
            var level = _open[^1];
            var isIndex = IsIndex(steps[at]);
            if (isIndex != level.IsList || !level.Seen.Add(steps[at])) return false;
            if (level.Seen.Count > 1) output.Write(","u8);
            if (!isIndex)
            {
                output.Write("\""u8);
                JsonText.From(steps[at]).AppendEscaped(output);
                output.Write("\":"u8);
            }

            if (at == steps.Count - 1) return true;
            var list = IsIndex(steps[at + 1]);
            output.Write(list ? "["u8 : "{"u8);
            _open.Add(new(steps[at], list));
        }

        return true;
    }

    private void CloseString(IBufferWriter<byte> output)
    {
        if (_string is not null) output.Write("\""u8);
        _string = null;
    }

    private void CloseDownTo(int levels, IBufferWriter<byte> output)
    {
        while (_open.Count > levels)
        {
            output.Write(_open[^1].IsList ? "]"u8 : "}"u8);
            _open.RemoveAt(_open.Count - 1);
        }
    }

    /// <summary>An index keeps its bracket, so that it is told from a name of digits.</summary>
    private static bool IsIndex(string step) => step.StartsWith('[');

    /// <summary>The steps of a path like <c>$.a['b c'][0].d</c>; null for one that names no single place.</summary>
    private static List<string>? Steps(string path)
    {
        if (!path.StartsWith('$')) return null;
        List<string> steps = [];
        var at = 1;
        while (at < path.Length)
        {
            if (path[at] == '.')
            {
                var end = path.AsSpan(at + 1).IndexOfAny('.', '[');
                var name = end < 0 ? path[(at + 1)..] : path.Substring(at + 1, end);
                if (name.Length == 0 || name == "*") return null;
                steps.Add(name);
                at += 1 + name.Length;
            }
            else if (path[at] == '[' && at + 1 < path.Length && path[at + 1] is '\'' or '"')
            {
                if (Quoted(path, ref at) is not { } name) return null;
                steps.Add(name);
            }
            else if (path[at] == '[')
            {
                var end = path.IndexOf(']', at);
                if (end < 0 || !int.TryParse(path.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return null;
                steps.Add($"[{index}");
                at = end + 1;
            }
            else
            {
                return null;
            }
        }

        return steps;
    }

    private static string? Quoted(string path, ref int at)
    {
        var quote = path[at + 1];
        var name = new StringBuilder();
        for (var i = at + 2; i < path.Length; i++)
        {
            if (path[i] == quote)
            {
                at = i + 2;
                return i + 1 < path.Length && path[i + 1] == ']' ? name.ToString() : null;
            }

            if (path[i] == '\\' && i + 1 < path.Length) i++;
            name.Append(path[i]);
        }

        return null;
    }

    private sealed record Level(string Step, bool IsList)
    {
        public HashSet<string> Seen { get; } = [];
    }
}
