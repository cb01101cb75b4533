using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiCompletions.Client;

/// <summary>Writes a streamed answer as <c>text_completion</c> chunks. What is no text is reported lost.</summary>
internal sealed class CompletionsStreamWriter(TranslationContext exchange, IBufferWriter<byte> output) : IAnswerSink
{
    private readonly ChatChunkFrame _frame = new(exchange, "cmpl-", "text_completion");
    private TokenUsage _usage = new();

    public void Write(in AnswerEvent answerEvent)
    {
        switch (answerEvent.Kind)
        {
            case AnswerEventKind.Started:
                _frame.Begin(answerEvent.Start);
                if (exchange.Request.EchoPrompt && CompletionsAnswerWriter.PromptOf(exchange) is { IsEmpty: false } prompt) Text(prompt);
                break;
            case AnswerEventKind.BlockStarted:
                CompletionsAnswerWriter.Lose(exchange, answerEvent.Opening.Kind);
                break;
            case AnswerEventKind.TextDelta:
                Text(answerEvent.Text);
                break;
            case AnswerEventKind.CitationAdded:
                CompletionsAnswerWriter.LoseCitations(exchange);
                break;
            case AnswerEventKind.UsageChanged:
                _usage = answerEvent.Usage;
                break;
            case AnswerEventKind.Finished:
                Finish(answerEvent.Finish);
                break;
            case AnswerEventKind.Failed:
                // Neither a finish reason nor [DONE]: see the Chat writer.
                output.Write("data: "u8);
                ChatErrors.Write(answerEvent.Error, output);
                output.Write("\n\n"u8);
                break;
        }
    }

    private void Text(JsonText text)
    {
        _frame.Require();
        _frame.WriteHead(output);
        output.Write("\"choices\":[{\"text\":\""u8);
        text.AppendEscaped(output);
        output.Write("\",\"index\":0,\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8);
    }

    private void Finish(Finish finish)
    {
        _frame.Require();
        _frame.WriteHead(output);
        output.Write("\"choices\":[{\"text\":\"\",\"index\":0,\"logprobs\":null,\"finish_reason\":\""u8);
        output.Write(CompletionsAnswerWriter.ToWire(finish.Reason));
        output.Write("\"}]}\n\n"u8);
        if (exchange.Request.IncludeUsage) _frame.WriteUsage(output, _usage);
        output.Write("data: [DONE]\n\n"u8);
    }
}
