using System.Buffers;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>
/// Folds the (normalised) events of an answer into a whole <see cref="Answer"/>. With <paramref name="borrow"/> the caller promises that
/// the buffer behind the events outlives the answer (a whole answer read from one body), and nothing is copied that comes in one piece.
/// </summary>
public sealed class AnswerAggregator(bool borrow = false) : IAnswerSink
{
    private readonly List<Citation> _citations = [];
    private readonly List<int> _torn = [];
    private BlockStart? _opening;
    private JsonText _text;
    private JsonText _signature;
    private ArrayBufferWriter<byte>? _textBytes;
    private ArrayBufferWriter<byte>? _signatureBytes;

    /// <summary>The answer so far.</summary>
    public Answer Answer { get; } = new();

    /// <inheritdoc/>
    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                Answer.Start = answerEvent.Start;
                break;
            case AnswerEventKind.BlockStarted:
                _opening = answerEvent.Opening;
                break;
            case AnswerEventKind.TextDelta:
            case AnswerEventKind.ReasoningDelta:
            case AnswerEventKind.ToolArgumentsDelta:
                Append(ref _text, ref _textBytes, answerEvent.Text);
                break;
            case AnswerEventKind.SignatureDelta:
                Append(ref _signature, ref _signatureBytes, answerEvent.Text);
                break;
            case AnswerEventKind.CitationAdded:
                _citations.Add(answerEvent.Citation);
                break;
            case AnswerEventKind.BlockEnded when answerEvent.IsTorn:
                _torn.Add(Answer.Blocks.Count);
                EndBlock();
                break;
            case AnswerEventKind.BlockEnded:
                EndBlock();
                break;
            case AnswerEventKind.UsageChanged:
                Answer.Usage = Answer.Usage.With(answerEvent.Usage);
                break;
            case AnswerEventKind.Finished:
                Answer.Finish = answerEvent.Finish;
                DropTorn();
                break;
            case AnswerEventKind.Failed:
                if (_opening is not { Kind: AnswerBlockKind.ToolCall }) EndBlock();
                Answer.Error = answerEvent.Error;
                break;
        }
    }

    /// <summary>A whole answer has no half calls: whoever reads it would run them.</summary>
    private void DropTorn()
    {
        for (var i = _torn.Count - 1; i >= 0; i--)
        {
            var place = _torn[i];
            Answer.Blocks.RemoveAt(place);
            Answer.Phases = Answer.Phases?.Where(phase => phase.Key != place).ToDictionary(phase => phase.Key > place ? phase.Key - 1 : phase.Key, phase => phase.Value);
        }
    }

    private void Append(ref JsonText whole, ref ArrayBufferWriter<byte>? bytes, JsonText piece)
    {
        if (bytes is null && whole.IsEmpty)
        {
            // The text of a custom tool that was unwrapped stands in the unwrapper's buffer, not in the body.
            whole = borrow && _opening is not { IsCustom: true } ? piece : piece.Detach();
            return;
        }

        if (bytes is null)
        {
            bytes = new ArrayBufferWriter<byte>(Math.Max(256, (whole.Length + piece.Length) * 2));
            whole.AppendEscaped(bytes);
        }

        piece.AppendEscaped(bytes);
    }

    private static JsonText Take(ref JsonText whole, ref ArrayBufferWriter<byte>? bytes)
    {
        var result = bytes is null ? whole : JsonText.FromEscaped(bytes.WrittenMemory);
        whole = default;
        bytes = null;
        return result;
    }

    private void EndBlock()
    {
        if (_opening is not { } opening) return;
        _opening = null;
        var text = Take(ref _text, ref _textBytes);
        var signature = Take(ref _signature, ref _signatureBytes);
        if (opening.Phase is { } phase) (Answer.Phases ??= [])[Answer.Blocks.Count] = phase;
        Block block = opening.Kind switch
        {
            AnswerBlockKind.Text => new TextBlock(text) { Citations = _citations.Count > 0 ? [.. _citations] : null },
            AnswerBlockKind.Refusal => new RefusalBlock(text),
            AnswerBlockKind.Reasoning => new ReasoningBlock
            {
                Text = text,
                Signature = signature,
                IsSummary = opening.IsSummary,
                IsRedacted = opening.IsRedacted,
                Id = opening.Id.Length > 0 ? opening.Id : null,
            },
            AnswerBlockKind.ToolCall => new ToolCallBlock(opening.Id, opening.Name, ToolArguments.FromText(text)) { IsCustom = opening.IsCustom },
            _ => opening.Whole ?? new TextBlock(text),
        };
        if (!opening.PartSignature.IsEmpty) block.PartSignature = opening.PartSignature;
        _citations.Clear();
        Answer.Blocks.Add(block);
    }
}
