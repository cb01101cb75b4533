using System.Text.Json;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols.Json;

namespace Dragoman.Providers.Abstractions;

/// <summary>Reads a count out of the answer of a count endpoint.</summary>
/// <param name="field">The member at the answer's top level that holds it.</param>
public sealed class TokenCountField(string field) : ITokenCountReader
{
    /// <inheritdoc/>
    public long? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new Utf8TokenReader(body.Span, JsonReading.Options);
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
