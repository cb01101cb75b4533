using System.Buffers;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Client;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiCompletions.Client;

/// <summary>Writes a whole answer as a <c>text_completion</c>.</summary>
internal static class CompletionsAnswerWriter
{
    public static void Write(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
    {
        if (answer.Error is { } error)
        {
            ChatErrors.Write(error, output);
            return;
        }

        var said = new List<Block>();
        if (exchange.Request.EchoPrompt) said.Add(new TextBlock(PromptOf(exchange)));
        foreach (var block in answer.Blocks)
        {
            if (block is TextBlock or RefusalBlock) said.Add(block);
            else Lose(exchange, block switch
            {
                ReasoningBlock => AnswerBlockKind.Reasoning,
                ToolCallBlock => AnswerBlockKind.ToolCall,
                _ => AnswerBlockKind.Whole,
            });
            if (block is TextBlock { Citations.Count: > 0 }) LoseCitations(exchange);
        }

        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        ChatChunkFrame.WriteHead(writer, exchange, answer.Start, "cmpl-", "text_completion");
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        ChatAnswerWriter.Join(said, static block => block is TextBlock text ? text.Text : ((RefusalBlock)block).Text).WriteTo(writer, "text"u8);
        writer.WriteNumber("index"u8, 0);
        writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, ToWire(answer.Finish.Reason));
        writer.WriteEndObject();
        writer.WriteEndArray();
        ChatUsage.Write(writer, answer.Usage);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    internal static ReadOnlySpan<byte> ToWire(FinishReason reason) => reason switch
    {
        FinishReason.Length or FinishReason.ContextFull => "length"u8,
        FinishReason.ContentFilter or FinishReason.Refusal => "content_filter"u8,
        _ => "stop"u8,
    };

    internal static JsonText PromptOf(TranslationContext exchange)
        => exchange.Request.Turns is [{ Blocks: [TextBlock prompt, ..] }, ..] ? prompt.Text : default;

    internal static void Lose(TranslationContext exchange, AnswerBlockKind kind)
    {
        if (kind is AnswerBlockKind.Text or AnswerBlockKind.Refusal) return;
        exchange.Losses.Drop("answer", kind switch
        {
            AnswerBlockKind.Reasoning => "Completions has no place for reasoning",
            AnswerBlockKind.ToolCall => "Completions has no place for calls of tools",
            _ => "Completions has no place for pictures and hosted tools",
        });
    }

    internal static void LoseCitations(TranslationContext exchange) => exchange.Losses.Drop("answer.citations", "Completions has only text");
}
