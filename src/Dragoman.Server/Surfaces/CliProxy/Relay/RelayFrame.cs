using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Surfaces.CliProxy.Relay;

/// <summary>A frame between the gateway and a worker: <c>{"id","type","payload"}</c> (wire note cliproxyapi 8.1).</summary>
/// <param name="Id">The request it is about; a worker's ping has one of its own.</param>
/// <param name="Type">What it says.</param>
/// <param name="Payload">With what; an empty object for nothing.</param>
internal sealed record RelayFrame(string Id, string Type, JsonObject Payload)
{
    /// <summary>Reads a frame; null for what is none.</summary>
    public static RelayFrame? Read(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonNode.Parse(text.Span) is JsonObject frame && Text(frame["id"]) is { } id && Text(frame["type"]) is { } type ? new RelayFrame(id, type, frame["payload"] as JsonObject ?? []) : null;
        }
        catch (Exception ex) when (ex is JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The frame as it is sent.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["id"] = Id, ["type"] = Type, ["payload"] = Payload.DeepClone() });

    /// <summary>A text of the payload; null where it has none of that name.</summary>
    public string? Find(string name) => Text(Payload[name]);

    /// <summary>The status that the payload names; 200 for none.</summary>
    public int Status => Payload["status"] is JsonValue value && value.TryGetValue<int>(out var status) && status is >= 100 and <= 599 ? status : 200;

    /// <summary>The headers of the payload, each a text or a list of them.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers
        => (Payload["headers"] as JsonObject ?? []).SelectMany(pair => pair.Value is JsonArray values ? values.Select(value => KeyValuePair.Create(pair.Key, Text(value) ?? "")) : [KeyValuePair.Create(pair.Key, Text(pair.Value) ?? "")]);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
