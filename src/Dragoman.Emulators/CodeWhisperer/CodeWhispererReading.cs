using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.CodeWhisperer;

/// <summary>
/// What the mind needs of a request that passed the rules. The service has no fields for a choice of tools or for the answer's form, so the emulated model
/// obeys what it is told of them in words, as a real one does.
/// </summary>
internal static partial class CodeWhispererReading
{
    public static UserPrompt Read(JsonObject body, string model)
    {
        var state = body["conversationState"]!;
        var question = new UserPrompt { Model = model };
        List<JsonNode> messages = [.. state["history"].Arr().OfType<JsonNode>(), state["currentMessage"]!];
        var current = state["currentMessage"]!["userInputMessage"]!;
        foreach (var tool in current["userInputMessageContext"]?["tools"].Arr() ?? [])
        {
            var specification = tool!["toolSpecification"]!;
            question.Tools.Add(new ToolOffer(specification["name"].Str()!, ToolKind.Function, specification["inputSchema"]!["json"]));
            question.Prompt.Add(new PromptSegment("tool" + JsonExtensions.Text(tool)));
        }

        foreach (var message in messages)
        {
            var said = message["userInputMessage"] ?? message["assistantResponseMessage"]!;
            question.Prompt.Add(new PromptSegment(TextOf(said), said["cachePoint"] is null ? null : "5m"));
        }

        var first = messages[0]["userInputMessage"]!["content"].Str()!;
        var fields = body["additionalModelRequestFields"];
        question.Reasoning = fields?["thinking"] is not null || fields?["reasoning"] is not null || first.Contains("<thinking_mode>", StringComparison.Ordinal);
        question.ToolsRequired = first.Contains("You must answer by calling one of the tools.", StringComparison.Ordinal);
        if (Forced().Match(first) is { Success: true } forced) question.ForcedTool = forced.Groups["name"].Value;
        if (first.Contains("Answer with one JSON object", StringComparison.Ordinal)) question.WantsJson = true;
        if (SchemaIn(first) is { } schema) question.OutputSchema = schema;
        Conversation(messages, question);
        return question;
    }

    private static string TextOf(JsonNode message)
    {
        var copy = message.DeepClone().AsObject();
        copy.Remove("cachePoint");
        copy.Remove("modelId");
        (copy["userInputMessageContext"] as JsonObject)?.Remove("tools");
        return JsonExtensions.Text(copy);
    }

    private static JsonNode? SchemaIn(string text)
    {
        const string Mark = "It must match this JSON Schema:\n";
        var at = text.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) return null;
        var bytes = System.Text.Encoding.UTF8.GetBytes(text[(at + Mark.Length)..]);
        var reader = new Utf8JsonReader(bytes);
        return JsonNode.Parse(ref reader);
    }

    private static void Conversation(List<JsonNode> messages, UserPrompt question)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var use in messages.SelectMany(static message => message["assistantResponseMessage"]?["toolUses"].Arr() ?? []).OfType<JsonNode>())
            names[use["toolUseId"].Str()!] = use["name"].Str()!;
        for (var m = messages.Count - 1; m >= 0; m--)
        {
            if (messages[m]["assistantResponseMessage"] is { } answer)
            {
                question.Rounds += answer["toolUses"] is not null ? 1 : 0;
                continue;
            }

            var user = messages[m]["userInputMessage"]!;
            var results = user["userInputMessageContext"]?["toolResults"].Arr() ?? [];
            if (m == messages.Count - 1)
            {
                question.Outcomes.AddRange(results.Select(result => new ToolOutcome(names[result!["toolUseId"].Str()!], Words(result["content"].Arr()), result["status"].Str() == "error")));
                question.Attachments.AddRange(user["images"].Arr().Select(static image => new Attachment("image/" + image!["format"].Str(), JsonExtensions.Base64(image["source"]!["bytes"].Str()!))));
            }

            if (results.Count > 0) continue;
            question.UserText = user["content"].Str()!;
            return;
        }
    }

    private static string Words(JsonArray content)
        => string.Join('\n', content.Select(static part => part!["text"].Str() ?? JsonExtensions.Text(part["json"])));

    [GeneratedRegex(@"You must answer by calling the tool (?<name>[a-zA-Z0-9_-]+)\.", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Forced();
}
