using System.Text.Json;

namespace Dragoman.Bench.Requests;

/// <summary>The session as a Chat Completions request.</summary>
internal static class ChatBody
{
    public static void Write(Utf8JsonWriter json, AgentSession session, string model, bool stream)
    {
        json.WriteString("model", model);
        json.WriteNumber("max_tokens", 4_096);
        json.WriteNumber("temperature", 0.7);
        if (stream)
        {
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
        }

        json.WriteStartArray("messages");
        Message(json, "system", session.System);
        foreach (var step in session.Steps)
        {
            if (step.Calls.Count == 0)
            {
                Message(json, "user", step.Text);
                continue;
            }

            json.WriteStartObject();
            json.WriteString("role", "assistant");
            json.WriteString("content", step.Text);
            json.WriteStartArray("tool_calls");
            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.Id);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Tool);
                json.WriteString("arguments", call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteString("role", "tool");
                json.WriteString("tool_call_id", call.Id);
                json.WriteString("content", call.Result);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        if (session.Tools.Count == 0) return;
        json.WriteStartArray("tools");
        foreach (var tool in session.Tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            RequestBody.Schema(json, tool, gemini: false);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("tool_choice", "auto");
    }

    private static void Message(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }
}
