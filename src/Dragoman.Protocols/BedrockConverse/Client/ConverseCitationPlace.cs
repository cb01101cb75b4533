using System.Text.Json;
using Dragoman.Protocols.BedrockConverse.Shared;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.BedrockConverse.Client;

/// <summary>Writes where a cited text stands (<c>CitationLocation</c>). Of the places in documents Anthropic's are known, by characters, pages and blocks; of any other the document alone is said.</summary>
internal static class ConverseCitationPlace
{
    public static void Write(Utf8JsonWriter writer, Citation citation)
    {
        writer.WriteStartObject("location"u8);
        if (citation.Url is { } url)
        {
            writer.WriteStartObject("web"u8);
            writer.WriteString("url"u8, url);
            writer.WriteEndObject();
        }
        else
        {
            WriteDocument(writer, citation.DocumentIndex ?? 0, citation.Origin == Protocol.AnthropicMessages ? citation.Raw : default);
        }

        writer.WriteEndObject();
    }

    private static void WriteDocument(Utf8JsonWriter writer, int document, JsonSlice place)
    {
        var kind = ConverseJson.TextOf(place, "type"u8);
        var (member, start, end) = kind switch
        {
            "page_location" => ("documentPage", "start_page_number", "end_page_number"),
            "content_block_location" => ("documentChunk", "start_block_index", "end_block_index"),
            _ => ("documentChar", "start_char_index", "end_char_index"),
        };
        writer.WriteStartObject(member);
        writer.WriteNumber("documentIndex"u8, document);
        Number(writer, "start", place, start);
        Number(writer, "end", place, end);
        writer.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter writer, string name, JsonSlice place, string member)
    {
        if (ConverseJson.Member(place, System.Text.Encoding.UTF8.GetBytes(member)) is not { IsEmpty: false } value) return;
        if (System.Buffers.Text.Utf8Parser.TryParse(value.Bytes.Span, out long number, out _)) writer.WriteNumber(name, number);
    }
}
