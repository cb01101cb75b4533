using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>The parts of an answer that streams and whole answers write alike.</summary>
internal static class ChatAnswerParts
{
    public static void WriteCallStart(Utf8JsonWriter writer, BlockStart opening, int index)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index"u8, index);
        writer.WriteString("id"u8, opening.Id);
        writer.WriteString("type"u8, opening.IsCustom ? "custom"u8 : "function"u8);
        writer.WriteStartObject(opening.IsCustom ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, opening.Name);
        writer.WriteString(opening.IsCustom ? "input"u8 : "arguments"u8, ""u8);
        writer.WriteEndObject();
        if (!opening.PartSignature.IsEmpty) ChatReasoningDetailWriter.WriteExtraContent(writer, opening.PartSignature);
        writer.WriteEndObject();
    }

    /// <summary>OpenRouter's form; OpenAI's Chat makes no pictures.</summary>
    public static void WriteImage(Utf8JsonWriter writer, ImageBlock image, int index)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "image_url"u8);
        writer.WriteStartObject("image_url"u8);
        writer.WritePropertyName("url"u8);
        image.Source.WriteAsUrl(writer, "image/png");
        writer.WriteEndObject();
        writer.WriteNumber("index"u8, index);
        writer.WriteEndObject();
    }

    public static void Lose(TranslationContext exchange, Block? block) => exchange.Losses.Drop("answer", block switch
    {
        HostedToolCallBlock call => $"a call of the hosted tool {call.Tool} has no place in Chat",
        HostedToolResultBlock result => $"a result of the hosted tool {result.Tool} has no place in Chat; its sources come as annotations where they are cited",
        OpaqueBlock opaque => $"{opaque.Type} has no place in Chat",
        _ => $"{block?.GetType().Name} has no place in Chat",
    });
}
