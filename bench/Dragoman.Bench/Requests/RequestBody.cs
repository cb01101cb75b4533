using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Dragoman.Bench.Requests;

/// <summary>The request bodies of the bench, in each client's language.</summary>
internal static class RequestBody
{
    private const int AgentSize = 150_000;
    private static readonly ConcurrentDictionary<Wire, AgentSession> Agents = new();

    /// <summary>The small request, about 1.1 KB.</summary>
    public static byte[] Small(Wire client, string model, bool stream) => Write(client, AgentSession.Small, model, stream);

    /// <summary>The agent request, 150 KB.</summary>
    public static byte[] Agent(Wire client, string model, bool stream) => Write(client, Agents.GetOrAdd(client, Sized), model, stream);

    /// <summary>A session of a size that comes to 150 KB in a language.</summary>
    private static AgentSession Sized(Wire client)
    {
        var steps = 1;
        while (Length(steps + 1, 100) < AgentSize) steps++;
        return AgentSession.Large(steps, 100 + Math.Max(0, (int)((AgentSize - Length(steps, 100)) * 0.97)));

        int Length(int count, int last) => Write(client, AgentSession.Large(count, last), "bench-200x20", stream: false).Length;
    }

    private static byte[] Write(Wire client, AgentSession session, string model, bool stream)
    {
        using var bytes = new MemoryStream();
        // As JavaScript and Python clients write it: only what must be escaped is.
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            switch (client)
            {
                case Wire.Chat: ChatBody.Write(json, session, model, stream); break;
                case Wire.Responses: ResponsesBody.Write(json, session, model, stream); break;
                case Wire.Messages: MessagesBody.Write(json, session, model, stream); break;
                case Wire.Gemini: GeminiBody.Write(json, session); break;
                default: throw new UsageException($"Nobody speaks {client.Word()} as a client.");
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>A tool's schema; Gemini spells types in capitals and does without <c>additionalProperties</c>.</summary>
    public static void Schema(Utf8JsonWriter json, AgentTool tool, bool gemini)
    {
        string Type(string word) => gemini ? word.ToUpperInvariant() : word;
        json.WriteStartObject();
        json.WriteString("type", Type("object"));
        json.WriteStartObject("properties");
        foreach (var property in tool.Properties)
        {
            json.WriteStartObject(property.Name);
            json.WriteString("type", Type(property.Kind switch { AgentPropertyKind.Number => "number", AgentPropertyKind.List => "array", _ => "string" }));
            json.WriteString("description", property.Description);
            if (property.Kind == AgentPropertyKind.Choice)
            {
                json.WriteStartArray("enum");
                foreach (var word in (string[])["content", "files_with_matches", "count"]) json.WriteStringValue(word);
                json.WriteEndArray();
            }
            else if (property.Kind == AgentPropertyKind.List)
            {
                json.WriteStartObject("items");
                json.WriteString("type", Type("object"));
                json.WriteStartObject("properties");
                json.WriteStartObject("content");
                json.WriteString("type", Type("string"));
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("required");
        json.WriteStringValue(tool.Properties[0].Name);
        json.WriteEndArray();
        if (!gemini) json.WriteBoolean("additionalProperties", false);
        json.WriteEndObject();
    }
}
