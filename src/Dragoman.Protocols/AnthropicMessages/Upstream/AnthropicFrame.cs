using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.AnthropicMessages.Upstream;

/// <summary>The events of a stream.</summary>
internal enum AnthropicFrameType : byte
{
    Unknown,
    MessageStart,
    BlockStart,
    BlockDelta,
    BlockStop,
    MessageDelta,
    MessageStop,
    Ping,
    Error,

    /// <summary>Not an event at all but a whole answer.</summary>
    Message,
}

/// <summary>The sorts of <c>content_block_delta</c>.</summary>
internal enum AnthropicDelta : byte
{
    Unknown,
    Text,
    InputJson,
    Thinking,
    Signature,
    Citations,
    Compaction,
}

/// <summary>One event of a stream, its members found in one pass over the frame. Everything borrows the frame.</summary>
internal struct AnthropicFrame
{
    public AnthropicFrameType Type;
    public bool NoType;
    public int Index;
    public JsonSlice Message;
    public JsonSlice ContentBlock;
    public JsonSlice Usage;
    public AnthropicDelta Delta;
    public JsonText Text;
    public JsonSlice Citation;
    public string? StopReason;
    public string? StopSequence;
    public JsonSlice StopDetails;

    /// <summary>A field that has no place outside the protocol, or null.</summary>
    public string? Lost;

    /// <summary>Reads a frame.</summary>
    public static AnthropicFrame Read(ReadOnlyMemory<byte> data)
    {
        var frame = new AnthropicFrame { NoType = true };
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return frame;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                frame.NoType = false;
                frame.Type = reader.TokenType == JsonTokenType.String ? TypeOf(reader.ValueSpan) : default;
                if (reader.TokenType != JsonTokenType.String) reader.Skip();
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                frame.Index = reader.Int32OrNull() ?? 0;
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject) frame.ReadDelta(ref reader, data);
                else reader.Skip();
            }
            else if (reader.ValueTextEquals("content_block"u8)) frame.ContentBlock = Object(ref reader, data);
            else if (reader.ValueTextEquals("message"u8)) frame.Message = Object(ref reader, data);
            else if (reader.ValueTextEquals("usage"u8)) frame.Usage = Object(ref reader, data);
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                // Some upstreams send the bare error object as an event.
                if (frame.NoType && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.String) (frame.Type, frame.NoType) = (AnthropicFrameType.Error, false);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("context_management"u8)) frame.Lose(ref reader, "context_management");
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return frame;
    }

    /// <summary>The event of a name.</summary>
    public static AnthropicFrameType TypeOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("content_block_delta"u8)) return AnthropicFrameType.BlockDelta;
        if (name.SequenceEqual("content_block_start"u8)) return AnthropicFrameType.BlockStart;
        if (name.SequenceEqual("content_block_stop"u8)) return AnthropicFrameType.BlockStop;
        if (name.SequenceEqual("message_start"u8)) return AnthropicFrameType.MessageStart;
        if (name.SequenceEqual("message_delta"u8)) return AnthropicFrameType.MessageDelta;
        if (name.SequenceEqual("message_stop"u8)) return AnthropicFrameType.MessageStop;
        if (name.SequenceEqual("ping"u8)) return AnthropicFrameType.Ping;
        if (name.SequenceEqual("error"u8)) return AnthropicFrameType.Error;
        return name.SequenceEqual("message"u8) ? AnthropicFrameType.Message : AnthropicFrameType.Unknown;
    }

    private void ReadDelta(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                Delta = DeltaOf(ref reader);
            }
            else if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("partial_json"u8) || reader.ValueTextEquals("thinking"u8)
                || reader.ValueTextEquals("signature"u8) || reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) Text = JsonText.From(ref reader, data);
                else reader.Skip();
            }
            else if (reader.ValueTextEquals("citation"u8)) Citation = Object(ref reader, data);
            else if (reader.ValueTextEquals("stop_reason"u8))
            {
                reader.Read();
                StopReason = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("stop_sequence"u8))
            {
                reader.Read();
                StopSequence = reader.StringOrNull();
            }
            else if (reader.ValueTextEquals("stop_details"u8)) StopDetails = Object(ref reader, data);
            else if (reader.ValueTextEquals("container"u8)) Lose(ref reader, "container");
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void Lose(ref Utf8TokenReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.Null) Lost = name;
        reader.Skip();
    }

    private static AnthropicDelta DeltaOf(ref Utf8TokenReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return AnthropicDelta.Unknown;
        }

        if (reader.ValueTextEquals("text_delta"u8)) return AnthropicDelta.Text;
        if (reader.ValueTextEquals("input_json_delta"u8)) return AnthropicDelta.InputJson;
        if (reader.ValueTextEquals("thinking_delta"u8)) return AnthropicDelta.Thinking;
        if (reader.ValueTextEquals("signature_delta"u8)) return AnthropicDelta.Signature;
        if (reader.ValueTextEquals("citations_delta"u8)) return AnthropicDelta.Citations;
        return reader.ValueTextEquals("compaction_delta"u8) ? AnthropicDelta.Compaction : AnthropicDelta.Unknown;
    }

    private static JsonSlice Object(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        reader.Read();
        var value = JsonSlice.From(ref reader, data);
        return value.IsObject ? value : default;
    }
}
