using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>
/// Reads reasoning: <c>reasoning_content</c> (DeepSeek, Qwen, xAI, vLLM), <c>reasoning</c> (Ollama, Groq), and OpenRouter's
/// <c>reasoning_details</c>, whose words repeat those of <c>reasoning</c> and so take their place.
/// </summary>
internal sealed class ChatReasoningReader(ChatBlockNumbers blocks, IAnswerSink sink)
{
    private int? _index;
    private bool _signed;
    private bool _byName;

    public void Read(JsonSlice details, JsonText plain)
    {
        var emitted = false;
        if (details.IsArray)
        {
            var reader = details.Read();
            reader.Read();
            while (reader.NextElement()) emitted |= Detail(ChatReasoningDetail.Read(ref reader, details.Bytes));
        }

        if (emitted || plain.IsEmpty) return;
        _byName = true;
        Plain(plain);
    }

    public void Plain(JsonText text)
    {
        if (text.IsEmpty) return;
        var block = _signed ? OpenNew(BlockStart.Reasoning) : blocks.Continue(BlockStart.Reasoning);
        sink.Write(AnswerEvent.ReasoningDelta(block, text));
    }

    public void Sign(JsonText signature)
    {
        sink.Write(AnswerEvent.SignatureDelta(blocks.Continue(BlockStart.Reasoning), signature));
        _signed = true;
    }

    /// <summary>Tells an entry; true when it brought the words of the delta.</summary>
    private bool Detail(ChatReasoningDetail detail)
    {
        if (detail.IsRedacted)
        {
            var redacted = OpenNew(new BlockStart { Kind = AnswerBlockKind.Reasoning, IsRedacted = true });
            sink.Write(AnswerEvent.SignatureDelta(redacted, detail.Signature));
            _signed = true;
            return false;
        }

        // Words that came already under a plain name are not told twice.
        var words = !detail.Text.IsEmpty && !_byName;
        if (!words && detail.Signature.IsEmpty) return false;
        var opening = new BlockStart { Kind = AnswerBlockKind.Reasoning, IsSummary = detail.IsSummary, Id = detail.Id ?? "" };
        var block = (words && _signed) || (_index is not null && detail.Index is not null && detail.Index != _index && !detail.IsEncrypted)
            ? OpenNew(opening)
            : blocks.Continue(opening);
        _index = detail.Index ?? _index;
        if (words) sink.Write(AnswerEvent.ReasoningDelta(block, detail.Text));
        if (!detail.Signature.IsEmpty)
        {
            sink.Write(AnswerEvent.SignatureDelta(block, detail.Signature));
            _signed = true;
        }

        return words;
    }

    private int OpenNew(BlockStart opening)
    {
        _signed = false;
        return blocks.Open(opening);
    }
}
