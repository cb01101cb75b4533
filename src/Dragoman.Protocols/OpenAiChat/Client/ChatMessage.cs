using System.Text.Json;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiChat.Shared;

namespace Dragoman.Protocols.OpenAiChat.Client;

/// <summary>The members of one message as they stood, before its role says what they mean.</summary>
internal struct ChatMessage
{
    public string? Role;
    public string? Name;
    public JsonSlice Content;
    public JsonText Refusal;
    public JsonText Reasoning;
    public JsonSlice ReasoningDetails;
    public JsonSlice ToolCalls;
    public JsonSlice FunctionCall;
    public JsonSlice Images;
    public string? ToolCallId;
    public bool IsError;
    public CacheHint? Cache;
    public JsonText Signature;
    public List<Extra>? Extras;

    public void Read(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("role"u8)) Role = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("content"u8)) Content = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("name"u8)) Name = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("tool_calls"u8)) ToolCalls = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("tool_call_id"u8)) ToolCallId = ChatJson.String(ref reader);
            else if (reader.ValueTextEquals("refusal"u8)) Refusal = ChatJson.Text(ref reader, source);
            else if (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8))
            {
                var text = ChatJson.Text(ref reader, source);
                // Some clients echo both names with the same words.
                if (Reasoning.IsEmpty) Reasoning = text;
            }
            else if (reader.ValueTextEquals("reasoning_details"u8)) ReasoningDetails = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("function_call"u8)) FunctionCall = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("images"u8)) Images = ChatJson.Value(ref reader, source);
            else if (reader.ValueTextEquals("is_error"u8))
            {
                reader.Read();
                IsError = reader.BooleanOrNull() ?? false;
            }
            else if (reader.ValueTextEquals("cache_control"u8)) Cache = ChatJson.Cache(ChatJson.Value(ref reader, source));
            else if (reader.ValueTextEquals("extra_content"u8)) ExtraContent(ref reader, source);
            else ChatJson.Extra(ref reader, source, ref Extras);
        }
    }

    private void ExtraContent(ref Utf8TokenReader reader, ReadOnlyMemory<byte> source)
    {
        var value = ChatJson.Value(ref reader, source);
        Signature = ChatExtraContent.Signature(value);
        if (Signature.IsEmpty && !value.IsNull) (Extras ??= []).Add(new(Protocol.OpenAiChat, "extra_content", value));
    }
}
