using System.Buffers;
using System.Text;
using System.Text.Json;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.OpenAiResponses.Upstream;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>The items of a request's input: as a list, one by one, and in the full form in which they are listed to clients.</summary>
public static class InputItems
{
    /// <summary>A JSON array of values, as bytes of its own.</summary>
    public static JsonSlice ArrayOf(IEnumerable<JsonSlice> items)
    {
        using var buffer = new PooledBuffer();
        var json = JsonWriting.Rent(buffer);
        json.WriteStartArray();
        foreach (var item in items) item.WriteTo(json);
        json.WriteEndArray();
        JsonWriting.Return(json);
        return new JsonSlice(buffer.WrittenSpan.ToArray());
    }

    private static readonly JsonSlice Nothing = JsonSlice.Create("[]"u8);

    /// <summary>The raw <c>input</c> as a list of items: a plain string becomes the one message it stands for.</summary>
    public static JsonSlice AsList(ReadOnlyMemory<byte> input)
    {
        var slice = new JsonSlice(input);
        if (slice.IsArray) return slice;
        if (slice.IsEmpty || slice.IsNull) return Nothing;
        using var buffer = new PooledBuffer(input.Length + 64);
        var json = JsonWriting.Rent(buffer);
        json.WriteStartArray();
        if (slice.IsString)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, "user"u8);
            slice.WriteTo(json, "content"u8);
            json.WriteEndObject();
        }
        else slice.WriteTo(json);
        json.WriteEndArray();
        JsonWriting.Return(json);
        return new JsonSlice(buffer.WrittenSpan.ToArray());
    }

    /// <summary>The response's own input as it is listed: every item in full form and with an id, always the same one.</summary>
    public static JsonSlice ListOf(StoredResponse response) => Listed(response.Input, SeedOf(response.Id));

    /// <summary>Any input as it is listed.</summary>
    public static JsonSlice Listed(ReadOnlyMemory<byte> input, string seed)
    {
        if (input.IsEmpty) return Nothing;
        using var body = new PooledBuffer(input.Length + 16);
        body.Write("{\"input\":"u8);
        body.Write(input.Span);
        body.Write("}"u8);
        using var list = new PooledBuffer(input.Length + 256);
        ResponsesJsonEditor.WriteInputItems(body.WrittenMemory, seed, list);
        return new JsonSlice(list.WrittenSpan.ToArray());
    }

    /// <summary>The items of a list.</summary>
    public static List<JsonSlice> Each(JsonSlice list)
    {
        var items = new List<JsonSlice>();
        if (!list.IsArray) return items;
        var reader = list.Read();
        reader.Read();
        while (reader.NextElement()) items.Add(JsonSlice.From(ref reader, list.Bytes));
        return items;
    }

    /// <summary>A string field of an item; null when it is not there or no string.</summary>
    public static string? TextOf(JsonSlice item, ReadOnlySpan<byte> name)
    {
        if (!item.IsObject) return null;
        var value = ResponsesJsonEditor.FieldOf(item.Bytes, name);
        if (!value.IsString) return null;
        var reader = value.Read();
        reader.Read();
        return reader.StringOrNull();
    }

    /// <summary>Any text as a JSON string.</summary>
    public static JsonSlice Quote(string text) => new(JsonEncodedText.Encode(text, JsonWriting.Encoder) is var encoded
        ? Encoding.UTF8.GetBytes($"\"{encoded.Value}\"")
        : []);

    private static string SeedOf(string id)
    {
        var letters = id.AsSpan(id.IndexOf('_', StringComparison.Ordinal) + 1);
        return new string(letters.Length > 32 ? letters[^32..] : letters);
    }
}
