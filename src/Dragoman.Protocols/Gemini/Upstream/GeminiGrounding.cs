using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Gemini.Shared;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Gemini.Upstream;

/// <summary>
/// What a grounded answer stands on: the queries, the pages, and which words rest on which page. The metadata may be repeated in every
/// chunk, longer each time; each source is reported once.
/// </summary>
internal sealed class GeminiGrounding(bool expected)
{
    private readonly List<Citation> _pages = [];
    private readonly List<Citation> _citations = [];
    private readonly HashSet<(string?, int?, int?)> _emitted = [];
    // Gemini counts places in bytes of UTF-8, everyone else in characters: the text is needed to tell one from the other.
    private readonly PooledBuffer? _text = expected ? new(1024) : null;
    private JsonSlice _raw;

    public List<string> Queries { get; } = [];

    public void AddText(JsonText text)
    {
        if (_text is not null) text.AppendUtf8(_text);
    }

    /// <summary>Reads the metadata; its places in the text only where the text is already known.</summary>
    public void Read(JsonSlice metadata, bool withPlaces = true)
    {
        if (!metadata.IsObject) return;
        _raw = metadata.Detach();
        var reader = _raw.Read();
        reader.Read();
        JsonSlice supports = default;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("webSearchQueries"u8))
            {
                reader.Read();
                if (reader.TokenType != JsonTokenType.StartArray)
                {
                    reader.Skip();
                    continue;
                }

                while (reader.NextElement())
                {
                    if (reader.StringOrNull() is { Length: > 0 } query && !Queries.Contains(query)) Queries.Add(query);
                }
            }
            else if (reader.ValueTextEquals("groundingChunks"u8))
            {
                reader.Read();
                ReadPages(JsonSlice.From(ref reader, _raw.Bytes));
            }
            else if (reader.ValueTextEquals("groundingSupports"u8))
            {
                reader.Read();
                supports = JsonSlice.From(ref reader, _raw.Bytes);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (supports.IsArray && withPlaces) ReadSupports(supports);
    }

    /// <summary>Reads <c>citationMetadata</c>: places where the answer repeats a published text.</summary>
    public void ReadCitations(JsonSlice metadata)
    {
        if (!metadata.IsObject) return;
        metadata = metadata.Detach();
        var reader = metadata.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var hit = reader.ValueTextEquals("citationSources"u8) || reader.ValueTextEquals("citations"u8);
            reader.Read();
            if (!hit || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.NextElement())
            {
                var entry = JsonSlice.From(ref reader, metadata.Bytes);
                if (!entry.IsObject) continue;
                var (start, end, _) = ReadSegment(entry);
                var (uri, title) = ReadPage(entry);
                if (uri is not null) Add(new() { Url = uri, Title = title, Start = Place(start), End = Place(end), Origin = Protocol.Gemini, Raw = entry });
            }
        }
    }

    /// <summary>The sources not told yet.</summary>
    public List<Citation> TakeCitations()
    {
        if (_citations.Count == 0) return _citations;
        List<Citation> taken = [.. _citations];
        _citations.Clear();
        return taken;
    }

    /// <summary>Whether any page that was found is known.</summary>
    public bool HasPages => _pages.Count > 0;

    /// <summary>The search as a hosted tool's call; null while none is known.</summary>
    public Block? SearchCall()
    {
        if (_raw.IsEmpty || (Queries.Count == 0 && _pages.Count == 0)) return null;
        using var input = new PooledBuffer(256);
        var writer = JsonWriting.Rent(input);
        writer.WriteStartObject();
        writer.WriteString("query"u8, string.Join("; ", Queries));
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        return new HostedToolCallBlock("search_1", HostedTools.WebSearch, new JsonSlice(input.WrittenMemory).Detach()) { Origin = Protocol.Gemini };
    }

    /// <summary>The pages it found, as its result.</summary>
    public Block SearchResult() => new HostedToolResultBlock("search_1", HostedTools.WebSearch) { Sources = _pages, Origin = Protocol.Gemini, Raw = _raw };

    /// <summary>The answer is over: the text is not needed any more.</summary>
    public void Done() => _text?.Dispose();

    private void ReadPages(JsonSlice chunks)
    {
        if (!chunks.IsArray) return;
        _pages.Clear();
        var reader = chunks.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var chunk = JsonSlice.From(ref reader, chunks.Bytes);
            var (uri, title) = chunk.IsObject ? ReadPage(chunk) : default;
            _pages.Add(new() { Url = uri, Title = title, Origin = Protocol.Gemini, Raw = chunk });
        }
    }

    /// <summary>The first <c>uri</c> and <c>title</c> in a chunk, whatever sort of source (<c>web</c>, <c>maps</c>, …) wraps them.</summary>
    private static (string? Uri, string? Title) ReadPage(JsonSlice chunk)
    {
        string? uri = null;
        string? title = null;
        var reader = chunk.Read();
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName) continue;
            if (uri is null && reader.ValueTextEquals("uri"u8))
            {
                reader.Read();
                uri = reader.StringOrNull();
            }
            else if (title is null && reader.ValueTextEquals("title"u8))
            {
                reader.Read();
                title = reader.StringOrNull();
            }
        }

        return (uri, title);
    }

    private void ReadSupports(JsonSlice supports)
    {
        var reader = supports.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var support = JsonSlice.From(ref reader, supports.Bytes);
            if (!support.IsObject) continue;
            var inner = support.Read();
            inner.Read();
            (int? Start, int? End, JsonText Text) segment = default;
            List<int> pages = [];
            while (inner.NextProperty())
            {
                if (inner.ValueTextEquals("segment"u8))
                {
                    inner.Read();
                    var slice = JsonSlice.From(ref inner, support.Bytes);
                    if (slice.IsObject) segment = ReadSegment(slice);
                }
                else if (inner.ValueTextEquals("groundingChunkIndices"u8))
                {
                    inner.Read();
                    if (inner.TokenType != JsonTokenType.StartArray)
                    {
                        inner.Skip();
                        continue;
                    }

                    while (inner.NextElement()) pages.Add(inner.Int32OrNull() ?? -1);
                }
                else
                {
                    inner.Read();
                    inner.Skip();
                }
            }

            foreach (var page in pages)
            {
                if (page < 0 || page >= _pages.Count) continue;
                Add(new()
                {
                    Url = _pages[page].Url,
                    Title = _pages[page].Title,
                    CitedText = segment.Text,
                    // A segment that starts at the beginning leaves the zero out.
                    Start = Place(segment.Start ?? (segment.End is null ? null : 0)),
                    End = Place(segment.End),
                    Origin = Protocol.Gemini,
                    Raw = support,
                });
            }
        }
    }

    private static (int? Start, int? End, JsonText Text) ReadSegment(JsonSlice segment)
    {
        (int? Start, int? End, JsonText Text) result = default;
        var reader = segment.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("startIndex"u8))
            {
                reader.Read();
                result.Start = reader.Int32OrNull();
            }
            else if (reader.ValueTextEquals("endIndex"u8))
            {
                reader.Read();
                result.End = reader.Int32OrNull();
            }
            else if (reader.ValueTextEquals("text"u8))
            {
                reader.Read();
                result.Text = reader.TextOrEmpty(segment.Bytes);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return result;
    }

    private int? Place(int? bytes)
    {
        if (bytes is not { } at || _text is null) return bytes;
        return Encoding.UTF8.GetCharCount(_text.WrittenSpan[..Math.Clamp(at, 0, _text.Length)]);
    }

    private void Add(Citation citation)
    {
        if (_emitted.Add((citation.Url, citation.Start, citation.End))) _citations.Add(citation);
    }
}
