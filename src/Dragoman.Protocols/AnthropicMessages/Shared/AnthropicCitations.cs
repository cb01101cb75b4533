using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Shared;

/// <summary>Citations and search results, read and written.</summary>
internal static class AnthropicCitations
{
    /// <summary>Reads a citation object. It borrows <paramref name="raw"/>.</summary>
    public static Citation Read(JsonSlice raw)
    {
        string? url = null;
        string? title = null;
        string? source = null;
        int? document = null;
        JsonText cited = default;
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("url"u8)) url = String(ref reader);
            else if (reader.ValueTextEquals("source"u8)) source = String(ref reader);
            else if (reader.ValueTextEquals("title"u8) || reader.ValueTextEquals("document_title"u8)) title = String(ref reader) ?? title;
            else if (reader.ValueTextEquals("document_index"u8))
            {
                reader.Read();
                document = reader.Int32OrNull();
            }
            else
            {
                var isCited = reader.ValueTextEquals("cited_text"u8);
                reader.Read();
                if (isCited && reader.TokenType == JsonTokenType.String) cited = JsonText.From(ref reader, raw.Bytes);
                else reader.Skip();
            }
        }

        return new Citation
        {
            Url = url ?? source,
            Title = title,
            CitedText = cited,
            DocumentIndex = document,
            Origin = Protocol.AnthropicMessages,
            Raw = raw,
        };
    }

    /// <summary>Writes a citation; false when it has nothing that this protocol can say.</summary>
    public static bool Write(Utf8JsonWriter writer, Citation citation)
    {
        if (citation.Origin == Protocol.AnthropicMessages && !citation.Raw.IsEmpty)
        {
            citation.Raw.OnOneLine().WriteTo(writer);
            return true;
        }

        if (citation.Url is null) return false;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "web_search_result_location"u8);
        citation.CitedText.WriteTo(writer, "cited_text"u8);
        writer.WriteString("encrypted_index"u8, ""u8);
        writer.WriteString("title"u8, citation.Title ?? "");
        writer.WriteString("url"u8, citation.Url);
        writer.WriteEndObject();
        return true;
    }

    /// <summary>Reads the pages of a <c>web_search_tool_result</c>'s content, or null when it holds none.</summary>
    public static List<Citation>? ReadSearchResults(JsonSlice content)
    {
        if (!content.IsArray) return null;
        var list = new List<Citation>();
        var reader = content.Read();
        reader.Read();
        while (reader.NextElement())
        {
            if (reader.TokenType == JsonTokenType.StartObject) list.Add(Read(JsonSlice.From(ref reader, content.Bytes)));
            else reader.Skip();
        }

        return list;
    }

    /// <summary>The <c>error_code</c> of a hosted tool's result, or null for success.</summary>
    public static string? ReadError(JsonSlice content)
    {
        if (!content.IsObject) return null;
        var reader = content.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isCode = reader.ValueTextEquals("error_code"u8);
            reader.Read();
            if (isCode) return reader.StringOrNull();
            reader.Skip();
        }

        return null;
    }

    /// <summary>Writes the content of a <c>web_search_tool_result</c> for pages that another protocol's search found.</summary>
    public static void WriteSearchContent(Utf8JsonWriter writer, IEnumerable<Citation> pages, string? error)
    {
        if (error is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "web_search_tool_result_error"u8);
            writer.WriteString("error_code"u8, error is "max_uses_exceeded" or "too_many_requests" or "query_too_long" ? error : "unavailable");
            writer.WriteEndObject();
            return;
        }

        var seen = new HashSet<string>();
        writer.WriteStartArray();
        foreach (var page in pages)
        {
            if (page.Url is null || !seen.Add(page.Url)) continue;
            writer.WriteStartObject();
            writer.WriteString("type"u8, "web_search_result"u8);
            writer.WriteString("url"u8, page.Url);
            writer.WriteString("title"u8, page.Title ?? page.Url);
            writer.WriteString("encrypted_content"u8, ""u8);
            writer.WriteNull("page_age"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string? String(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.StringOrNull();
    }
}
