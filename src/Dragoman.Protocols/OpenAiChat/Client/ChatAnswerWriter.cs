using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;
using Dragoman.Protocols.OpenAiChat.Upstream;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>Writes a whole answer.</summary>
internal static class ChatAnswerWriter
{
    public static void Write(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
    {
        if (answer.Error is { } error)
        {
            ChatErrors.Write(error, output);
            return;
        }

        var writer = JsonWriting.Rent(output);
        writer.WriteStartObject();
        ChatChunkFrame.WriteHead(writer, exchange, answer.Start, "chatcmpl-", "chat.completion");
        writer.WriteStartArray("choices"u8);
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, 0);
        WriteMessage(writer, answer, exchange);
        writer.WriteNull("logprobs"u8);
        writer.WriteString("finish_reason"u8, ChatFinish.ToWire(answer.Finish.Reason, answer.Blocks.Exists(static block => block is RefusalBlock)));
        writer.WriteEndObject();
        writer.WriteEndArray();
        ChatUsage.Write(writer, answer.Usage);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
    }

    private static void WriteMessage(Utf8JsonWriter writer, Answer answer, TranslationContext exchange)
    {
        var calls = answer.Blocks.Exists(static block => block is ToolCallBlock);
        writer.WriteStartObject("message"u8);
        writer.WriteString("role"u8, "assistant"u8);
        var refusal = Join(answer.Blocks, static block => block is RefusalBlock said ? said.Text : default);
        var text = Join(answer.Blocks, static block => block is TextBlock said ? said.Text : default);
        if (text.IsEmpty && (calls || !refusal.IsEmpty)) writer.WriteNull("content"u8);
        else text.WriteTo(writer, "content"u8);
        if (refusal.IsEmpty) writer.WriteNull("refusal"u8);
        else refusal.WriteTo(writer, "refusal"u8);
        WriteReasoning(writer, answer, exchange);
        if (answer.Blocks.FindLast(static block => block is TextBlock && !block.PartSignature.IsEmpty) is { } signed)
        {
            ChatReasoningDetailWriter.WriteExtraContent(writer, signed.PartSignature);
        }

        WriteMedia(writer, answer, exchange);
        WriteAnnotations(writer, answer, exchange);
        if (calls) WriteCalls(writer, answer);
        writer.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, Answer answer, TranslationContext exchange)
    {
        if (exchange.Request.Reasoning?.Visible == false) return;
        var text = Join(answer.Blocks, static block => block is ReasoningBlock thought ? thought.Text : default);
        if (!text.IsEmpty) text.WriteTo(writer, "reasoning_content"u8);
        if (!answer.Blocks.Exists(static block => block is ReasoningBlock { Signature.IsEmpty: false })) return;
        var family = new ChatDialect(exchange.Model).Family;
        writer.WriteStartArray("reasoning_details"u8);
        var index = 0;
        foreach (var block in answer.Blocks)
        {
            if (block is ReasoningBlock thought) ChatReasoningDetailWriter.WriteWhole(writer, thought, family, index++);
        }

        writer.WriteEndArray();
    }

    private static void WriteMedia(Utf8JsonWriter writer, Answer answer, TranslationContext exchange)
    {
        var images = 0;
        foreach (var block in answer.Blocks)
        {
            if (block is ImageBlock image)
            {
                if (images == 0) writer.WriteStartArray("images"u8);
                ChatAnswerParts.WriteImage(writer, image, images++);
            }
        }

        if (images > 0) writer.WriteEndArray();
        foreach (var block in answer.Blocks)
        {
            if (block is AudioBlock { Source.IsInline: true } audio)
            {
                writer.WriteStartObject("audio"u8);
                writer.WriteString("id"u8, "audio_" + exchange.AnswerId);
                audio.Source.Base64.WriteTo(writer, "data"u8);
                writer.WriteString("transcript"u8, ""u8);
                writer.WriteNumber("expires_at"u8, exchange.CreatedAt);
                writer.WriteEndObject();
                break;
            }
        }

        foreach (var block in answer.Blocks)
        {
            if (block is not (TextBlock or RefusalBlock or ReasoningBlock or ToolCallBlock or ImageBlock or AudioBlock)) ChatAnswerParts.Lose(exchange, block);
        }
    }

    private static void WriteAnnotations(Utf8JsonWriter writer, Answer answer, TranslationContext exchange)
    {
        writer.WriteStartArray("annotations"u8);
        foreach (var block in answer.Blocks)
        {
            if (block is not TextBlock { Citations: { } citations }) continue;
            foreach (var citation in citations)
            {
                if (!ChatAnnotations.Write(writer, citation)) exchange.Losses.Drop("answer.citations", "Chat cites web pages only");
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteCalls(Utf8JsonWriter writer, Answer answer)
    {
        writer.WriteStartArray("tool_calls"u8);
        foreach (var block in answer.Blocks)
        {
            if (block is not ToolCallBlock call) continue;
            writer.WriteStartObject();
            writer.WriteString("id"u8, call.Id);
            writer.WriteString("type"u8, call.IsCustom ? "custom"u8 : "function"u8);
            writer.WriteStartObject(call.IsCustom ? "custom"u8 : "function"u8);
            writer.WriteString("name"u8, call.Name);
            if (call.IsCustom) call.Arguments.Text.WriteTo(writer, "input"u8);
            else
            {
                writer.WritePropertyName("arguments"u8);
                call.Arguments.WriteAsString(writer);
            }

            writer.WriteEndObject();
            if (!call.PartSignature.IsEmpty) ChatReasoningDetailWriter.WriteExtraContent(writer, call.PartSignature);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>The texts of blocks run together; one alone is not copied.</summary>
    internal static JsonText Join(List<Block> blocks, Func<Block, JsonText> part)
    {
        var only = default(JsonText);
        ArrayBufferWriter<byte>? joined = null;
        foreach (var block in blocks)
        {
            var text = part(block);
            if (text.IsEmpty) continue;
            if (only.IsEmpty)
            {
                only = text;
                continue;
            }

            if (joined is null) only.AppendEscaped(joined = new ArrayBufferWriter<byte>());
            text.AppendEscaped(joined);
        }

        return joined is null ? only : JsonText.FromEscaped(joined.WrittenMemory);
    }
}
