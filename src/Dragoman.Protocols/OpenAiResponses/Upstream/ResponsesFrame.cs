using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Upstream;

/// <summary>One stream event's fields, read in one pass. Everything in it borrows the frame.</summary>
internal struct ResponsesFrame
{
    public JsonText Type;
    public JsonText Delta;
    public JsonText Text;
    public JsonText ItemId;
    public int OutputIndex;
    public int PartIndex;
    public JsonSlice Item;
    public JsonSlice Part;
    public JsonSlice Response;
    public JsonSlice Annotation;
    public JsonSlice Whole;

    /// <summary>Reads a frame; false when it is no JSON object.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> data, out ResponsesFrame frame)
    {
        frame = new() { OutputIndex = -1, PartIndex = -1, Whole = new(data) };
        var reader = new Utf8TokenReader(data.Span, JsonReading.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8)) frame.Type = String(ref reader, data);
            else if (reader.ValueTextEquals("delta"u8)) frame.Delta = String(ref reader, data);
            else if (reader.ValueTextEquals("item_id"u8)) frame.ItemId = String(ref reader, data);
            else if (reader.ValueTextEquals("output_index"u8)) frame.OutputIndex = Number(ref reader);
            else if (reader.ValueTextEquals("content_index"u8) || reader.ValueTextEquals("summary_index"u8)) frame.PartIndex = Number(ref reader);
            else if (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8) || reader.ValueTextEquals("arguments"u8) || reader.ValueTextEquals("input"u8))
                frame.Text = String(ref reader, data);
            else if (reader.ValueTextEquals("item"u8)) frame.Item = Object(ref reader, data);
            else if (reader.ValueTextEquals("part"u8)) frame.Part = Object(ref reader, data);
            else if (reader.ValueTextEquals("response"u8)) frame.Response = Object(ref reader, data);
            else if (reader.ValueTextEquals("annotation"u8)) frame.Annotation = Object(ref reader, data);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return true;
    }

    private static JsonText String(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return JsonText.From(ref reader, data);
        reader.Skip();
        return default;
    }

    private static int Number(ref Utf8TokenReader reader)
    {
        reader.Read();
        return reader.Int32OrNull() ?? -1;
    }

    private static JsonSlice Object(ref Utf8TokenReader reader, ReadOnlyMemory<byte> data)
    {
        reader.Read();
        var value = JsonSlice.From(ref reader, data);
        return value.IsObject ? value : default;
    }
}
