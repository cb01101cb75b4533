using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Shared;

/// <summary>Reads the content of messages and of tool outputs: a string, or a list of parts.</summary>
internal static class ResponsesPartReader
{
    /// <summary>Reads content into <paramref name="blocks"/>.</summary>
    public static void Read(JsonSlice content, List<Block> blocks, string path)
    {
        if (content.IsEmpty || content.IsNull) return;
        if (content.IsString)
        {
            blocks.Add(new TextBlock(ResponsesItem.TextOf(content)));
            return;
        }

        if (content.IsObject)
        {
            blocks.Add(ReadPart(content, path));
            return;
        }

        if (!content.IsArray) throw WireException.Invalid($"'{path}' must be a string or a list of parts.", path);
        var reader = content.Read();
        reader.Read();
        for (var index = 0; reader.NextElement(); index++)
        {
            if (reader.TokenType == JsonTokenType.String) blocks.Add(new TextBlock(JsonText.From(ref reader, content.Bytes)));
            else if (reader.TokenType == JsonTokenType.StartObject) blocks.Add(ReadPart(JsonSlice.From(ref reader, content.Bytes), $"{path}[{index}]"));
            else throw WireException.Invalid($"'{path}[{index}]' must be an object.", $"{path}[{index}]");
        }
    }

    /// <summary>Reads an Anthropic-style cache hint, which some clients put on items and parts.</summary>
    public static CacheHint? ReadCache(JsonSlice value)
    {
        if (!value.IsObject) return null;
        string? ttl = null;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isTtl = reader.ValueTextEquals("ttl"u8);
            reader.Read();
            if (isTtl) ttl = reader.StringOrNull();
            else reader.Skip();
        }

        return new(ttl);
    }

    /// <summary>Reads an annotation of an <c>output_text</c> part. The result is detached from any buffer.</summary>
    public static Citation ReadAnnotation(JsonSlice value)
    {
        string? url = null, title = null;
        int? start = null, end = null;
        var reader = value.Read();
        reader.Read();
        while (value.IsObject && reader.NextProperty())
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "url": url = reader.StringOrNull(); break;
                case "title": title = reader.StringOrNull(); break;
                case "filename": title ??= reader.StringOrNull(); break;
                case "start_index": start = reader.Int32OrNull(); break;
                case "end_index": end = reader.Int32OrNull(); break;
                default: reader.Skip(); break;
            }
        }

        return new() { Url = url, Title = title, Start = start, End = end, Origin = Protocol.OpenAiResponses, Raw = value.Detach() };
    }

    private static Block ReadPart(JsonSlice raw, string path)
    {
        string? type = null, detail = null, fileId = null, fileName = null, fileUrl = null, format = null;
        JsonText text = default, refusal = default, fileData = default, audio = default;
        List<Extra>? unknown = null;
        JsonSlice image = default, annotations = default, cache = default, breakpoint = default;
        var source = raw.Bytes;
        var reader = raw.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "type": type = reader.StringOrNull(); break;
                case "text": text = Text(ref reader, source, path); break;
                case "refusal": refusal = Text(ref reader, source, path); break;
                case "image_url": image = JsonSlice.From(ref reader, source); break;
                case "detail": detail = reader.StringOrNull(); break;
                case "file_id": fileId = reader.StringOrNull(); break;
                case "filename": fileName = reader.StringOrNull(); break;
                case "file_url": fileUrl = reader.StringOrNull(); break;
                case "file_data": fileData = Text(ref reader, source, path); break;
                case "annotations": annotations = JsonSlice.From(ref reader, source); break;
                case "cache_control": cache = JsonSlice.From(ref reader, source); break;
                case "prompt_cache_breakpoint": breakpoint = JsonSlice.From(ref reader, source); break;
                case "input_audio":
                    ReadAudio(JsonSlice.From(ref reader, source), ref audio, ref format);
                    break;
                case "logprobs": reader.Skip(); break;
                default: ResponsesUnknown.Add(ref unknown, name!, JsonSlice.From(ref reader, source)); break;
            }
        }

        Block block = type switch
        {
            "input_text" or "output_text" or "text" or "summary_text" or "reasoning_text" => new TextBlock(text) { Citations = ReadAnnotations(annotations) },
            "refusal" => new RefusalBlock(refusal),
            "input_image" or "computer_screenshot" => new ImageBlock(ImageSource(image, fileId, path)) { Detail = detail },
            "input_file" => new DocumentBlock(FileSource(fileData, fileUrl, fileId, path)) { Title = fileName },
            "input_audio" => new AudioBlock(new() { Base64 = audio, MediaType = format is null ? null : $"audio/{format}" }),
            _ => new OpaqueBlock(Protocol.OpenAiResponses, type ?? "", raw),
        };
        block.Cache = ReadCache(cache);
        if (!breakpoint.IsEmpty) ResponsesUnknown.Add(ref unknown, "prompt_cache_breakpoint", breakpoint);
        // An opaque part goes back, or is lost, as a whole.
        if (block is not OpaqueBlock) block.Extras = unknown;
        return block;
    }

    private static JsonText Text(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source, string path)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null)) throw WireException.Invalid($"The text of '{path}' must be a string.", path);
        return JsonText.From(ref reader, source);
    }

    private static MediaSource ImageSource(JsonSlice image, string? fileId, string path)
    {
        if (image.IsString) return MediaSource.FromUrl(ResponsesItem.TextOf(image));
        if (image.IsObject)
        {
            // Chat's form; some clients carry it over.
            var reader = image.Read();
            reader.Read();
            while (reader.NextProperty())
            {
                var isUrl = reader.ValueTextEquals("url"u8);
                reader.Read();
                if (isUrl && reader.TokenType == JsonTokenType.String) return MediaSource.FromUrl(JsonText.From(ref reader, image.Bytes));
                reader.Skip();
            }
        }

        return fileId is not null ? new() { FileId = fileId } : throw WireException.Invalid($"'{path}' needs an 'image_url' or a 'file_id'.", path);
    }

    private static MediaSource FileSource(JsonText data, string? url, string? id, string path)
    {
        if (!data.IsEmpty)
        {
            var source = MediaSource.FromUrl(data);
            // Bare base64 is accepted beside the data address that the reference asks for.
            return source.Url is null ? source : new() { Base64 = data, MediaType = "application/pdf" };
        }

        if (url is not null) return MediaSource.FromUrl(url);
        return id is not null ? new() { FileId = id } : throw WireException.Invalid($"'{path}' needs 'file_data', 'file_url' or 'file_id'.", path);
    }

    private static void ReadAudio(JsonSlice value, ref JsonText data, ref string? format)
    {
        if (!value.IsObject) return;
        var reader = value.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var isData = reader.ValueTextEquals("data"u8);
            var isFormat = reader.ValueTextEquals("format"u8);
            reader.Read();
            if (isData && reader.TokenType == JsonTokenType.String) data = JsonText.From(ref reader, value.Bytes);
            else if (isFormat) format = reader.StringOrNull();
            else reader.Skip();
        }
    }

    private static List<Citation>? ReadAnnotations(JsonSlice value)
    {
        if (!ResponsesItem.HasElements(value)) return null;
        var citations = new List<Citation>();
        var reader = value.Read();
        reader.Read();
        while (reader.NextElement()) citations.Add(ReadAnnotation(JsonSlice.From(ref reader, value.Bytes)));
        return citations;
    }
}
