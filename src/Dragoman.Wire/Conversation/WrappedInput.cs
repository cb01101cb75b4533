using System.Text.Json;
using Dragoman.Wire.Json;

namespace Dragoman.Wire.Conversation;

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
        if (_state is State.After) return default;
        var bytes = _buffer.WrittenMemory[_passed..].ToArray();
        Dispose();
        if (_state == State.Inside) return JsonText.FromEscaped(bytes);
        _state = State.After;
        return OnlyString(bytes) ?? JsonText.FromUtf8(bytes);
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
                return JsonText.FromEscaped(_buffer.WrittenMemory[..at]);
            }

            var length = EscapeLength(span[at..]);
            if (length == 0) break;
            at += length;
        }

        _passed = at;
        return JsonText.FromEscaped(_buffer.WrittenMemory[..at]);
    }

    /// <summary>The length of the escape at the start, a surrogate pair counted as one; 0 when it is not all there yet.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> span)
    {
        if (span.Length < 2) return 0;
        if (span[1] != (byte)'u') return 2;
        if (span.Length < 6) return 0;
        var high = span[2] is (byte)'d' or (byte)'D' && span[3] is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'A' or (byte)'b' or (byte)'B';
        if (!high) return 6;
        if (span.Length < 12) return span.Length > 6 && span[6] != (byte)'\\' ? 6 : 0;
        return span[6] == (byte)'\\' && span[7] == (byte)'u' ? 12 : 6;
    }

    private static JsonText? OnlyString(byte[] json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, JsonReading.Options);
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

            return found;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
