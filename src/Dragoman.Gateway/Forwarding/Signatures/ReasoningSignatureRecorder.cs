using System.Buffers;
using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.Forwarding.Signatures;

/// <summary>Sees an answer go by and lays its signatures into the vault. Costs nothing on answers without reasoning.</summary>
internal sealed class ReasoningSignatureRecorder(ReasoningSignatureCache cache, UpstreamModel model, ConversationScope scope, IAnswerSink next) : IAnswerSink
{
    private readonly List<KeptReasoning> _pending = [];
    private AnswerPlaces? _places;
    private BlockStart? _reasoning;
    private BlockStart? _call;
    private ArrayBufferWriter<byte>? _arguments;
    private ArrayBufferWriter<byte>? _text;
    private ArrayBufferWriter<byte>? _signature;
    private WhitespaceInsensitiveHash _hash;
    // Gemini signs text too, often only its last part: by then the words have gone by.
    private readonly bool _signsText = model.EffectiveFamily == SignatureFamily.Gemini;
    private JsonText _textSignature;

    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.BlockStarted:
                Open(answerEvent.Opening);
                break;
            case AnswerEventKind.ReasoningDelta when _reasoning is not null:
                answerEvent.Text.AppendEscaped(_text ??= new ArrayBufferWriter<byte>());
                break;
            case AnswerEventKind.SignatureDelta when _reasoning is not null:
                answerEvent.Text.AppendEscaped(_signature ??= new ArrayBufferWriter<byte>());
                break;
            case AnswerEventKind.TextDelta when _pending.Count > 0 || _signsText:
                _hash.Add(answerEvent.Text);
                break;
            case AnswerEventKind.ToolArgumentsDelta when _call is not null:
                answerEvent.Text.AppendEscaped(_arguments ??= new ArrayBufferWriter<byte>());
                break;
            case AnswerEventKind.BlockEnded when _reasoning is not null:
                Close(_reasoning);
                break;
            case AnswerEventKind.BlockEnded when _call is not null:
                CloseCall(_call);
                break;
            case AnswerEventKind.Finished when (_pending.Count > 0 || !_textSignature.IsEmpty) && !_hash.IsEmpty:
                cache.Keep(Positions.Next(_hash), null, model.EffectiveFamily, [.. _pending], _textSignature);
                break;
        }

        next.Write(answerEvent);
    }

    private void Open(BlockStart opening)
    {
        _reasoning = opening.Kind == AnswerBlockKind.Reasoning ? opening : null;
        if (opening.Kind == AnswerBlockKind.Text && !opening.PartSignature.IsEmpty) _textSignature = opening.PartSignature;
        // What a call is found by shows at its end. Once one of an answer's calls is kept, the others count among equal ones.
        var counts = _places is not null || _pending.Count > 0 || !opening.PartSignature.IsEmpty;
        _call = opening.Kind == AnswerBlockKind.ToolCall && counts ? opening : null;
    }

    /// <summary>Counted when the first answer is kept: most have nothing to keep.</summary>
    private AnswerPlaces Positions => _places ??= scope.Count();

    private void CloseCall(BlockStart opening)
    {
        var arguments = _arguments is null ? default : JsonText.FromEscaped(_arguments.WrittenMemory).ToUtf8().Span;
        var (byId, byCall) = Positions.Next(opening.Id, ToolCallHash.Compute(opening.Name, arguments));
        if (_pending.Count > 0 || !opening.PartSignature.IsEmpty) cache.Keep(byId, byCall, model.EffectiveFamily, [.. _pending], opening.PartSignature);
        _pending.Clear();
        _call = null;
        _arguments = null;
    }

    private void Close(BlockStart opening)
    {
        if (_signature is not null)
        {
            var text = _text is null ? JsonText.Empty : JsonText.FromEscaped(_text.WrittenMemory);
            var id = opening.Id.Length > 0 ? opening.Id : null;
            _pending.Add(new KeptReasoning(text, JsonText.FromEscaped(_signature.WrittenMemory), opening.IsRedacted, opening.IsSummary, id));
        }

        _reasoning = null;
        _text = _signature = null;
    }
}
