using System.Text.Json;

namespace Dragoman.Bench.Requests;

/// <summary>The session as a Gemini request; model and streaming are in its path.</summary>
internal static class GeminiBody
{
    public static void Write(Utf8JsonWriter json, AgentSession session)
    {
        json.WriteStartObject("systemInstruction");
        json.WriteStartArray("parts");
        Text(json, session.System);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("contents");
        foreach (var step in session.Steps)
        {
            Open(json, step.Calls.Count == 0 ? "user" : "model");
            Text(json, step.Text);
            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteStartObject("functionCall");
                json.WriteString("name", call.Tool);
                json.WritePropertyName("args");
                json.WriteRawValue(call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            Close(json);
            if (step.Calls.Count == 0) continue;
            Open(json, "user");
            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteStartObject("functionResponse");
                json.WriteString("name", call.Tool);
                json.WriteStartObject("response");
                json.WriteString("output", call.Result);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndObject();
            }

            Close(json);
        }

        json.WriteEndArray();
        if (session.Tools.Count > 0)
        {
            json.WriteStartArray("tools");
            json.WriteStartObject();
            json.WriteStartArray("functionDeclarations");
            foreach (var tool in session.Tools)
            {
                json.WriteStartObject();
                json.WriteString("name", tool.Name);
                json.WriteString("description", tool.Description);
                json.WritePropertyName("parameters");
                RequestBody.Schema(json, tool, gemini: true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartObject("generationConfig");
        json.WriteNumber("maxOutputTokens", 4_096);
        json.WriteEndObject();
    }

    private static void Open(Utf8JsonWriter json, string role)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteStartArray("parts");
    }

    private static void Close(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
