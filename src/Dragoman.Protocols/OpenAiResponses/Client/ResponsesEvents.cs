using System.Buffers;
using System.Text.Json;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.OpenAiResponses.Client;

/// <summary>Writes the frame around each event: name, <c>type</c> and the gapless <c>sequence_number</c>. Without an output it writes nothing.</summary>
internal sealed class ResponsesEvents(IBufferWriter<byte>? output)
{
    private long _sequence;

    /// <summary>Numbers the next event so, behind events that somebody else wrote.</summary>
    public void ContinueAt(long sequence) => _sequence = sequence;

    /// <summary>Begins an event; null where nothing is written. End it with <see cref="End"/>.</summary>
    public Utf8JsonWriter? Begin(ReadOnlySpan<byte> type)
    {
        if (output is null) return null;
        SseWriter.Begin(output, type);
        var json = JsonWriting.Rent(output);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteNumber("sequence_number"u8, _sequence++);
        return json;
    }

    /// <summary>Begins an event about an item.</summary>
    public Utf8JsonWriter? Begin(ReadOnlySpan<byte> type, string itemId, int outputIndex)
    {
        var json = Begin(type);
        if (json is null) return null;
        json.WriteString("item_id"u8, itemId);
        json.WriteNumber("output_index"u8, outputIndex);
        return json;
    }

    /// <summary>Ends an event.</summary>
    public void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        JsonWriting.Return(json);
        SseWriter.End(output!);
    }

    /// <summary>Writes <c>response.output_item.added</c> or <c>.done</c> around an item's JSON.</summary>
    public void Item(ReadOnlySpan<byte> type, int outputIndex, ReadOnlySpan<byte> item)
    {
        if (Begin(type) is not { } json) return;
        json.WriteNumber("output_index"u8, outputIndex);
        json.WritePropertyName("item"u8);
        json.WriteRawValue(item, skipInputValidation: true);
        End(json);
    }

    /// <summary>Writes an event that says nothing but which item it concerns.</summary>
    public void Bare(ReadOnlySpan<byte> type, string itemId, int outputIndex)
    {
        if (Begin(type, itemId, outputIndex) is { } json) End(json);
    }
}
