using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Takes the free text of a custom tool out of the arguments <c>{"input": "…"}</c> it was wrapped in, as the deltas come. The text is
/// passed on in the escaped form it stands in, never cut inside an escape.
/// </summary>
internal sealed class WrappedInput : IDisposable
{
    private enum State
    {
        Before,
        Inside,
        After,
        Foreign,
    }

    private static readonly byte[] Key = "\"input\""u8.ToArray();
    private readonly PooledBuffer _buffer = new(256);
    private State _state;
    private int _passed;

    /// <summary>Takes a piece of the arguments and gives what of the free text it completes; valid until the next call.</summary>
    public JsonText Add(JsonText piece)
    {
        if (_state == State.After) return default;
        if (_passed > 0)
        {
            _buffer.Consume(_passed);
            _passed = 0;
        }

        piece.AppendUtf8(_buffer);
        if (_state == State.Before) FindStart();
        return _state == State.Inside ? TakeInside() : default;
    }

    /// <summary>The arguments are whole. Gives what is left: for arguments of another shape, the text the model most likely meant.</summary>
    public JsonText Complete()
    {
        var state = _state;
        _state = State.After;
        var bytes = state is State.Inside or State.After ? [] : _buffer.WrittenSpan.ToArray();
        Dispose();
        return state switch
        {
            // What is left inside is an escape that was cut off (or half a surrogate pair): no text can be made of it.
            State.Inside or State.After => default,
            _ => OnlyString(bytes) ?? JsonText.FromUtf8(bytes),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private void FindStart()
    {
        var span = _buffer.WrittenSpan;
        var at = 0;
        if (!Expect(span, ref at, "{"u8) || !Expect(span, ref at, Key) || !Expect(span, ref at, ":"u8) || !Expect(span, ref at, "\""u8)) return;
        _buffer.Consume(at);
        _state = State.Inside;
    }

    /// <summary>True when the token stands there after white space; false when more bytes are needed, or the shape is another.</summary>
    private bool Expect(ReadOnlySpan<byte> span, ref int at, ReadOnlySpan<byte> token)
    {
        while (at < span.Length && span[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        var rest = span[at..];
        if (rest.StartsWith(token))
        {
            at += token.Length;
            return true;
        }

        if (!token.StartsWith(rest)) _state = State.Foreign;
        return false;
    }

    private JsonText TakeInside()
    {
        var span = _buffer.WrittenSpan;
        var at = 0;
        var clean = true;
        while (at < span.Length)
        {
            var next = span[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                at = span.Length;
                break;
            }

            at += next;
            if (span[at] == (byte)'"')
            {
                _state = State.After;
                _passed = span.Length;
                return Inside(at, clean);
            }

            var length = EscapeLength(span[at..]);
            if (length == 0) break;
            clean &= IsLegalEscape(span.Slice(at, length));
            at += length;
        }

        _passed = at;
        return Inside(at, clean);
    }

    /// <summary>
    /// The text up to there. A careless model writes line breaks and escapes that JSON does not know: those are made plain first, since
    /// escaped text is copied into the client's JSON as it stands.
    /// </summary>
    private JsonText Inside(int end, bool clean)
    {
        var text = JsonText.FromEscaped(_buffer.WrittenMemory[..end]);
        if (clean && !_buffer.WrittenSpan[..end].ContainsAnyInRange((byte)0, (byte)0x1F)) return text;
        return JsonText.FromUtf8(text.ToUtf8());
    }

    private static bool IsLegalEscape(ReadOnlySpan<byte> escape)
    {
        if (escape[1] != (byte)'u') return "\"\\/bfnrt"u8.Contains(escape[1]);
        for (var i = 2; i < escape.Length; i++)
        {
            if (i is 6 or 7) continue;
            if (!char.IsAsciiHexDigit((char)escape[i])) return false;
        }

        return true;
    }

    /// <summary>The length of the escape at the start, a surrogate pair counted as one; 0 when it is not all there yet.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> span)
    {
        if (span.Length < 2) return 0;
        if (span[1] != (byte)'u') return 2;
        if (span.Length < 6) return 0;
        var high = span[2] is (byte)'d' or (byte)'D' && span[3] is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'A' or (byte)'b' or (byte)'B';
        if (!high) return 6;
        if (span.Length > 6 && span[6] != (byte)'\\') return 6;
        if (span.Length > 7 && span[7] != (byte)'u') return 6;
        return span.Length < 12 ? 0 : 12;
    }

    private static JsonText? OnlyString(byte[] json)
    {
        try
        {
            var reader = new Utf8TokenReader(json, JsonReading.Options);
            if (!reader.Read()) return null;
            if (reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, json);
            if (reader.TokenType != JsonTokenType.StartObject) return null;
            JsonText? found = null;
            while (reader.NextProperty())
            {
                reader.Read();
                if (found is not null || reader.TokenType != JsonTokenType.String) return null;
                found = JsonText.From(ref reader, json);
            }

            // An empty object says nothing.
            return found ?? JsonText.Empty;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
