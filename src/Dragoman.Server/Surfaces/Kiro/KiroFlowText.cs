using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>
/// What this surface shows of a recorded exchange: the messages that were sent, and text, calls and end of the answer. It is read by the names that clients' protocols use for these things, so
/// that a whole answer and the events of a stream are read alike; where bodies are not recorded, all of it is empty.
/// </summary>
internal sealed class KiroFlowText
{
    private static readonly string[] Reasons = ["stop_reason", "finish_reason", "finishReason"];

    private readonly StringBuilder _content = new();

    private KiroFlowText(string? request, string? answer)
    {
        RequestText = request;
        AnswerText = answer;
        Request = Parse(request) as JsonObject;
        if (answer is null) return;
        if (Parse(answer) is { } whole) Read(whole);
        else
        {
            foreach (var line in answer.Split('\n'))
            {
                if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
                var data = line[5..].Trim();
                if (data is "" or "[DONE]") continue;
                ChunkCount++;
                if (Parse(data) is not { } item) continue;
                Chunks.Add(item);
                // The events that repeat the whole text at the end of a stream say nothing new.
                if (item["type"]?.ToString() is not ("response.completed" or "response.output_text.done" or "response.content_part.done" or "response.output_item.done")) Read(item);
                else ReadCalls(item);
            }
        }
    }

    /// <summary>The body of the request as it was recorded.</summary>
    public string? RequestText { get; }

    /// <summary>The body of the answer as it was recorded.</summary>
    public string? AnswerText { get; }

    /// <summary>The request.</summary>
    public JsonObject? Request { get; }

    /// <summary>The events of a stream.</summary>
    public List<JsonNode> Chunks { get; } = [];

    /// <summary>How many events came.</summary>
    public int ChunkCount { get; private set; }

    /// <summary>The text of the answer.</summary>
    public string Content => _content.ToString();

    /// <summary>The calls of tools in the answer.</summary>
    public JsonArray Calls { get; } = [];

    /// <summary>Why the answer ended; null where it does not say.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Reads an exchange.</summary>
    public static KiroFlowText From(string? request, string? answer) => new(request, answer);

    /// <summary>The messages that were sent.</summary>
    public IReadOnlyList<JsonObject> Messages
    {
        get
        {
            var list = Request?["messages"] as JsonArray ?? Request?["contents"] as JsonArray ?? Request?["input"] as JsonArray;
            if (list is not null) return [.. list.OfType<JsonObject>().Select(MessageOf)];
            return Request?["input"] is JsonValue text ? [new JsonObject { ["role"] = "user", ["content"] = text.DeepClone(), ["name"] = null, ["tool_call_id"] = null }] : [];
        }
    }

    /// <summary>The system text; null where there is none.</summary>
    public JsonNode? System => (Request?["system"] ?? Request?["instructions"] ?? Request?["systemInstruction"] ?? Request?["system_instruction"]
        ?? (Request?["messages"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(static message => message["role"]?.ToString() is "system" or "developer")?["content"])?.DeepClone();

    /// <summary>The tools that were declared.</summary>
    public JsonArray Tools => Request?["tools"] is JsonArray tools ? (JsonArray)tools.DeepClone() : [];

    /// <summary>The text of something that is a text, or parts of one.</summary>
    public static string TextOf(JsonNode? content) => content switch
    {
        JsonValue value => value.ToString(),
        JsonArray parts => string.Join('\n', parts.Select(TextOf).Where(static text => text.Length > 0)),
        JsonObject part => TextOf(part["text"] ?? part["parts"] ?? part["content"]),
        _ => "",
    };

    private static JsonObject MessageOf(JsonObject message) => new()
    {
        ["role"] = message["role"]?.ToString() ?? message["type"]?.ToString() ?? "user",
        ["content"] = (message["content"] ?? message["parts"] ?? message["output"])?.DeepClone() ?? "",
        ["name"] = message["name"]?.ToString(),
        ["tool_call_id"] = (message["tool_call_id"] ?? message["call_id"])?.ToString(),
    };

    private void Read(JsonNode item)
    {
        foreach (var text in Texts(item)) _content.Append(text);
        ReadCalls(item);
        if (Find(item, Reasons) is { } reason) StopReason = reason;
    }

    private void ReadCalls(JsonNode item)
    {
        foreach (var found in Objects(item))
        {
            if (found["type"]?.ToString() is "tool_use" or "function_call" || found["functionCall"] is JsonObject || found["function"] is JsonObject { Count: > 0 } named && named["name"] is not null) Calls.Add(found.DeepClone());
        }
    }

    private static IEnumerable<string> Texts(JsonNode item)
    {
        // Anthropic's blocks and deltas, Gemini's parts: {"text":…}; OpenAI's messages and deltas: {"content":"…"}; Responses' deltas: {"delta":"…"}.
        foreach (var found in Objects(item))
        {
            if (found["thought"]?.GetValueKind() == JsonValueKind.True) continue;
            if (found["text"] is JsonValue text) yield return text.ToString();
            else if (found["content"] is JsonValue content && (found["role"] is not null || found.Parent is JsonObject)) yield return content.ToString();
            else if (found["type"]?.ToString() == "response.output_text.delta" && found["delta"] is JsonValue delta) yield return delta.ToString();
        }
    }

    private static string? Find(JsonNode item, IReadOnlyList<string> names)
        => Objects(item).SelectMany(found => names.Select(name => found[name])).OfType<JsonValue>().Select(static value => value.ToString()).LastOrDefault(static text => text.Length > 0);

    private static IEnumerable<JsonObject> Objects(JsonNode? item)
    {
        switch (item)
        {
            case JsonObject found:
                yield return found;
                foreach (var (_, value) in found)
                    foreach (var inner in Objects(value)) yield return inner;
                break;
            case JsonArray list:
                foreach (var value in list)
                    foreach (var inner in Objects(value)) yield return inner;
                break;
        }
    }

    private static JsonNode? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
