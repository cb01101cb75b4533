using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>What the mind needs of a Messages request that passed the rules.</summary>
internal static class AnthropicReading
{
    public static UserPrompt Read(JsonObject body, string? model = null)
    {
        var thinking = body["thinking"]?["type"].Str();
        var question = new UserPrompt { Model = model ?? body["model"].Str() ?? "" };
        question.Reasoning = thinking is "enabled" or "adaptive";
        question.MaxTokens = body["max_tokens"].Int();
        question.OutputSchema = body["output_config"]?["format"]?["schema"] ?? body["output_format"]?["schema"];
        question.Stops.AddRange(body["stop_sequences"].Arr().Select(stop => stop.Str()!));
        var choice = body["tool_choice"];
        question.ToolsForbidden = choice?["type"].Str() == "none";
        question.ToolsRequired = choice?["type"].Str() is "any" or "tool";
        question.ForcedTool = choice?["name"].Str();
        question.Parallel = choice?["disable_parallel_tool_use"].Bool() != true;
        foreach (var tool in body["tools"].Arr())
            question.Tools.Add(Tool(tool!));
        Conversation(body["messages"].Arr(), question);
        Segments(body, question);
        return question;
    }

    private static ToolOffer Tool(JsonNode tool)
    {
        var type = tool["type"].Str() ?? "custom";
        var name = tool["name"].Str() ?? "";
        var kind = type.StartsWith("web_search_", StringComparison.Ordinal) ? ToolKind.WebSearch : ToolKind.Function;
        var schema = tool["input_schema"];
        if (type.StartsWith("bash_", StringComparison.Ordinal))
            schema = JsonNode.Parse("""{"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}""");
        return new ToolOffer(name, kind, schema);
    }

    private static IEnumerable<JsonNode> Blocks(JsonNode? message) =>
        message?["content"].Str() is { } text ? [new JsonObject { ["type"] = "text", ["text"] = text }] : message?["content"].Arr().OfType<JsonNode>() ?? [];

    private static void Conversation(JsonArray messages, UserPrompt question)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var block in messages.SelectMany(Blocks).Where(block => block["type"].Str() == "tool_use"))
            names[block["id"].Str()!] = block["name"].Str()!;
        var last = true;
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i]?["role"].Str() == "assistant")
            {
                if (i == messages.Count - 1)
                    question.Prefill = string.Concat(Blocks(messages[i]).Select(block => block["text"].Str()));
                else
                    last = false;
                question.Rounds += Blocks(messages[i]).Any(block => block["type"].Str() == "tool_use") ? 1 : 0;
                continue;
            }

            var blocks = Blocks(messages[i]).ToList();
            var text = string.Join('\n', blocks.Select(block => block["type"].Str() == "text" ? block["text"].Str() : null).Where(words => words is not null));
            var results = blocks.Where(block => block["type"].Str() == "tool_result").ToList();
            if (last)
            {
                question.Outcomes.InsertRange(0, results.Select(result => Outcome(result, names)));
                question.Attachments.AddRange(blocks.Concat(results.SelectMany(Blocks)).Select(Shown).OfType<Attachment>());
            }

            // Agents add reminders to the turn that carries results: those are not the user speaking.
            if (PromptCommands.Read(text).Text.Length > 0 && results.Count == 0)
            {
                question.UserText = question.UserText.Length == 0 ? text : text + "\n" + question.UserText;
                if (i == 0 || messages[i - 1]?["role"].Str() != "user")
                    return;
            }
        }
    }

    private static ToolOutcome Outcome(JsonNode result, Dictionary<string, string> names) => new(
        names.GetValueOrDefault(result["tool_use_id"].Str() ?? "", "tool"),
        string.Join('\n', Blocks(result).Select(block => block["text"].Str()).Where(text => text is not null)),
        result["is_error"].Bool() == true);

    private static Attachment? Shown(JsonNode block)
    {
        if (block["type"].Str() is not ("image" or "document"))
            return null;
        var source = block["source"];
        return source?["type"].Str() switch
        {
            "base64" => new Attachment(source["media_type"].Str()!, JsonExtensions.Base64(source["data"].Str()!)),
            "text" => new Attachment("text/plain", System.Text.Encoding.UTF8.GetBytes(source["data"].Str()!)),
            "url" => new Attachment("a picture", null, source["url"].Str()),
            _ => new Attachment("a file", null, source?["file_id"].Str() ?? "hand"),
        };
    }

    private static void Segments(JsonObject body, UserPrompt question)
    {
        foreach (var tool in body["tools"].Arr())
            Segment("tool", tool!);
        if (body["system"].Str() is { } system)
            question.Prompt.Add(new PromptSegment("system" + system));
        foreach (var block in body["system"].Arr())
            Segment("system", block!);
        foreach (var message in body["messages"].Arr())
        {
            foreach (var block in Blocks(message))
                Segment(message!["role"].Str()!, block);
        }

        if (body["cache_control"] is { } whole && question.Prompt.Count > 0)
            question.Prompt[^1] = question.Prompt[^1] with { Ttl = whole["ttl"].Str() ?? "5m" };

        void Segment(string role, JsonNode block)
        {
            var copy = block.DeepClone().AsObject();
            var mark = copy["cache_control"];
            copy.Remove("cache_control");
            var text = copy["type"].Str() == "text" && copy.Count == 2 ? copy["text"].Str()! : JsonExtensions.Text(copy);
            question.Prompt.Add(new PromptSegment(role + text, mark is null ? null : mark["ttl"].Str() ?? "5m"));
        }
    }
}
