using System.Text.Json;

namespace Dragoman.Bench.Requests;

/// <summary>The session as a Responses request, stateless as coding agents send it.</summary>
internal static class ResponsesBody
{
    public static void Write(Utf8JsonWriter json, AgentSession session, string model, bool stream)
    {
        json.WriteString("model", model);
        json.WriteString("instructions", session.System);
        json.WriteStartArray("input");
        foreach (var step in session.Steps)
        {
            Message(json, step);
            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteString("type", "function_call");
                json.WriteString("name", call.Tool);
                json.WriteString("arguments", call.Arguments);
                json.WriteString("call_id", call.Id);
                json.WriteEndObject();
            }

            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteString("type", "function_call_output");
                json.WriteString("call_id", call.Id);
                json.WriteString("output", call.Result);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
        if (session.Tools.Count > 0)
        {
            json.WriteStartArray("tools");
            foreach (var tool in session.Tools)
            {
                json.WriteStartObject();
                json.WriteString("type", "function");
                json.WriteString("name", tool.Name);
                json.WriteString("description", tool.Description);
                json.WriteBoolean("strict", false);
                json.WritePropertyName("parameters");
                RequestBody.Schema(json, tool, gemini: false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("tool_choice", "auto");
            json.WriteBoolean("parallel_tool_calls", true);
        }

        json.WriteNumber("max_output_tokens", 4_096);
        json.WriteBoolean("store", false);
        if (stream) json.WriteBoolean("stream", true);
    }

    private static void Message(Utf8JsonWriter json, AgentStep step)
    {
        var user = step.Calls.Count == 0;
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteString("role", user ? "user" : "assistant");
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", user ? "input_text" : "output_text");
        json.WriteString("text", step.Text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
