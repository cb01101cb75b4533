using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiChat.Shared;

/// <summary>The members of one content part, before its type says what they mean.</summary>
internal struct ChatPart
{
    public string? Type;
    public bool HasText;
    public JsonText Text;
    public JsonSlice Media;
    public string? Detail;
    public JsonText FileData;
    public string? FileId;
    public string? FileUrl;
    public string? FileName;
    public string? Context;
    public bool? Citations;
    public string? Id;
    public string? Name;
    public JsonSlice Input;
    public string? ToolUseId;
    public JsonSlice Content;
    public bool IsError;
    public JsonSlice Thinking;
    public JsonText Signature;
    public JsonText Data;
    public CacheHint? Cache;
    public List<Extra>? Extras;

    public void Read(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) Type = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("text"u8))
            {
                Text = ChatJson.Text(ref reader, source);
                HasText = true;
            }
            else if (reader.ValueTextEquals("refusal"u8)) Text = ChatJson.Text(ref reader, source);
            else if (TryReadMedia(ref reader, source) || TryReadAnthropic(ref reader, source)) continue;
            else if (reader.ValueTextEquals("cache_control"u8)) Cache = ChatJson.Cache(ChatJson.Value(ref reader, source), ref Extras);
            else if (reader.ValueTextEquals("extra_content"u8)) Signature = ChatExtraContent.Signature(ChatJson.Value(ref reader, source));
            else if (reader.ValueTextEquals("annotations"u8) || reader.ValueTextEquals("logprobs"u8))
            {
                // Responses puts these on every output_text part; an empty list says nothing.
                var name = reader.GetString()!;
                var value = ChatJson.Value(ref reader, source);
                if (value.Bytes.Length > 2 && !value.IsNull) (Extras ??= []).Add(new(Protocol.OpenAiChat, name, value));
            }
            else ChatJson.Extra(ref reader, source, ref Extras);
        }
    }

    /// <summary>The words of a thinking part: a string with Anthropic, a list of text parts with Mistral.</summary>
    public readonly JsonText ThinkingText() => ChatThinking.Text(Thinking);

    private bool TryReadMedia(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        var media = reader.ValueTextEquals("image_url"u8) || reader.ValueTextEquals("input_audio"u8) || reader.ValueTextEquals("file"u8)
            || reader.ValueTextEquals("source"u8) || reader.ValueTextEquals("video_url"u8) || reader.ValueTextEquals("audio_url"u8);
        if (media) Media = ChatJson.Value(ref reader, source);
        else if (reader.ValueTextEquals("detail"u8)) Detail = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("file_data"u8)) FileData = ChatJson.Text(ref reader, source);
        else if (reader.ValueTextEquals("file_id"u8)) FileId = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("file_url"u8)) FileUrl = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("filename"u8) || reader.ValueTextEquals("title"u8)) FileName = ChatJson.String(ref reader);
        else return false;
        return true;
    }

    private bool TryReadAnthropic(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        if (reader.ValueTextEquals("id"u8)) Id = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("name"u8)) Name = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("input"u8)) Input = ChatJson.Value(ref reader, source);
        else if (reader.ValueTextEquals("tool_use_id"u8)) ToolUseId = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("content"u8)) Content = ChatJson.Value(ref reader, source);
        else if (reader.ValueTextEquals("thinking"u8)) Thinking = ChatJson.Value(ref reader, source);
        else if (reader.ValueTextEquals("signature"u8)) Signature = ChatJson.Text(ref reader, source);
        else if (reader.ValueTextEquals("data"u8)) Data = ChatJson.Text(ref reader, source);
        else if (reader.ValueTextEquals("context"u8)) Context = ChatJson.String(ref reader);
        else if (reader.ValueTextEquals("is_error"u8))
        {
            reader.Read();
            IsError = reader.BooleanOrNull() ?? false;
        }
        else if (reader.ValueTextEquals("citations"u8))
        {
            var value = ChatJson.Value(ref reader, source);
            if (value.IsObject) Citations = value.Bytes.Span.IndexOf("true"u8) >= 0;
        }
        else return false;
        return true;
    }
}
