using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Writes a streamed answer as chunks.</summary>
/// <remarks>
/// An answer that is interrupted ends with <c>data: {"error":…}</c> and with neither a finish reason nor <c>[DONE]</c>: OpenAI's SDKs raise an
/// error at the first chunk that has one and read no further, while a client that knows no error chunks would take <c>[DONE]</c> for a
/// good end.
/// </remarks>
internal sealed class ChatStreamWriter : IAnswerSink
{
    private readonly TranslationContext _exchange;
    private readonly IBufferWriter<byte> _output;
    private readonly ChatChunkFrame _frame;
    private readonly bool _showReasoning;
    private readonly SignatureFamily _family;
    private readonly byte[] _tail;
    private TokenUsage _usage = new();
    private BlockStart _block = BlockStart.Text;
    private int _calls;
    private int _reasonings;
    private int _images;
    private bool _argued;
    private bool _refused;

    public ChatStreamWriter(TranslationContext exchange, IBufferWriter<byte> output)
    {
        _exchange = exchange;
        _output = output;
        _frame = new ChatChunkFrame(exchange, "chatcmpl-", "chat.completion.chunk");
        _showReasoning = exchange.Request.Reasoning?.Visible != false;
        _family = new ChatDialect(exchange.Model).Family;
        _tail = exchange.Request.IncludeUsage
            ? "},\"logprobs\":null,\"finish_reason\":null}],\"usage\":null}\n\n"u8.ToArray()
            : "},\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8.ToArray();
    }

    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                _frame.Begin(answerEvent.Start);
                Delta("\"role\":\"assistant\",\"content\":\"\",\"refusal\":null"u8);
                break;
            case AnswerEventKind.BlockStarted:
                Open(answerEvent.Opening);
                break;
            case AnswerEventKind.TextDelta:
                var refusal = _block.Kind == AnswerBlockKind.Refusal;
                _refused |= refusal;
                Delta(refusal ? "\"refusal\":\""u8 : "\"content\":\""u8, answerEvent.Text, "\""u8);
                break;
            case AnswerEventKind.ReasoningDelta:
                Reasoning(answerEvent.Text);
                break;
            case AnswerEventKind.SignatureDelta:
                Signature(answerEvent.Text);
                break;
            case AnswerEventKind.ToolArgumentsDelta:
                _argued = true;
                Call(answerEvent.Text);
                break;
            case AnswerEventKind.CitationAdded:
                Citation(answerEvent.Citation);
                break;
            case AnswerEventKind.BlockEnded:
                // Clients parse the arguments as JSON: a call without any passes an empty object.
                if (_block is { Kind: AnswerBlockKind.ToolCall, IsCustom: false } && !_argued) Call(JsonText.From("{}"));
                break;
            case AnswerEventKind.UsageChanged:
                _usage = answerEvent.Usage;
                break;
            case AnswerEventKind.Finished:
                Finish(answerEvent.Finish);
                break;
            case AnswerEventKind.Failed:
                Fail(answerEvent.Error);
                break;
        }
    }

    private void Open(BlockStart opening)
    {
        _block = opening;
        _argued = false;
        switch (opening.Kind)
        {
            case AnswerBlockKind.ToolCall:
                Member("tool_calls"u8, writer => ChatAnswerParts.WriteCallStart(writer, opening, _calls));
                _calls++;
                break;
            case AnswerBlockKind.Reasoning:
                _reasonings++;
                break;
            case AnswerBlockKind.Text when !opening.PartSignature.IsEmpty:
                Delta(opening.PartSignature);
                break;
            case AnswerBlockKind.Whole when opening.Whole is ImageBlock image:
                Member("images"u8, writer => ChatAnswerParts.WriteImage(writer, image, _images));
                _images++;
                break;
            case AnswerBlockKind.Whole:
                ChatAnswerParts.Lose(_exchange, opening.Whole);
                break;
        }
    }

    private void Delta(JsonText signature)
    {
        _frame.Require();
        Begin();
        _output.Write("\"content\":\"\",\"extra_content\":{\"google\":{\"thought_signature\":\""u8);
        signature.AppendEscaped(_output);
        _output.Write("\"}}"u8);
        _output.Write(_tail);
    }

    private void Reasoning(JsonText text)
    {
        if (!_showReasoning) return;
        Begin();
        _output.Write("\"reasoning_content\":\""u8);
        text.AppendEscaped(_output);
        _output.Write("\""u8);
        // Where a signature may follow, its words go beside it: a client that echoes the entries returns both.
        if (ChatReasoningDetail.FormatOf(_family) is { } format)
        {
            _output.Write(_block.IsSummary ? ",\"reasoning_details\":[{\"type\":\"reasoning.summary\",\"summary\":\""u8 : ",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\""u8);
            text.AppendEscaped(_output);
            _output.Write("\""u8);
            EndDetail(format);
        }

        _output.Write(_tail);
    }

    private void Signature(JsonText signature)
    {
        if (!_showReasoning) return;
        var encrypted = _block.IsRedacted || _family != SignatureFamily.Claude;
        Begin();
        _output.Write(encrypted ? "\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\""u8 : "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\""u8);
        signature.AppendEscaped(_output);
        _output.Write("\""u8);
        EndDetail(ChatReasoningDetail.FormatOf(_family) ?? "unknown");
        _output.Write(_tail);
    }

    private void EndDetail(string format)
    {
        if (_block.Id.Length > 0)
        {
            _output.Write(",\"id\":\""u8);
            JsonText.From(_block.Id).AppendEscaped(_output);
            _output.Write("\""u8);
        }

        _output.Write(",\"format\":\""u8);
        JsonText.From(format).AppendEscaped(_output);
        _output.Write("\",\"index\":"u8);
        Number(_reasonings - 1);
        _output.Write("}]"u8);
    }

    private void Call(JsonText arguments)
    {
        Begin();
        _output.Write("\"tool_calls\":[{\"index\":"u8);
        Number(_calls - 1);
        _output.Write(_block.IsCustom ? ",\"custom\":{\"input\":\""u8 : ",\"function\":{\"arguments\":\""u8);
        arguments.AppendEscaped(_output);
        _output.Write("\"}}]"u8);
        _output.Write(_tail);
    }

    private void Citation(Citation citation)
    {
        if (citation.Url is null)
        {
            _exchange.Losses.Drop("answer.citations", "Chat cites web pages only");
            return;
        }

        Member("annotations"u8, writer => ChatAnnotations.Write(writer, citation));
    }

    private void Finish(Finish finish)
    {
        _frame.Require();
        _frame.WriteHead(_output);
        _output.Write("\"choices\":[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\""u8);
        _output.Write(ChatFinish.ToWire(finish.Reason, _refused));
        _output.Write(_exchange.Request.IncludeUsage ? "\"}],\"usage\":null}\n\n"u8 : "\"}]}\n\n"u8);
        if (_exchange.Request.IncludeUsage) _frame.WriteUsage(_output, _usage);
        _output.Write("data: [DONE]\n\n"u8);
    }

    private void Fail(WireError error)
    {
        _output.Write("data: "u8);
        ChatErrors.Write(error, _output);
        _output.Write("\n\n"u8);
    }

    /// <summary>Writes a delta whose one member is a list of one.</summary>
    private void Member(ReadOnlySpan<byte> name, Action<Utf8JsonWriter> element)
    {
        Begin();
        _output.Write("\""u8);
        _output.Write(name);
        _output.Write("\":["u8);
        var writer = JsonWriting.Rent(_output);
        element(writer);
        JsonWriting.Return(writer);
        _output.Write("]"u8);
        _output.Write(_tail);
    }

    private void Delta(ReadOnlySpan<byte> members)
    {
        Begin();
        _output.Write(members);
        _output.Write(_tail);
    }

    private void Delta(ReadOnlySpan<byte> before, JsonText text, ReadOnlySpan<byte> after)
    {
        Begin();
        _output.Write(before);
        text.AppendEscaped(_output);
        _output.Write(after);
        _output.Write(_tail);
    }

    private void Begin()
    {
        _frame.Require();
        _frame.WriteHead(_output);
        _output.Write("\"choices\":[{\"index\":0,\"delta\":{"u8);
    }

    private void Number(int number)
    {
        var span = _output.GetSpan(11);
        System.Buffers.Text.Utf8Formatter.TryFormat(number, span, out var written);
        _output.Advance(written);
    }
}
