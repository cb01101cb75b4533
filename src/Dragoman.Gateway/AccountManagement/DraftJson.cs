using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dragoman.Gateway.AccountManagement;

/// <summary>The JSON that settings and secrets of accounts are kept as.</summary>
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(string))]
internal sealed partial class DraftJson : JsonSerializerContext
{
    /// <summary>The members as an object.</summary>
    public static byte[] Write(IReadOnlyDictionary<string, JsonElement> members) => JsonSerializer.SerializeToUtf8Bytes(members as Dictionary<string, JsonElement> ?? new Dictionary<string, JsonElement>(members), Default.DictionaryStringJsonElement);

    /// <summary>The members of an object; none where it is no object.</summary>
    public static Dictionary<string, JsonElement> Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? [] : JsonSerializer.Deserialize(json, Default.DictionaryStringJsonElement) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
