using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Takes apart text that begins with <c>&lt;think&gt;…&lt;/think&gt;</c>: local servers without a reasoning parser leave what the model thinks
/// at the head of its text. Only there; the same words further on are text. Tags may come torn anywhere, so the beginning of one is held
/// back until more comes.
/// </summary>
internal sealed class ChatThinkTags(Action<JsonText> think, Action<JsonText> say)
{
    private enum Place
    {
        Start,
        Thinking,
        After,
        Text,
    }

    private Place _place;
    private readonly HeldText _held = new();
    private bool _thought;

    private static ReadOnlySpan<byte> Opening => "<think>"u8;

    private static ReadOnlySpan<byte> Closing => "</think>"u8;

    private static ReadOnlySpan<byte> White => " \t\r\n"u8;

    /// <summary>Whether all that comes is plain text.</summary>
    public bool IsOver => _place == Place.Text;

    /// <summary>Takes the next piece of text.</summary>
    /// <param name="text">The piece.</param>
    /// <param name="first">Whether nothing was told before: only then can a tag still open.</param>
    public void Take(JsonText text, bool first)
    {
        if (_place == Place.Start && !first) _place = Place.Text;
        switch (_place)
        {
            case Place.Start:
                Start(text);
                break;
            case Place.Thinking:
                Think(text);
                break;
            case Place.After:
                After(text);
                break;
            default:
                say(text);
                break;
        }
    }

    /// <summary>Tells what is held back: something other than text comes, or nothing more.</summary>
    public void Flush()
    {
        if (!_held.IsEmpty)
        {
            var held = JsonText.FromUtf8(_held.Release());
            if (_place == Place.Thinking) think(held);
            else say(held);
        }

        if (_place == Place.Start) _place = Place.Text;
    }

    private void Start(JsonText text)
    {
        var all = _held.With(text);
        var words = all.Span.TrimStart(White);
        if (words.StartsWith(Opening))
        {
            _place = Place.Thinking;
            _held.Release();
            var rest = all[(all.Length - words.Length + Opening.Length)..];
            if (!rest.IsEmpty) Think(JsonText.FromUtf8(rest));
            return;
        }

        if (Opening.StartsWith(words))
        {
            _held.Hold(all);
            return;
        }

        Flush();
        say(text);
    }

    private void Think(JsonText text)
    {
        var all = _held.With(text);
        var end = all.Span.IndexOf(Closing);
        if (end >= 0)
        {
            _held.Release();
            Thought(JsonText.FromUtf8(all[..end]));
            _place = Place.After;
            var rest = all[(end + Closing.Length)..];
            if (!rest.IsEmpty) After(JsonText.FromUtf8(rest));
            return;
        }

        var kept = HeldText.HalfOf(Closing, all.Span);
        // A text that holds no beginning of a tag goes on in the form it came in: half an escaped surrogate pair has no other.
        if (kept == 0 && _held.IsEmpty)
        {
            Thought(text);
            return;
        }

        var thought = all[..^kept];
        _held.Hold(all[^kept..]);
        Thought(JsonText.FromUtf8(thought));
    }

    /// <summary>The line breaks after the opening tag are no thought; an empty pair of tags says that the model did not think.</summary>
    private void Thought(JsonText text)
    {
        if (!_thought) text = Trimmed(text);
        if (text.IsEmpty) return;
        _thought = true;
        think(text);
    }

    private void After(JsonText text)
    {
        text = Trimmed(text);
        if (text.IsEmpty) return;
        _place = Place.Text;
        say(text);
    }

    private static JsonText Trimmed(JsonText text)
    {
        if (text.IsBlank) return default;
        var bytes = text.ToUtf8();
        var trimmed = bytes.Span.TrimStart(White).Length;
        return trimmed == bytes.Length ? text : JsonText.FromUtf8(bytes[^trimmed..]);
    }
}
