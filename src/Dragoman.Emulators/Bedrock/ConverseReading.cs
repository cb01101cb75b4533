using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Bedrock;

/// <summary>What the mind needs of a Converse request that passed the rules.</summary>
internal static class ConverseReading
{
    public static UserPrompt Read(JsonObject body, string model)
    {
        var question = new UserPrompt { Model = model };
        question.MaxTokens = body["inferenceConfig"]?["maxTokens"].Int();
        question.Stops.AddRange(body["inferenceConfig"]?["stopSequences"].Arr().Select(stop => stop.Str()!) ?? []);
        var fields = body["additionalModelRequestFields"];
        question.Reasoning = fields?["thinking"]?["type"].Str() is "enabled" or "adaptive" || fields?["reasoningConfig"]?["type"].Str() == "enabled";
        if (body["outputConfig"]?["textFormat"]?["structure"]?["jsonSchema"]?["schema"].Str() is { } schema)
            question.OutputSchema = JsonNode.Parse(schema);
        var choice = body["toolConfig"]?["toolChoice"];
        question.ForcedTool = choice?["tool"]?["name"].Str();
        question.ToolsRequired = choice?["any"] is not null;
        foreach (var tool in body["toolConfig"]?["tools"].Arr() ?? [])
        {
            if (tool!["toolSpec"] is { } spec)
                question.Tools.Add(new ToolOffer(spec["name"].Str()!, ToolKind.Function, spec["inputSchema"]!["json"]));
            Segment(question, "tool", tool);
        }

        foreach (var block in body["system"].Arr())
            Segment(question, "system", block!);
        var messages = body["messages"].Arr();
        foreach (var message in messages)
        {
            foreach (var block in message!["content"].Arr())
                Segment(question, message["role"].Str()!, block!);
        }

        Conversation(messages, question);
        return question;
    }

    // A cache point is a block of its own: it marks the end of the segment before it.
    private static void Segment(UserPrompt question, string role, JsonNode block)
    {
        if (block["cachePoint"] is { } point)
        {
            if (question.Prompt.Count > 0)
                question.Prompt[^1] = question.Prompt[^1] with { Ttl = point["ttl"].Str() ?? "5m" };
            return;
        }

        question.Prompt.Add(new PromptSegment(role + (block["text"].Str() ?? JsonExtensions.Text(block))));
    }

    private static void Conversation(JsonArray messages, UserPrompt question)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var use in messages.SelectMany(message => message!["content"].Arr()).Select(block => block!["toolUse"]).OfType<JsonNode>())
            names[use["toolUseId"].Str()!] = use["name"].Str()!;
        for (var m = messages.Count - 1; m >= 0; m--)
        {
            var content = messages[m]!["content"].Arr();
            if (messages[m]!["role"].Str() == "assistant")
            {
                question.Rounds += content.Any(block => block!["toolUse"] is not null) ? 1 : 0;
                continue;
            }

            var results = content.Select(block => block!["toolResult"]).OfType<JsonNode>().ToList();
            if (m == messages.Count - 1)
            {
                question.Outcomes.AddRange(results.Select(result => new ToolOutcome(
                    names[result["toolUseId"].Str()!],
                    string.Join('\n', result["content"].Arr().Select(part => part!["text"].Str() ?? (part["json"] is { } json ? JsonExtensions.Text(json) : null)).Where(text => text is not null)),
                    result["status"].Str() == "error")));
                question.Attachments.AddRange(content.Concat(results.SelectMany(result => result["content"].Arr())).Select(Shown).OfType<Attachment>());
            }

            var said = string.Join('\n', content.Select(block => block!["text"].Str()).Where(text => text is not null));
            if (results.Count == 0 && PromptCommands.Read(said).Text.Length > 0)
            {
                question.UserText = said;
                return;
            }
        }
    }

    private static Attachment? Shown(JsonNode? block)
    {
        if ((block!["image"] ?? block["document"]) is not { } media)
            return null;
        var type = (block["image"] is not null ? "image/" : "application/") + media["format"].Str();
        return media["source"]!["bytes"].Str() is { } bytes
            ? new Attachment(type, JsonExtensions.Base64(bytes))
            : media["source"]!["text"].Str() is { } text ? new Attachment("text/plain", System.Text.Encoding.UTF8.GetBytes(text)) : new Attachment(type, null, media["source"]!["s3Location"]?["uri"].Str());
    }
}
