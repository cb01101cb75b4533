namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Stands between an upstream's reader and everything behind it, and makes of any upstream's manners one well-formed answer: one start;
/// blocks one after the other with dense numbers from 0, none empty of text; tool calls with ids, under the client's own names, custom
/// tools unwrapped; one end, whose reason agrees with what was said. Upstreams that open no blocks, repeat starts, interleave tool calls
/// or stop dead are so handled once, for all protocols.
/// </summary>
/// <remarks>
/// A block that opens while a tool call is still incomplete is held back until that call's JSON closes; so no two blocks overlap and no
/// delta is lost. Nothing else is delayed.
/// </remarks>
public sealed class AnswerNormalizer(TranslationContext exchange, IAnswerSink next) : IAnswerSink
{
    private const int DeltaOverhead = 16;
    private const int BlockOverhead = 256;
    private const int CountedStep = 256 * 1024;

    private readonly List<PendingBlock> _waiting = [];
    private readonly Dictionary<int, PendingBlock> _slots = [];
    private HashSet<string>? _callIds;
    private PendingBlock? _open;
    private int _dense;
    private int _calls;
    private bool _started;
    private bool _torn;
    private TokenUsage _usage = new();
    private long _size;
    private long _counted;

    /// <summary>Whether the answer has ended, well or badly.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The error the answer was interrupted with, or null.</summary>
    public WireError? Error { get; private set; }

    /// <summary>Whether anything that the client would see as content has come.</summary>
    public bool HasContent => _dense > 0;

    /// <summary>What is known of the cost so far.</summary>
    public TokenUsage Usage => _usage;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The answer is larger than <see cref="TranslationContext.MaxAnswerBytes"/>.</exception>
    public void Write(in AnswerEvent answerEvent)
    {
        if (IsOver) return;
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                if (!_started) Begin(answerEvent);
                break;
            case AnswerEventKind.BlockStarted:
                Count(BlockOverhead + SizeOf(answerEvent.Opening.Whole));
                Begin();
                OpenBlock(answerEvent.Block, answerEvent.Opening);
                break;
            case AnswerEventKind.TextDelta:
            case AnswerEventKind.ReasoningDelta:
            case AnswerEventKind.SignatureDelta:
            case AnswerEventKind.ToolArgumentsDelta:
                if (answerEvent.Text.IsEmpty) break;
                if (exchange.KeepsText || _waiting.Count > 0 || answerEvent.Kind != AnswerEventKind.TextDelta) Count(DeltaOverhead + answerEvent.Text.Length);
                Begin();
                Deliver(answerEvent, SlotFor(answerEvent));
                break;
            case AnswerEventKind.CitationAdded:
                Count(BlockOverhead);
                Begin();
                Deliver(answerEvent, SlotFor(answerEvent));
                break;
            case AnswerEventKind.BlockEnded:
                EndBlock(answerEvent.Block);
                break;
            case AnswerEventKind.UsageChanged:
                Begin();
                _usage = _usage.With(answerEvent.Usage);
                next.Write(AnswerEvent.UsageChanged(_usage));
                break;
            case AnswerEventKind.Ping:
                if (_started) next.Write(answerEvent);
                break;
            case AnswerEventKind.Finished:
                Begin();
                End(answerEvent.Finish);
                break;
            case AnswerEventKind.Failed:
                Fail(answerEvent.Error);
                break;
        }
    }

    /// <summary>The upstream closed the stream: an answer that has not ended by now was interrupted.</summary>
    public void Complete()
    {
        if (IsOver) return;
        Write(AnswerEvent.Failed(new WireError(ErrorKind.Api, "The upstream closed the stream before the answer was complete.")
        {
            Code = "upstream_stream_ended",
            Status = 502,
        }));
    }

    /// <summary>What is kept until a block or the answer ends is counted, or an answer without end would fill the memory.</summary>
    private void Count(long bytes)
    {
        _size += bytes;
        if (_size > exchange.MaxAnswerBytes) throw new InvalidDataException($"an answer larger than {exchange.MaxAnswerBytes >> 20} MB (limits.max-answer-mb).");
        if (exchange.Memory is not { } memory || _size - _counted < CountedStep) return;
        // The text is kept once as it came and once as it will be repeated.
        memory.Take(2 * (_size - _counted));
        _counted = _size;
    }

    private static int SizeOf(Block? whole) => whole switch
    {
        null => 0,
        ImageBlock image => image.Source.Base64.Length,
        DocumentBlock document => document.Source.Base64.Length,
        AudioBlock audio => audio.Source.Base64.Length,
        VideoBlock video => video.Source.Base64.Length,
        HostedToolCallBlock call => call.Raw.Bytes.Length,
        HostedToolResultBlock result => result.Raw.Bytes.Length,
        OpaqueBlock opaque => opaque.Raw.Bytes.Length,
        _ => 0,
    };

    private void Begin(AnswerEvent? known = null)
    {
        if (_started) return;
        _started = true;
        next.Write(known ?? AnswerEvent.Started(new AnswerStart()));
    }

    private void End(Finish finish)
    {
        if (IsNoSuccess(finish))
        {
            Fail(finish.AsError());
            return;
        }

        CloseAll();
        // Where the answer was cut off, its reason says so and the call is known to be torn; any other reason means that it is whole.
        var torn = _torn && !finish.IsCut ? new WireError(ErrorKind.Api, "The upstream ended the answer in the middle of a tool call's arguments.") { Status = 502, Code = "upstream_torn_tool_call" } : null;
        if ((torn ?? (exchange.RefusesEmptyAnswers && !HasContent ? EmptyAnswers.ErrorOf(finish) : null)) is { } fault)
        {
            Fail(fault);
            return;
        }

        IsOver = true;
        next.Write(AnswerEvent.Finished(Agree(finish)));
    }

    /// <summary>
    /// Whether an end is a failure. Gemini's clients know their own words for one and decide themselves what is worth another try; they get them behind
    /// words that were said, but neither alone, as long as somebody else may answer, nor behind calls, which must not be run.
    /// </summary>
    private bool IsNoSuccess(Finish finish)
    {
        if (finish.IsFailure) return !HasContent || _calls > 0 || !(finish.KeepsText || exchange.Request.Source == Protocol.Gemini);
        return finish is { Reason: FinishReason.Other, Raw: not null } && !HasContent && _waiting.Count == 0;
    }

    private void Fail(WireError error)
    {
        IsOver = true;
        Error = error;
        next.Write(AnswerEvent.Failed(error));
    }

    private Finish Agree(Finish finish) => finish.Reason switch
    {
        FinishReason.Stop when _calls > 0 => finish with { Reason = FinishReason.ToolCalls },
        FinishReason.ToolCalls when _calls == 0 => finish with { Reason = FinishReason.Stop },
        _ => finish,
    };

    private void OpenBlock(int source, BlockStart opening)
    {
        if (_slots.TryGetValue(source, out var known) && !known.Ended && known.Opening.Kind == opening.Kind) return;
        var slot = new PendingBlock(opening.Kind == AnswerBlockKind.ToolCall ? ForClient(opening) : opening);
        slot.Unwrap = opening.Kind == AnswerBlockKind.ToolCall && exchange.Tools.IsWrapped(slot.Opening.Name) ? new WrappedInput() : null;
        if (opening.Kind == AnswerBlockKind.ToolCall && slot is { Unwrap: null, Opening.IsCustom: false }) slot.Head = new ArgumentsHead();
        _slots[source] = slot;
        if (_open is { Opening.Kind: AnswerBlockKind.ToolCall, ArgumentsComplete: false } || _waiting.Count > 0)
        {
            _waiting.Add(slot);
            return;
        }

        // Text and reasoning open with their first words: an empty block is refused by Anthropic on the next turn.
        if (slot.OpensAtOnce) Show(slot);
    }

    private BlockStart ForClient(BlockStart opening)
    {
        var name = exchange.Tools.Client(opening.Name);
        var id = opening.Id;
        // Gemini and some Chat upstreams give no id, or the same one to every call, or begin anew with "call_0" in every answer; results
        // could then not be told apart.
        _callIds ??= IdsOfConversation();
        if (id.Length == 0 || !_callIds.Add(id))
        {
            id = $"call_{exchange.AnswerId[..Math.Min(20, exchange.AnswerId.Length)]}{_calls + _waiting.Count}";
            while (!_callIds.Add(id)) id += "_";
        }

        return new BlockStart
        {
            Kind = AnswerBlockKind.ToolCall,
            Id = id,
            Name = name,
            IsCustom = opening.IsCustom || exchange.Tools.IsWrapped(name),
            PartSignature = opening.PartSignature,
            Phase = opening.Phase,
        };
    }

    private HashSet<string> IdsOfConversation()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var turn in exchange.Request.Turns)
        {
            foreach (var block in turn.Blocks)
            {
                if (block is ToolCallBlock call) ids.Add(call.Id);
            }
        }

        return ids;
    }

    private PendingBlock SlotFor(in AnswerEvent delta)
    {
        var wanted = delta.Kind switch
        {
            AnswerEventKind.ReasoningDelta or AnswerEventKind.SignatureDelta => AnswerBlockKind.Reasoning,
            AnswerEventKind.ToolArgumentsDelta => AnswerBlockKind.ToolCall,
            _ => AnswerBlockKind.Text,
        };
        if (_slots.TryGetValue(delta.Block, out var slot))
        {
            var fits = slot.Opening.Kind == wanted || (slot.Opening.Kind == AnswerBlockKind.Refusal && wanted == AnswerBlockKind.Text);
            if (fits && !slot.Ended) return slot;
            if (fits && wanted == AnswerBlockKind.ToolCall) return slot;
        }

        OpenBlock(delta.Block, wanted switch
        {
            AnswerBlockKind.Reasoning => BlockStart.Reasoning,
            AnswerBlockKind.ToolCall => new BlockStart { Kind = AnswerBlockKind.ToolCall },
            _ => slot is { Opening.Kind: AnswerBlockKind.Refusal } ? BlockStart.Refusal : BlockStart.Text,
        });
        return _slots[delta.Block];
    }

    private void Deliver(in AnswerEvent delta, PendingBlock slot)
    {
        if (_waiting.Contains(slot))
        {
            slot.Hold(delta);
            return;
        }

        if (slot.Number < 0)
        {
            // A block that opened without a word before the tool call did must not cut the call off either.
            if (_open is { Opening.Kind: AnswerBlockKind.ToolCall, ArgumentsComplete: false })
            {
                _waiting.Add(slot);
                slot.Hold(delta);
                return;
            }

            Show(slot);
        }

        if (slot != _open)
        {
            // A late word for a block that had to be closed: text goes on in a new block; a complete tool call has nothing more to say.
            if (slot.Opening.Kind == AnswerBlockKind.ToolCall) return;
            var again = new PendingBlock(slot.Opening);
            _slots[delta.Block] = again;
            if (_open is { Opening.Kind: AnswerBlockKind.ToolCall, ArgumentsComplete: false })
            {
                _waiting.Add(again);
                again.Hold(delta);
                return;
            }

            Show(again);
            slot = again;
        }

        Emit(delta, slot);
        if (slot.ArgumentsComplete && _waiting.Count > 0) ShowWaiting();
    }

    private void Emit(in AnswerEvent delta, PendingBlock slot)
    {
        if (delta.Kind is AnswerEventKind.TextDelta or AnswerEventKind.ReasoningDelta or AnswerEventKind.ToolArgumentsDelta && (slot.Halves is not null || delta.Text.HasLoneSurrogate))
        {
            var whole = (slot.Halves ??= new SurrogateJoin()).Add(delta.Text);
            if (!whole.IsEmpty) EmitWhole(delta.WithText(whole), slot);
            return;
        }

        EmitWhole(delta, slot);
    }

    private void EmitWhole(in AnswerEvent delta, PendingBlock slot)
    {
        if (delta.Kind == AnswerEventKind.ToolArgumentsDelta)
        {
            slot.Track(delta.Text);
            if (slot.Unwrap is { } unwrap)
            {
                var text = unwrap.Add(delta.Text);
                if (!text.IsEmpty) next.Write(AnswerEvent.ToolArgumentsDelta(slot.Number, text));
                return;
            }

            if (slot.Head is { } head)
            {
                var text = head.Add(delta.Text);
                if (!text.IsEmpty) next.Write(AnswerEvent.ToolArgumentsDelta(slot.Number, text));
                return;
            }
        }

        next.Write(delta.ForBlock(slot.Number));
    }

    private void EndBlock(int source)
    {
        if (!_slots.TryGetValue(source, out var slot)) return;
        slot.Ended = true;
        if (slot != _open) return;
        Close();
        ShowWaiting();
    }

    private void Show(PendingBlock slot)
    {
        if (_open is not null) Close();
        slot.Number = _dense++;
        _open = slot;
        if (slot.Opening.Kind == AnswerBlockKind.ToolCall) _calls++;
        next.Write(AnswerEvent.BlockStarted(slot.Number, slot.Opening));
        if (slot.Opening.Kind == AnswerBlockKind.Whole) Close();
    }

    private void ShowWaiting()
    {
        while (_waiting.Count > 0)
        {
            if (_open is { Opening.Kind: AnswerBlockKind.ToolCall, ArgumentsComplete: false }) return;
            var slot = _waiting[0];
            _waiting.RemoveAt(0);
            if (!slot.OpensAtOnce && !slot.HoldsAnything) continue;
            Show(slot);
            foreach (var held in slot.TakeHeld()) Emit(held, slot);
            if (slot.Ended && slot == _open) Close();
        }
    }

    private void Close()
    {
        if (_open is not { } slot) return;
        if (slot.Halves?.Complete() is { IsEmpty: false } half) EmitWhole(slot.DeltaOf(half), slot);
        _open = null;
        if (slot.Unwrap is { } unwrap)
        {
            var rest = unwrap.Complete();
            if (!rest.IsEmpty) next.Write(AnswerEvent.ToolArgumentsDelta(slot.Number, rest));
        }
        else if (slot.Head?.Complete() is { IsEmpty: false } held)
        {
            next.Write(AnswerEvent.ToolArgumentsDelta(slot.Number, held));
        }

        _torn |= slot.IsTorn;
        next.Write(slot.IsTorn ? AnswerEvent.CallTorn(slot.Number) : AnswerEvent.BlockEnded(slot.Number));
    }

    private void CloseAll()
    {
        do
        {
            Close();
            ShowWaiting();
        }
        while (_open is not null || _waiting.Count > 0);
    }
}
