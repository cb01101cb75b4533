using System.Text.Json;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Http;

/// <summary>Reads a count out of the answer of a count endpoint.</summary>
internal static class TokenCounts
{
    public static long? Read(ReadOnlySpan<byte> body, ReadOnlySpan<byte> field)
    {
        try
        {
            var reader = new Utf8TokenReader(body, JsonReading.Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.NextProperty())
            {
                var hit = reader.ValueTextEquals(field);
                reader.Read();
                if (hit) return reader.Int64OrNull();
                reader.Skip();
            }

            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
