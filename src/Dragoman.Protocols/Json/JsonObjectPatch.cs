using System.Buffers;

namespace Dragoman.Protocols.Json;

/// <summary>A JSON object with some of its members changed and all else as it stood.</summary>
public static class JsonObjectPatch
{
    /// <summary>Writes a JSON object again: properties named in <paramref name="changes"/> get that value (an empty one leaves them out), new ones come last.</summary>
    public static void Write(JsonSlice source, ReadOnlySpan<(string Name, JsonSlice Value)> changes, IBufferWriter<byte> output)
    {
        var json = JsonWriting.Rent(output);
        json.WriteStartObject();
        var written = 0u;
        var reader = source.Read();
        reader.Read();
        while (reader.NextProperty())
        {
            var change = -1;
            for (var index = 0; index < changes.Length && change < 0; index++)
            {
                if (reader.ValueTextEquals(changes[index].Name)) change = index;
            }

            var name = change < 0 ? reader.GetString()! : changes[change].Name;
            reader.Read();
            var value = JsonSlice.From(ref reader, source.Bytes);
            if (change >= 0)
            {
                if ((written & (1u << change)) != 0) continue;
                written |= 1u << change;
                value = changes[change].Value;
            }

            if (value.IsEmpty) continue;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        for (var index = 0; index < changes.Length; index++)
        {
            if ((written & (1u << index)) != 0 || changes[index].Value.IsEmpty) continue;
            json.WritePropertyName(changes[index].Name);
            changes[index].Value.WriteTo(json);
        }

        json.WriteEndObject();
        JsonWriting.Return(json);
    }
}
