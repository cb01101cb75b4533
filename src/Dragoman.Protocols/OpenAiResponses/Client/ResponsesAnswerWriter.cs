using System.Buffers;
using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>Writes a whole answer: its blocks are told to the stream's writer, which builds the same response object it ends a stream with.</summary>
internal static class ResponsesAnswerWriter
{
    public static void Write(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
    {
        using var writer = new ResponsesStreamWriter(exchange, null) { KeepsResponse = true };
        writer.Write(AnswerEvent.Started(answer.Start));
        for (var index = 0; index < answer.Blocks.Count; index++) Emit(writer, index, answer.Blocks[index], answer.Phases?.GetValueOrDefault(index));
        writer.Write(AnswerEvent.UsageChanged(answer.Usage));
        writer.Write(answer.Error is { } error ? AnswerEvent.Failed(error) : AnswerEvent.Finished(answer.Finish));
        output.Write(writer.FinalResponse.Span);
    }

    private static void Emit(ResponsesStreamWriter writer, int index, Block block, string? phase)
    {
        switch (block)
        {
            case TextBlock text:
                writer.Write(AnswerEvent.BlockStarted(index, Opening(AnswerBlockKind.Text, block, phase)));
                writer.Write(AnswerEvent.TextDelta(index, text.Text));
                foreach (var citation in text.Citations ?? []) writer.Write(AnswerEvent.CitationAdded(index, citation));
                break;
            case RefusalBlock refusal:
                writer.Write(AnswerEvent.BlockStarted(index, Opening(AnswerBlockKind.Refusal, block, phase)));
                writer.Write(AnswerEvent.TextDelta(index, refusal.Text));
                break;
            case ReasoningBlock reasoning:
                writer.Write(AnswerEvent.BlockStarted(index, new BlockStart
                {
                    Kind = AnswerBlockKind.Reasoning,
                    Id = reasoning.Id ?? "",
                    IsSummary = reasoning.IsSummary,
                    IsRedacted = reasoning.IsRedacted,
                    PartSignature = block.PartSignature,
                }));
                if (!reasoning.Text.IsEmpty) writer.Write(AnswerEvent.ReasoningDelta(index, reasoning.Text));
                if (!reasoning.Signature.IsEmpty) writer.Write(AnswerEvent.SignatureDelta(index, reasoning.Signature));
                break;
            case ToolCallBlock call:
                writer.Write(AnswerEvent.BlockStarted(index, new BlockStart
                {
                    Kind = AnswerBlockKind.ToolCall,
                    Id = call.Id,
                    Name = call.Name,
                    IsCustom = call.IsCustom,
                    PartSignature = block.PartSignature,
                }));
                if (!call.Arguments.IsEmpty) writer.Write(AnswerEvent.ToolArgumentsDelta(index, call.Arguments.Text));
                break;
            default:
                writer.Write(AnswerEvent.BlockStarted(index, new BlockStart { Kind = AnswerBlockKind.Whole, Whole = block, PartSignature = block.PartSignature }));
                break;
        }

        writer.Write(AnswerEvent.BlockEnded(index));
    }

    private static BlockStart Opening(AnswerBlockKind kind, Block block, string? phase)
        => new() { Kind = kind, Phase = phase, PartSignature = block.PartSignature };
}
