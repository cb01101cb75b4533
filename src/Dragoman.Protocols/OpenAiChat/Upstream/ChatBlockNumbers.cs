using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>Chat streams have no blocks: this opens one when the kind of what is said changes, and gives each its number.</summary>
internal sealed class ChatBlockNumbers(IAnswerSink sink)
{
    private int _next;
    private int _open = -1;
    private AnswerBlockKind _kind;

    /// <summary>Whether any block was opened.</summary>
    public bool Any => _next > 0;

    /// <summary>The last text block, or −1.</summary>
    public int LastText { get; private set; } = -1;

    /// <summary>The open block of that kind, else a new one.</summary>
    public int Continue(BlockStart opening) => _open >= 0 && _kind == opening.Kind ? _open : Open(opening);

    /// <summary>Opens a new block of text, refusal or reasoning.</summary>
    public int Open(BlockStart opening)
    {
        Close();
        _open = _next++;
        _kind = opening.Kind;
        if (_kind == AnswerBlockKind.Text) LastText = _open;
        sink.Write(AnswerEvent.BlockStarted(_open, opening));
        return _open;
    }

    /// <summary>The number of a tool call; several may be open at once.</summary>
    public int OpenCall(BlockStart opening)
    {
        Close();
        sink.Write(AnswerEvent.BlockStarted(_next, opening));
        return _next++;
    }

    /// <summary>Tells a block that comes whole.</summary>
    public void Whole(Block block)
    {
        Close();
        var number = _next++;
        sink.Write(AnswerEvent.BlockStarted(number, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = block }));
        sink.Write(AnswerEvent.BlockEnded(number));
    }

    /// <summary>Closes the open block of text, refusal or reasoning.</summary>
    public void Close()
    {
        if (_open < 0) return;
        var open = _open;
        _open = -1;
        sink.Write(AnswerEvent.BlockEnded(open));
    }
}
