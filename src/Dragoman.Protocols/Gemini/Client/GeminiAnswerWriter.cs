using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Client;

/// <summary>Writes whole answers, and the frame that chunks of a stream share with them.</summary>
internal static class GeminiAnswerWriter
{
    public static void Write(Answer answer, TranslationContext exchange, IBufferWriter<byte> output)
    {
        if (answer.Error is { } error)
        {
            GeminiErrors.Write(error, output);
            return;
        }

        var sources = new GeminiSources();
        var writer = JsonWriting.Rent(output);
        OpenCandidate(writer);
        var any = false;
        var place = 0;
        foreach (var block in answer.Blocks)
        {
            if (sources.Take(block)) continue;
            any |= WriteBlock(writer, block, exchange, sources, ref place);
        }

        if (!any) GeminiPartWriter.Text(writer, default, thought: false, default);
        CloseCandidate(writer, answer.Finish, sources.Any ? sources : null);
        GeminiUsage.Write(writer, answer.Usage);
        CloseResponse(writer, exchange.ClientModel, answer.Start.Id is { Length: > 0 } id ? id : exchange.AnswerId);
        JsonWriting.Return(writer);
    }

    private static bool WriteBlock(Utf8JsonWriter writer, Block block, TranslationContext exchange, GeminiSources sources, ref int place)
    {
        switch (block)
        {
            case TextBlock text:
                if (text.Text.IsEmpty && text.PartSignature.IsEmpty) return false;
                var utf8 = text.Text.ToUtf8();
                foreach (var citation in text.Citations ?? [])
                {
                    if (citation is { Start: { } start, End: { } end }) sources.Take(citation, Encoding.UTF8.GetCharCount(utf8.Span) == utf8.Length ? start : -1, end, exchange.Losses);
                    else sources.Take(citation, place, place + utf8.Length, exchange.Losses);
                }

                place += utf8.Length;
                GeminiPartWriter.Text(writer, text.Text, thought: false, text.PartSignature);
                return true;
            case RefusalBlock refusal:
                GeminiPartWriter.Text(writer, refusal.Text, thought: false, default);
                return true;
            case ReasoningBlock reasoning:
                if (reasoning.Text.IsEmpty && reasoning.Signature.IsEmpty) return false;
                var family = reasoning.Family == SignatureFamily.Unknown ? exchange.Model.Family : reasoning.Family;
                var signature = reasoning.Signature.IsEmpty ? default : GeminiEncodedSignature.Pack(reasoning.Signature, family, reasoning.IsRedacted, reasoning.Id);
                var words = ShowsThoughts(exchange) ? reasoning.Text : default;
                if (words.IsEmpty && signature.IsEmpty) return false;
                GeminiPartWriter.Text(writer, words, !words.IsEmpty, signature);
                return true;
            case ToolCallBlock call:
                GeminiPartWriter.Call(writer, call.Id, call.Name, call.Arguments, call.PartSignature, exchange.Losses);
                return true;
            default:
                return GeminiPartWriter.Whole(writer, block, exchange.Losses);
        }
    }

    /// <summary>Whether the client sees what the model thinks: it may have asked not to (<c>includeThoughts: false</c>).</summary>
    public static bool ShowsThoughts(TranslationContext exchange) => exchange.Request.Reasoning?.Visible != false;

    /// <summary>Begins a response up to the first part.</summary>
    public static void OpenCandidate(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("candidates"u8);
        writer.WriteStartObject();
        writer.WriteStartObject("content"u8);
        writer.WriteStartArray("parts"u8);
    }

    /// <summary>Ends the parts and the candidate.</summary>
    public static void CloseCandidate(Utf8JsonWriter writer, Finish? finish, GeminiSources? sources)
    {
        writer.WriteEndArray();
        writer.WriteString("role"u8, "model"u8);
        writer.WriteEndObject();
        if (finish is not null)
        {
            writer.WriteString("finishReason"u8, GeminiFinish.Write(finish));
            if (finish.Message is not null) writer.WriteString("finishMessage"u8, finish.Message);
        }

        writer.WriteNumber("index"u8, 0);
        sources?.Write(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    /// <summary>Ends the response.</summary>
    public static void CloseResponse(Utf8JsonWriter writer, string model, string id)
    {
        writer.WriteString("modelVersion"u8, model);
        writer.WriteString("responseId"u8, id);
        writer.WriteEndObject();
    }
}
