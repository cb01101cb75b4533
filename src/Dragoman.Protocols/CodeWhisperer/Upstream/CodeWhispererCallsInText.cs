using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Finds calls that a model writes as text, <c>[Called name with args: {…}]</c>, and tells them as calls. Only names of the request's own tools count,
/// and only an object that closes; anything else stays text. Used where the account's owner switched it on.
/// </summary>
internal sealed class CodeWhispererCallsInText(TranslationContext exchange, CodeWhispererTextReader words, CodeWhispererCallReader calls)
{
    private byte[] _held = [];

    private static ReadOnlySpan<byte> Head => "[Called "u8;

    private static ReadOnlySpan<byte> Middle => " with args: "u8;

    /// <summary>Takes the next piece of text.</summary>
    public void Take(JsonText text)
    {
        ReadOnlyMemory<byte> bytes = _held.Length == 0 ? text.ToUtf8() : (byte[])[.. _held, .. text.ToUtf8().Span];
        _held = [];
        while (!bytes.IsEmpty)
        {
            var at = bytes.Span.IndexOf(Head);
            var plain = at < 0 ? bytes.Length - HalfHead(bytes.Span) : at;
            if (plain > 0) words.Text(JsonText.FromUtf8(bytes[..plain]));
            bytes = bytes[plain..];
            if (at < 0 || !TryCall(bytes, out var used))
            {
                _held = bytes.ToArray();
                return;
            }

            bytes = bytes[used..];
        }
    }

    /// <summary>What is held back is no call.</summary>
    public void Complete()
    {
        if (_held.Length > 0) words.Text(JsonText.FromUtf8(_held));
        _held = [];
    }

    /// <summary>Takes a call, or the words that turn out to be none, off the front; false where only more text can tell.</summary>
    private bool TryCall(ReadOnlyMemory<byte> bytes, out int used)
    {
        used = 0;
        var span = bytes.Span;
        var middle = span.IndexOf(Middle);
        // A name has no line break and is short.
        var name = middle < 0 ? span[Head.Length..] : span[Head.Length..middle];
        if (name.Length > 64 || name.Contains((byte)'\n')) return Plain(bytes, Head.Length, out used);
        if (middle < 0) return false;
        if (!IsTool(Encoding.UTF8.GetString(name))) return Plain(bytes, middle, out used);
        var json = span[(middle + Middle.Length)..];
        if (json.IsEmpty) return false;
        if (json[0] != (byte)'{') return Plain(bytes, middle, out used);
        var end = EndOf(json);
        if (end < 0 || end == json.Length) return false;
        if (json[end] != (byte)']' || !IsJson(json[..end])) return Plain(bytes, middle, out used);
        calls.Emit(Encoding.UTF8.GetString(name), new JsonSlice(bytes.Slice(middle + Middle.Length, end)));
        used = middle + Middle.Length + end + 1;
        return true;
    }

    private bool Plain(ReadOnlyMemory<byte> bytes, int length, out int used)
    {
        words.Text(JsonText.FromUtf8(bytes[..length]));
        used = length;
        return true;
    }

    private bool IsTool(string name) => exchange.Request.FindTool(exchange.Tools.Client(name)) is not null;

    /// <summary>Where the object closes, or −1 while it is open.</summary>
    private static int EndOf(ReadOnlySpan<byte> json)
    {
        var depth = 0;
        var quoted = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (quoted)
            {
                if (json[i] == (byte)'\\') i++;
                else if (json[i] == (byte)'"') quoted = false;
            }
            else if (json[i] == (byte)'"') quoted = true;
            else if (json[i] == (byte)'{') depth++;
            else if (json[i] == (byte)'}' && --depth == 0) return i + 1;
        }

        return -1;
    }

    private static bool IsJson(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8TokenReader.Check(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int HalfHead(ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(bytes.Length, Head.Length - 1); length > 0; length--)
        {
            if (bytes.EndsWith(Head[..length])) return length;
        }

        return 0;
    }
}
