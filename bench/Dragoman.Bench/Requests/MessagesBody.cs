using System.Text.Json;

namespace Dragoman.Bench.Requests;

/// <summary>The session as an Anthropic Messages request, with the cache hints that coding agents set.</summary>
internal static class MessagesBody
{
    public static void Write(Utf8JsonWriter json, AgentSession session, string model, bool stream)
    {
        json.WriteString("model", model);
        json.WriteNumber("max_tokens", 4_096);
        json.WriteStartArray("system");
        Text(json, session.System, cached: session.Tools.Count > 0);
        json.WriteEndArray();
        json.WriteStartArray("messages");
        for (var index = 0; index < session.Steps.Count; index++)
        {
            // What the user says and what tools gave back alternate with the model's turns, so a result and the next words share a turn.
            var step = session.Steps[index];
            if (step.Calls.Count == 0)
            {
                if (index > 0 && session.Steps[index - 1].Calls.Count > 0) continue;
                Open(json, "user");
                Text(json, step.Text, cached: false);
                Close(json);
                continue;
            }

            Open(json, "assistant");
            Text(json, step.Text, cached: false);
            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteString("type", "tool_use");
                json.WriteString("id", call.Id);
                json.WriteString("name", call.Tool);
                json.WritePropertyName("input");
                json.WriteRawValue(call.Arguments);
                json.WriteEndObject();
            }

            Close(json);
            Open(json, "user");
            foreach (var call in step.Calls)
            {
                json.WriteStartObject();
                json.WriteString("type", "tool_result");
                json.WriteString("tool_use_id", call.Id);
                json.WriteString("content", call.Result);
                json.WriteEndObject();
            }

            if (index + 1 < session.Steps.Count && session.Steps[index + 1].Calls.Count == 0) Text(json, session.Steps[index + 1].Text, cached: true);
            Close(json);
        }

        json.WriteEndArray();
        if (session.Tools.Count > 0)
        {
            json.WriteStartArray("tools");
            foreach (var tool in session.Tools)
            {
                json.WriteStartObject();
                json.WriteString("name", tool.Name);
                json.WriteString("description", tool.Description);
                json.WritePropertyName("input_schema");
                RequestBody.Schema(json, tool, gemini: false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("metadata");
            json.WriteString("user_id", "user_bench_account__session_00000000-0000-4000-8000-000000000000");
            json.WriteEndObject();
        }

        if (stream) json.WriteBoolean("stream", true);
    }

    private static void Open(Utf8JsonWriter json, string role)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteStartArray("content");
    }

    private static void Close(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string text, bool cached)
    {
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", text);
        if (cached)
        {
            json.WriteStartObject("cache_control");
            json.WriteString("type", "ephemeral");
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
