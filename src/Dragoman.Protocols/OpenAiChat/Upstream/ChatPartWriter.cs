using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Upstream;

/// <summary>Writes a message's content: a string where that is enough, else parts.</summary>
internal sealed class ChatPartWriter(Utf8JsonWriter writer, TranslationContext exchange, ChatDialect dialect)
{
    public static void WriteCache(Utf8JsonWriter writer, CacheHint hint, List<Extra>? extras = null)
    {
        writer.WriteStartObject("cache_control"u8);
        writer.WriteString("type"u8, "ephemeral"u8);
        if (hint.Ttl is { } ttl) writer.WriteString("ttl"u8, ttl);
        ChatWriting.WriteExtras(writer, extras, "cache_control.");
        writer.WriteEndObject();
    }

    /// <summary>What of the blocks Chat has a part for; the rest is reported.</summary>
    public List<Block> Carried(List<Block> blocks)
    {
        if (blocks.TrueForAll(IsCarried)) return blocks;
        foreach (var block in blocks)
        {
            if (IsCarried(block) || block is TextBlock or RefusalBlock) continue;
            exchange.Losses.Drop("messages[].content[]", block is OpaqueBlock other ? $"{other.Type} is not known to Chat" : $"{block.GetType().Name} has no place in Chat");
        }

        return blocks.FindAll(IsCarried);
    }

    /// <summary>Writes the value of <c>content</c>. One plain text is a string: every server takes that.</summary>
    public void WriteContent(List<Block> blocks, bool withExtras = true)
    {
        if (blocks.Count == 0)
        {
            writer.WriteStringValue(""u8);
            return;
        }

        var hinted = dialect.TakesCacheControl && blocks.Exists(static block => block.Cache is not null);
        if (blocks is [TextBlock only] && !hinted && (only.Extras is null || !withExtras))
        {
            Cited(only);
            only.Text.WriteTo(writer);
            return;
        }

        writer.WriteStartArray();
        foreach (var block in blocks) WritePart(block, withExtras);
        writer.WriteEndArray();
    }

    /// <summary>Writes a text part.</summary>
    public void WriteText(string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    /// <summary>
    /// Writes a tool's result. Texts are joined to one string: many servers take no list from a tool (DeepSeek refuses it), and a list is
    /// only needed for what a string cannot hold.
    /// </summary>
    public void WriteResult(List<Block> texts)
    {
        var plain = texts.TrueForAll(block => block is TextBlock && !(block.Cache is not null && dialect.TakesCacheControl)
            && block.Extras?.Exists(static extra => extra.Protocol == Protocol.OpenAiChat) != true);
        if (!plain || texts.Count < 2)
        {
            WriteContent(texts, withExtras: !plain);
            if (plain && texts.Count == 1) exchange.Losses.DropForeign(texts[0].Extras, Protocol.OpenAiChat, "messages[].content[]");
            return;
        }

        var joined = new ArrayBufferWriter<byte>();
        foreach (var block in texts)
        {
            Cited((TextBlock)block);
            exchange.Losses.DropForeign(block.Extras, Protocol.OpenAiChat, "messages[].content[]");
            if (joined.WrittenCount > 0) joined.Write("\\n"u8);
            ((TextBlock)block).Text.AppendEscaped(joined);
        }

        JsonText.FromEscaped(joined.WrittenMemory).WriteTo(writer);
    }

    /// <summary>Writes one part. Ask <see cref="Carried"/> first.</summary>
    public void WritePart(Block block, bool withExtras = true)
    {
        switch (block)
        {
            case TextBlock text:
                Cited(text);
                Begin("text"u8);
                text.Text.WriteTo(writer, "text"u8);
                break;
            case RefusalBlock refusal:
                Begin("text"u8);
                refusal.Text.WriteTo(writer, "text"u8);
                break;
            case ImageBlock image:
                WriteImage(image);
                break;
            case AudioBlock audio when audio.Source.IsInline:
                Begin("input_audio"u8);
                writer.WriteStartObject("input_audio"u8);
                audio.Source.Base64.WriteTo(writer, "data"u8);
                writer.WriteString("format"u8, AudioFormat(audio.Source.MediaType));
                ChatWriting.WriteExtras(writer, audio.Extras, "audio.");
                writer.WriteEndObject();
                break;
            case VideoBlock video when !dialect.IsOpenAi && (video.Source.IsInline || video.Source.Url is not null):
                Begin("video_url"u8);
                writer.WriteStartObject("video_url"u8);
                writer.WritePropertyName("url"u8);
                video.Source.WriteAsUrl(writer, "video/mp4");
                ChatWriting.WriteExtras(writer, video.Extras, "video.");
                writer.WriteEndObject();
                break;
            case DocumentBlock document:
                WriteDocument(document);
                break;
            case OpaqueBlock { Origin: Protocol.OpenAiChat } opaque:
                opaque.Raw.WriteTo(writer);
                return;
            case AudioBlock { Source.Url: { } url }:
                exchange.Losses.Approximate("messages[].content[]", "a sound by address: only its address is sent");
                Begin("text"u8);
                writer.WriteString("text"u8, $"[audio: {url}]");
                break;
            default:
                return;
        }

        if (dialect.TakesCacheControl && block.Cache is { } cache) WriteCache(writer, cache, block.Extras);
        if (withExtras)
        {
            ChatWriting.WriteExtras(writer, block.Extras);
            exchange.Losses.DropForeign(block.Extras, Protocol.OpenAiChat, "messages[].content[]");
        }

        writer.WriteEndObject();
    }

    private bool IsCarried(Block block) => block switch
    {
        TextBlock text => !text.Text.IsEmpty,
        RefusalBlock refusal => !refusal.Text.IsEmpty,
        AudioBlock audio => audio.Source.IsInline || audio.Source.Url is not null,
        VideoBlock video => !dialect.IsOpenAi && (video.Source.IsInline || video.Source.Url is not null),
        OpaqueBlock opaque => opaque.Origin == Protocol.OpenAiChat,
        _ => block is ImageBlock or DocumentBlock,
    };

    private void Begin(ReadOnlySpan<byte> type)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
    }

    private void Cited(TextBlock text)
    {
        if (text.Citations is { Count: > 0 }) exchange.Losses.Drop("messages[].citations", "Chat takes no sources back");
    }

    private void WriteImage(ImageBlock image)
    {
        RequireBytes(image.Source, "image");
        Begin("image_url"u8);
        writer.WriteStartObject("image_url"u8);
        writer.WritePropertyName("url"u8);
        image.Source.WriteAsUrl(writer, "image/png");
        if (image.Detail is { } detail)
        {
            if (detail == "original") exchange.Losses.Approximate("messages[].content[].detail", "original: high is the most in Chat");
            writer.WriteString("detail"u8, detail == "original" ? "high" : detail);
        }

        ChatWriting.WriteExtras(writer, image.Extras, "image.");
        writer.WriteEndObject();
    }

    private void WriteDocument(DocumentBlock document)
    {
        if (document.Context is { } context) WriteText(context);
        if (document.Citations == true) exchange.Losses.Drop("messages[].content[].citations", "Chat cites no documents");
        var source = document.Source;
        if (!source.Text.IsEmpty)
        {
            if (document.Title is { } title) WriteText($"Document: {title}");
            Begin("text"u8);
            source.Text.WriteTo(writer, "text"u8);
            return;
        }

        if (source.FileId is null) RequireBytes(source, "file");
        if (source.Url is { } url && !dialect.IsMarketplace)
        {
            exchange.Losses.Approximate("messages[].content[]", "a document by address: only its address is sent");
            Begin("text"u8);
            writer.WriteString("text"u8, document.Title is { } named ? $"[document: {named} {url}]" : $"[document: {url}]");
            return;
        }

        Begin("file"u8);
        writer.WriteStartObject("file"u8);
        if (source.FileId is { } id)
        {
            writer.WriteString("file_id"u8, id);
        }
        else
        {
            writer.WriteString("filename"u8, document.Title ?? FileName(source.MediaType));
            writer.WritePropertyName("file_data"u8);
            source.WriteAsUrl(writer, "application/pdf");
        }

        ChatWriting.WriteExtras(writer, document.Extras, "file.");
        writer.WriteEndObject();
    }

    private static void RequireBytes(MediaSource source, string what)
    {
        if (source.IsInline || source.Url is not null) return;
        throw WireException.Invalid($"An {what} given by an uploaded file's id cannot be sent to a Chat Completions upstream; send its data or address.", "messages");
    }

    private static string FileName(string? mediaType) => mediaType switch
    {
        "text/plain" => "document.txt",
        "text/csv" => "document.csv",
        "text/markdown" => "document.md",
        "text/html" => "document.html",
        "application/json" => "document.json",
        _ => "document.pdf",
    };

    private static string AudioFormat(string? mediaType) => mediaType switch
    {
        null or "audio/wav" or "audio/x-wav" or "audio/wave" => "wav",
        "audio/mpeg" or "audio/mp3" => "mp3",
        "audio/mp4" or "audio/x-m4a" => "m4a",
        "audio/pcm" or "audio/l16" => "pcm16",
        _ => mediaType[(mediaType.IndexOf('/', StringComparison.Ordinal) + 1)..],
    };
}
