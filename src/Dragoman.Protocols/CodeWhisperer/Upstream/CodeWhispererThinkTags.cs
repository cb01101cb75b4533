using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.CodeWhisperer.Upstream;

/// <summary>
/// Takes apart an answer's text that begins with reasoning in tags. Only the beginning of the text opens one; it ends with the closing tag before a
/// line break or the end, for a tag inside a sentence or in quotes is spoken of and not meant. Tags may come torn anywhere, so what may be one is
/// held back until more comes.
/// </summary>
/// <param name="all">Whether the tags count that models use of their own accord besides <c>thinking</c>: only where reasoning was asked for.</param>
/// <param name="think">Takes reasoning.</param>
/// <param name="say">Takes text.</param>
internal sealed class CodeWhispererThinkTags(bool all, Action<JsonText> think, Action<JsonText> say)
{
    private enum Place
    {
        Start,
        Thinking,
        After,
        Text,
    }

    private static readonly byte[][] Names = ["thinking"u8.ToArray(), "think"u8.ToArray(), "reasoning"u8.ToArray(), "thought"u8.ToArray()];
    private Place _place;
    private byte[] _closing = [];
    private readonly HeldText _held = new();
    private byte _last;
    private bool _thought;

    private static ReadOnlySpan<byte> White => " \t\r\n"u8;

    /// <summary>Takes the next piece of text.</summary>
    public void Take(JsonText text)
    {
        switch (_place)
        {
            case Place.Start:
                Start(text);
                break;
            case Place.Thinking:
                Think(_held.With(text), isLast: false);
                break;
            case Place.After:
                After(text);
                break;
            default:
                say(text);
                break;
        }
    }

    /// <summary>Tells what is held back: the text is over, or something other than text comes.</summary>
    public void Flush()
    {
        var held = _held.Release();
        if (_place == Place.Thinking) Think(held, isLast: true);
        else if (!held.IsEmpty) say(JsonText.FromUtf8(held));
        _place = Place.Text;
    }

    private void Start(JsonText text)
    {
        var bytes = _held.With(text);
        var words = bytes.Span.TrimStart(White);
        var opened = Opened(words, out var maybe);
        if (opened >= 0)
        {
            _place = Place.Thinking;
            _closing = [.. "</"u8, .. Names[opened], (byte)'>'];
            _held.Release();
            Think(bytes[(bytes.Length - words.Length + Names[opened].Length + 2)..], isLast: false);
        }
        else if (maybe)
        {
            _held.Hold(bytes);
        }
        else
        {
            _place = Place.Text;
            if (_held.IsEmpty)
            {
                say(text);
                return;
            }

            _held.Release();
            say(JsonText.FromUtf8(bytes));
        }
    }

    /// <summary>The number of the tag that the words open with, or −1; and whether more words could still make one.</summary>
    private int Opened(ReadOnlySpan<byte> words, out bool maybe)
    {
        maybe = words.IsEmpty;
        Span<byte> tag = stackalloc byte[16];
        for (var i = 0; i < (all ? Names.Length : 1); i++)
        {
            tag[0] = (byte)'<';
            Names[i].CopyTo(tag[1..]);
            tag[Names[i].Length + 1] = (byte)'>';
            ReadOnlySpan<byte> whole = tag[..(Names[i].Length + 2)];
            if (words.StartsWith(whole)) return i;
            maybe |= whole.StartsWith(words);
        }

        return -1;
    }

    private void Think(ReadOnlyMemory<byte> bytes, bool isLast)
    {
        var from = 0;
        while (true)
        {
            var at = bytes.Span[from..].IndexOf(_closing);
            if (at < 0) break;
            at += from;
            var rest = bytes.Span[(at + _closing.Length)..];
            var blank = rest.TrimStart(" \t\r"u8);
            var quoted = (at > 0 ? bytes.Span[at - 1] : _last) is (byte)'`' or (byte)'"' or (byte)'\'';
            if (!quoted && blank.IsEmpty && !isLast)
            {
                // What follows tells whether it is the end.
                Keep(bytes, at);
                return;
            }

            if (!quoted && (blank.IsEmpty || blank[0] == (byte)'\n'))
            {
                Thought(bytes[..at]);
                _place = Place.After;
                _held.Release();
                if (!blank.IsEmpty) After(JsonText.FromUtf8(bytes[(bytes.Length - blank.Length)..]));
                return;
            }

            from = at + _closing.Length;
        }

        Keep(bytes, isLast ? bytes.Length : bytes.Length - HeldText.HalfOf(_closing, bytes.Span));
    }

    /// <summary>Tells the thought up to a place and holds back the rest.</summary>
    private void Keep(ReadOnlyMemory<byte> bytes, int at)
    {
        Thought(bytes[..at]);
        _held.Hold(bytes[at..]);
    }

    /// <summary>The line break behind the opening tag is no thought.</summary>
    private void Thought(ReadOnlyMemory<byte> bytes)
    {
        if (!_thought) bytes = bytes[(bytes.Length - bytes.Span.TrimStart("\r\n"u8).Length)..];
        if (bytes.IsEmpty) return;
        _thought = true;
        _last = bytes.Span[^1];
        think(JsonText.FromUtf8(bytes));
    }

    private void After(JsonText text)
    {
        if (text.IsBlank) return;
        var bytes = text.ToUtf8();
        _place = Place.Text;
        say(JsonText.FromUtf8(bytes[(bytes.Length - bytes.Span.TrimStart(White).Length)..]));
    }
}
