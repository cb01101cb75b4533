using System.Buffers;
using System.Text;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// Messages, blocks and tools as Vertex AI takes them. It fetches no addresses and holds no files, runs only the search of the web, knows no scope of a cache, and wants marks on blocks where Anthropic takes one on
/// the request (platform.claude.com "Claude on Vertex AI", "Prompt caching"; dust-tt/dust#27109). What needs no change is copied as it stands.
/// </summary>
internal static class VertexClaudeItems
{
    private static readonly string[] UnknownTools = ["code_execution_", "web_fetch_", "advisor_", "mcp_toolset"];

    /// <summary>Writes the messages.</summary>
    /// <param name="value">The messages.</param>
    /// <param name="mark">The cache mark of the whole request, which becomes one on the last block; empty for none.</param>
    /// <param name="output">Takes them.</param>
    /// <param name="losses">Takes what is lost.</param>
    public static void WriteMessages(ReadOnlyMemory<byte> value, ReadOnlyMemory<byte> mark, IBufferWriter<byte> output, Losses losses)
    {
        if (mark.IsEmpty || value.Span is not [(byte)'[', ..])
        {
            Write(value, output, losses);
            return;
        }

        var last = Last(value);
        if (last.IsEmpty || Member(last, "content"u8) is not { IsEmpty: false } content || MarkLast(content, mark) is not { } marked)
        {
            losses.Drop("cache_control", "Vertex AI takes marks on blocks only, and the last block takes none");
            Write(value, output, losses);
            return;
        }

        var start = Offset(value, content);
        using var whole = new PooledBuffer(value.Length + mark.Length + 64);
        whole.Write(value.Span[..start]);
        whole.Write(marked);
        whole.Write(value.Span[(start + content.Length)..]);
        Write(whole.WrittenMemory, output, losses);
    }

    /// <summary>Writes the tools.</summary>
    public static void WriteTools(ReadOnlyMemory<byte> value, IBufferWriter<byte> output, Losses losses)
    {
        if (value.Span is [(byte)'[', ..])
        {
            var reader = new Utf8TokenReader(value.Span, JsonReading.Options);
            reader.Read();
            while (reader.NextElement())
            {
                var type = TopLevelJsonScanner.TextOf(JsonSlice.From(ref reader, value).Bytes.Span, "type"u8);
                foreach (var unknown in UnknownTools)
                {
                    if (type.Length < unknown.Length || !Ascii.Equals(type[..unknown.Length], unknown)) continue;
                    throw WireException.Invalid($"Claude on Vertex AI does not run the tool {Encoding.UTF8.GetString(type)}.", "tools");
                }
            }
        }

        Write(value, output, losses);
    }

    /// <summary>Writes a list of messages, blocks or tools.</summary>
    public static void Write(ReadOnlyMemory<byte> value, IBufferWriter<byte> output, Losses losses)
    {
        if (value.Span is not [(byte)'[', ..] || !MayNeedChange(value.Span))
        {
            output.Write(value.Span);
            return;
        }

        output.Write("["u8);
        var reader = new Utf8TokenReader(value.Span, JsonReading.Options);
        reader.Read();
        var isFirst = true;
        while (reader.NextElement())
        {
            var item = JsonSlice.From(ref reader, value).Bytes;
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            if (item.Span is [(byte)'{', ..]) WriteItem(item, output, losses);
            else output.Write(item.Span);
        }

        output.Write("]"u8);
    }

    private static void WriteItem(ReadOnlyMemory<byte> item, IBufferWriter<byte> output, Losses losses)
    {
        var type = TopLevelJsonScanner.TextOf(item.Span, "type"u8);
        var (isImage, isDocument) = (type.SequenceEqual("image"u8), type.SequenceEqual("document"u8));
        var isFirst = true;
        output.Write("{"u8);
        var scanner = new TopLevelJsonScanner(item.Span);
        while (scanner.Next())
        {
            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write("\""u8);
            output.Write(scanner.Name);
            output.Write("\":"u8);
            var value = item[scanner.ValueStart..scanner.ValueEnd];
            if (scanner.Name.SequenceEqual("content"u8)) Write(value, output, losses);
            else if (scanner.Name.SequenceEqual("cache_control"u8)) WriteMark(value.Span, output, losses);
            else
            {
                if ((isImage || isDocument) && scanner.Name.SequenceEqual("source"u8)) CheckSource(value.Span, isImage ? "image" : "document");
                output.Write(value.Span);
            }
        }

        output.Write("}"u8);
    }

    private static void CheckSource(ReadOnlySpan<byte> source, string what)
    {
        if (TopLevelJsonScanner.TextOf(source, "type"u8) is not { IsEmpty: false } type) return;
        if (type.SequenceEqual("url"u8)) throw WireException.Invalid($"Claude on Vertex AI fetches no addresses: send the {what} as base64 data.", "messages");
        if (type.SequenceEqual("file"u8)) throw WireException.Invalid($"Claude on Vertex AI holds no files: send the {what} as base64 data.", "messages");
    }

    private static void WriteMark(ReadOnlySpan<byte> mark, IBufferWriter<byte> output, Losses losses)
    {
        if (mark is not [(byte)'{', ..])
        {
            output.Write(mark);
            return;
        }

        var isFirst = true;
        output.Write("{"u8);
        var scanner = new TopLevelJsonScanner(mark);
        while (scanner.Next())
        {
            if (scanner.Name.SequenceEqual("scope"u8))
            {
                losses.Drop("cache_control.scope", "Vertex AI has one scope of caches, the project");
                continue;
            }

            if (!isFirst) output.Write(","u8);
            isFirst = false;
            output.Write("\""u8);
            output.Write(scanner.Name);
            output.Write("\":"u8);
            output.Write(scanner.Value);
        }

        output.Write("}"u8);
    }

    /// <summary>Whether a list may hold what is changed: a look that costs little where nothing is.</summary>
    private static bool MayNeedChange(ReadOnlySpan<byte> list) => list.IndexOf("\"scope\""u8) >= 0 || list.IndexOf("\"url\""u8) >= 0 || list.IndexOf("\"file\""u8) >= 0;

    /// <summary>A message's content with the mark on its last block; null where that takes none.</summary>
    private static byte[]? MarkLast(ReadOnlyMemory<byte> content, ReadOnlyMemory<byte> mark)
    {
        if (content.Span is [(byte)'"', ..]) return content.Length > 2 ? [.. "[{\"type\":\"text\",\"text\":"u8, .. content.Span, .. ",\"cache_control\":"u8, .. mark.Span, .. "}]"u8] : null;
        var block = Last(content);
        if (block.Span is not [(byte)'{', ..] || !Member(block, "cache_control"u8).IsEmpty) return null;
        var type = TopLevelJsonScanner.TextOf(block.Span, "type"u8);
        if (!type.SequenceEqual("text"u8) && !type.SequenceEqual("image"u8) && !type.SequenceEqual("document"u8) && !type.SequenceEqual("tool_result"u8) && !type.SequenceEqual("tool_use"u8)) return null;
        var end = Offset(content, block) + block.Length - 1;
        return [.. content.Span[..end], .. ",\"cache_control\":"u8, .. mark.Span, .. content.Span[end..]];
    }

    private static ReadOnlyMemory<byte> Last(ReadOnlyMemory<byte> list)
    {
        ReadOnlyMemory<byte> last = default;
        if (list.Span is not [(byte)'[', ..]) return last;
        var reader = new Utf8TokenReader(list.Span, JsonReading.Options);
        reader.Read();
        while (reader.NextElement()) last = JsonSlice.From(ref reader, list).Bytes;
        return last;
    }

    private static ReadOnlyMemory<byte> Member(ReadOnlyMemory<byte> item, ReadOnlySpan<byte> name)
    {
        var scanner = new TopLevelJsonScanner(item.Span);
        while (scanner.Next())
            if (scanner.Name.SequenceEqual(name)) return item[scanner.ValueStart..scanner.ValueEnd];
        return default;
    }

    /// <summary>Where a part of a memory begins in it.</summary>
    private static int Offset(ReadOnlyMemory<byte> whole, ReadOnlyMemory<byte> part)
    {
        whole.Span.Overlaps(part.Span, out var offset);
        return offset;
    }
}
