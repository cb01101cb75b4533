using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>Sources as Chat has them: <c>{"type":"url_citation","url_citation":{…}}</c>.</summary>
internal static class ChatAnnotations
{
    public static Citation? Read(JsonSlice raw)
    {
        if (!raw.IsObject) return null;
        var nested = default(JsonSlice);
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("url_citation"u8)) nested = ChatJson.Value(ref reader, raw.Bytes);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        var source = nested.IsObject ? nested : raw;
        string? url = null;
        string? title = null;
        int? start = null;
        int? end = null;
        var cited = default(JsonText);
        reader = source.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("url"u8)) url = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("title"u8)) title = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("content"u8)) cited = ChatJson.Text(ref reader, source.Bytes).Detach();
            else if (reader.ValueTextEquals("start_index"u8))
            {
                reader.Read();
                start = reader.Int32OrNull();
            }
            else if (reader.ValueTextEquals("end_index"u8))
            {
                reader.Read();
                end = reader.Int32OrNull();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return url is null ? null : new Citation { Url = url, Title = title, Start = start, End = end, CitedText = cited, Origin = Protocol.OpenAiChat, Raw = raw.Detach() };
    }

    /// <summary>Writes a source; false when it is no web page, which is all Chat knows.</summary>
    public static bool Write(Utf8JsonWriter writer, Citation citation)
    {
        if (citation.Url is not { } url) return false;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "url_citation"u8);
        writer.WriteStartObject("url_citation"u8);
        // Clients' types demand all four; 0 stands for a place that the source protocol does not say.
        writer.WriteNumber("start_index"u8, citation.Start ?? 0);
        writer.WriteNumber("end_index"u8, citation.End ?? citation.Start ?? 0);
        writer.WriteString("url"u8, url);
        writer.WriteString("title"u8, citation.Title ?? url);
        if (!citation.CitedText.IsEmpty) citation.CitedText.WriteTo(writer, "content"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        return true;
    }
}
