using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>What items of hosted tools, reasoning and images mean in the model in the middle.</summary>
internal static class ResponsesHosted
{
    /// <summary>A web search's action as the input other protocols know: an object with <c>query</c> where there is one.</summary>
    public static JsonSlice Query(JsonSlice action)
    {
        if (!action.IsObject) return JsonSlice.Create("{}"u8);
        var reader = action.Read();
        reader.Read();
        JsonSlice query = default, url = default;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("query"u8)) query = Next(ref reader, action);
            else if (reader.ValueTextEquals("url"u8)) url = Next(ref reader, action);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (query.IsEmpty && url.IsEmpty) return JsonSlice.Create("{}"u8);
        using var buffer = new PooledBuffer();
        var writer = JsonWriting.Rent(buffer);
        writer.WriteStartObject();
        if (!query.IsEmpty) query.WriteTo(writer, "query"u8);
        else url.WriteTo(writer, "url"u8);
        writer.WriteEndObject();
        JsonWriting.Return(writer);
        return JsonSlice.Create(buffer.WrittenSpan);
    }

    /// <summary>The pages a web search looked at, or null where the item does not say.</summary>
    public static List<Citation>? Sources(JsonSlice action)
    {
        if (!action.IsObject) return null;
        var reader = action.Read();
        reader.Read();
        List<Citation>? found = null;
        while (reader.NextProperty())
        {
            var isSources = reader.ValueTextEquals("sources"u8);
            reader.Read();
            if (!isSources || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            found = [];
            while (reader.NextElement())
            {
                var source = JsonSlice.From(ref reader, action.Bytes);
                if (source.IsObject) found.Add(ResponsesPartReader.ReadAnnotation(source));
            }
        }

        return found;
    }

    /// <summary>A generated image.</summary>
    public static ImageBlock Image(in ResponsesItem item, bool detach)
    {
        var data = MediaSource.FromUrl(item.Result);
        var base64 = data.IsInline ? data.Base64 : item.Result;
        var block = new ImageBlock(new()
        {
            Base64 = detach ? base64.Detach() : base64,
            MediaType = data.MediaType ?? $"image/{item.OutputFormat ?? "png"}",
        });
        if (!detach && item.Id is not null)
            block.Extras = [new(Protocol.OpenAiResponses, "id", JsonSlice.Parse(JsonSerializer.Serialize(item.Id, ResponsesJson.Default.String)))];
        return block;
    }

    /// <summary>The texts of a <c>summary</c> or <c>content</c> list as one, parts divided by a blank line.</summary>
    public static JsonText JoinTexts(JsonSlice parts)
    {
        if (parts.IsString) return ResponsesItem.TextOf(parts);
        if (!parts.IsArray) return default;
        JsonText whole = default;
        System.Buffers.ArrayBufferWriter<byte>? joined = null;
        var reader = parts.Read();
        reader.Read();
        while (reader.NextElement())
        {
            var text = TextOf(JsonSlice.From(ref reader, parts.Bytes));
            if (text.IsEmpty) continue;
            if (whole.IsEmpty)
            {
                whole = text;
                continue;
            }

            if (joined is null)
            {
                joined = new(Math.Max(256, (whole.Length + text.Length) * 2));
                whole.AppendEscaped(joined);
            }

            System.Buffers.BuffersExtensions.Write(joined, "\\n\\n"u8);
            text.AppendEscaped(joined);
        }

        return joined is null ? whole : JsonText.FromEscaped(joined.WrittenMemory);
    }

    /// <summary>The <c>text</c> of a part.</summary>
    public static JsonText TextOf(JsonSlice part)
    {
        if (part.IsString) return ResponsesItem.TextOf(part);
        if (!part.IsObject) return default;
        var reader = part.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8);
            reader.Read();
            if (isText && reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, part.Bytes);
            reader.Skip();
        }

        return default;
    }

    private static JsonSlice Next(ref Utf8TokenReader reader, JsonSlice source)
    {
        reader.Read();
        return JsonSlice.From(ref reader, source.Bytes);
    }
}
