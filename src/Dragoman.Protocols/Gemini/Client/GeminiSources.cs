using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Client;

/// <summary>Gathers an answer's searches and citations and writes them as <c>groundingMetadata</c>.</summary>
internal sealed class GeminiSources
{
    private readonly List<JsonText> _queries = [];
    private readonly List<(string Url, string? Title)> _pages = [];
    private readonly List<(int Start, int End, int Page)> _supports = [];
    private JsonSlice _raw;

    public bool Any => !_raw.IsEmpty || _pages.Count > 0 || _queries.Count > 0;

    /// <summary>Takes a search or its result; false when the block is something else.</summary>
    public bool Take(Block block)
    {
        switch (block)
        {
            case HostedToolCallBlock { Tool: HostedTools.WebSearch } call:
                if (QueryOf(call.Input) is { IsEmpty: false } query) _queries.Add(query.Detach());
                return true;
            case HostedToolResultBlock { Tool: HostedTools.WebSearch } result:
                if (result.Origin == Protocol.Gemini && !result.Raw.IsEmpty) _raw = result.Raw;
                foreach (var source in result.Sources ?? []) Page(source);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Takes a citation of the text that stands from <paramref name="start"/> to <paramref name="end"/>, in bytes; −1 where that is not known.
    /// What cites no page is reported.
    /// </summary>
    public void Take(Citation citation, int start, int end, Losses losses)
    {
        var page = Page(citation);
        if (page < 0) losses.Drop("answer.citations", "Gemini cites web pages only");
        if (page >= 0 && start >= 0 && end > start) _supports.Add((start, end, page));
    }

    public void Write(Utf8JsonWriter writer)
    {
        if (!_raw.IsEmpty)
        {
            _raw.WriteTo(writer, "groundingMetadata"u8);
            return;
        }

        writer.WriteStartObject("groundingMetadata"u8);
        if (_queries.Count > 0)
        {
            writer.WriteStartArray("webSearchQueries"u8);
            foreach (var query in _queries) query.WriteTo(writer);
            writer.WriteEndArray();
        }

        writer.WriteStartArray("groundingChunks"u8);
        foreach (var (url, title) in _pages)
        {
            writer.WriteStartObject();
            writer.WriteStartObject("web"u8);
            writer.WriteString("uri"u8, url);
            if (title is not null) writer.WriteString("title"u8, title);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (_supports.Count > 0)
        {
            writer.WriteStartArray("groundingSupports"u8);
            foreach (var (start, end, page) in _supports)
            {
                writer.WriteStartObject();
                writer.WriteStartObject("segment"u8);
                writer.WriteNumber("startIndex"u8, start);
                writer.WriteNumber("endIndex"u8, end);
                writer.WriteEndObject();
                writer.WriteStartArray("groundingChunkIndices"u8);
                writer.WriteNumberValue(page);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private int Page(Citation source)
    {
        if (source.Url is not { Length: > 0 } url) return -1;
        var known = _pages.FindIndex(page => page.Url == url);
        if (known >= 0)
        {
            // OpenAI's searches name addresses only; the titles come with the citations.
            if (_pages[known].Title is null && source.Title is { } title) _pages[known] = (url, title);
            return known;
        }

        _pages.Add((url, source.Title));
        return _pages.Count - 1;
    }

    private static JsonText QueryOf(JsonSlice input)
    {
        if (!input.IsObject) return default;
        var reader = input.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var hit = reader.ValueTextEquals("query"u8);
            reader.Read();
            if (hit) return reader.TextOrEmpty(input.Bytes);
            reader.Skip();
        }

        return default;
    }
}
