using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Bedrock;

/// <summary>The rules of Converse messages: alternation, blocks, tool use and its results.</summary>
internal static partial class ConverseMessageRules
{
    private static readonly HashSet<string> Blocks = new(StringComparer.Ordinal)
    {
        "text", "image", "document", "video", "audio", "toolUse", "toolResult", "reasoningContent", "cachePoint", "guardContent", "citationsContent", "searchResult",
    };

    public static int Check(JsonArray messages, SignatureIssuer seal, bool hasTools)
    {
        var points = 0;
        HashSet<string> open = [];
        for (var m = 0; m < messages.Count; m++)
        {
            var message = messages[m] as JsonObject ?? throw ConverseRules.Bad($"Unexpected value at messages.{m}");
            var role = message["role"].Str();
            if (role is not ("user" or "assistant") || message.Any(member => member.Key is not ("role" or "content")))
                throw ConverseRules.Bad($"1 validation error detected: Value '{role}' at 'messages.{m + 1}.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]");
            if (m == 0 && role != "user")
                throw ConverseRules.Bad("A conversation must start with a user message. Try again with a conversation that starts with a user message.");
            if (m > 0 && role == messages[m - 1]!["role"].Str())
                throw ConverseRules.Bad("A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.");
            var content = message["content"].Arr();
            if (content.Count == 0)
                throw ConverseRules.Bad($"The content field in the Message object at messages.{m} is empty. Add a ContentBlock object to the content field and try again.");
            HashSet<string> calls = [], results = [];
            for (var b = 0; b < content.Count; b++)
            {
                var block = content[b] as JsonObject ?? throw ConverseRules.Bad($"Unexpected value at messages.{m}.content.{b}");
                points += ConverseRules.Point(block);
                Block(block, m, b, role, seal);
                if (role == "assistant" && calls.Count > 0 && block["text"] is not null)
                    throw ConverseRules.Bad($"The model returned the following errors: messages.{m}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", calls)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
                if (block["toolUse"] is { } use)
                    calls.Add(use["toolUseId"].Str()!);
                if (block["toolResult"] is { } result)
                    results.Add(result["toolUseId"].Str()!);
                if ((block["toolUse"] ?? block["toolResult"]) is not null && !hasTools)
                    throw ConverseRules.Bad("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
            }

            if (results.Count > open.Count)
                throw ConverseRules.Bad($"The number of toolResult blocks at messages.{m}.content exceeds the number of toolUse blocks of previous turn.");
            var missing = open.Where(id => !results.Contains(id)).ToList();
            if (missing.Count > 0)
                throw ConverseRules.Bad($"Expected toolResult blocks at messages.{m}.content for the following Ids: {string.Join(", ", missing)}");
            if (results.FirstOrDefault(id => !open.Contains(id)) is { } stray)
                throw ConverseRules.Bad($"The toolResult blocks at messages.{m}.content contain an Id that is not in the previous turn: {stray}");
            open = calls;
            if (content.Any(block => block?["document"] is not null) && content.All(block => block?["text"] is null))
                throw ConverseRules.Bad("A text block must be included when using documents.");
        }

        if (open.Count > 0)
            throw ConverseRules.Bad($"The model returned the following errors: messages.{messages.Count - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", open)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.");
        return points;
    }

    private static void Block(JsonObject block, int m, int b, string role, SignatureIssuer seal)
    {
        var path = $"messages.{m}.content.{b}";
        if (block.Count != 1 || !Blocks.Contains(block.First().Key))
            throw ConverseRules.Bad($"The content block at {path} must have exactly one known member set, but has: {string.Join(", ", block.Select(member => member.Key))}.");
        var (kind, node) = block.First();
        switch (kind)
        {
            case "text" when string.IsNullOrWhiteSpace(node.Str()):
                throw ConverseRules.Bad($"The text field in the ContentBlock object at {path} is blank. Add text to the text field, and try again.");
            case "image" or "document":
                if (role == "assistant")
                    throw ConverseRules.Bad($"The {kind} field in the ContentBlock object at {path} is only allowed in user messages.");
                Media(node!, kind, path);
                break;
            case "toolUse":
                Id(node, path);
                if (role != "assistant")
                    throw ConverseRules.Bad($"toolUse blocks are only allowed in assistant messages, at {path}.");
                if (node!["input"] is not JsonObject)
                    throw ConverseRules.Bad($"The format of the value at {path}.toolUse.input is invalid. Provide a json object for the field and try again.");
                break;
            case "toolResult":
                Id(node, path);
                if (node!["status"] is { } status && status.Str() is not ("success" or "error"))
                    throw ConverseRules.Bad($"1 validation error detected: Value '{status.Str()}' at '{path}.toolResult.status' failed to satisfy constraint: Member must satisfy enum value set: [success, error]");
                if (node["content"] is not JsonArray content)
                    throw ConverseRules.Bad($"1 validation error detected: Value null at '{path}.toolResult.content' failed to satisfy constraint: Member must not be null");
                for (var c = 0; c < content.Count; c++)
                {
                    if (content[c]?["json"] is { } json && json is not JsonObject)
                        throw ConverseRules.Bad($"The format of the value at {path}.toolResult.content.{c}.json is invalid. Provide a json object for the field and try again.");
                    if (content[c]?["text"].Str() is { Length: 0 })
                        throw ConverseRules.Bad($"The text field in the ToolResultContentBlock object at {path}.toolResult.content.{c} is blank. Add text to the text field, and try again.");
                    if (content[c]?["image"] is { } image)
                        Media(image, "image", $"{path}.toolResult.content.{c}");
                }

                break;
            case "reasoningContent":
                var thought = node!["reasoningText"];
                if (thought is not null && !seal.Verify("claude", thought["text"].Str() ?? "", thought["signature"].Str() ?? ""))
                    throw ConverseRules.Bad($"The model returned the following errors: {path}: Invalid `signature` in `thinking` block");
                if (thought is null && seal.Open("claude-redacted", node["redactedContent"].Str() ?? "") is null)
                    throw ConverseRules.Bad($"The model returned the following errors: {path}: Invalid `data` in `redacted_thinking` block");
                break;
        }
    }

    private static void Id(JsonNode? node, string path)
    {
        if (node?["toolUseId"].Str() is not { } id || !IdForm().IsMatch(id))
            throw ConverseRules.Bad($"1 validation error detected: Value '{node?["toolUseId"].Str()}' at '{path}.member.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+");
    }

    private static void Media(JsonNode node, string kind, string path)
    {
        var format = node["format"].Str();
        if (kind == "image" ? format is not ("png" or "jpeg" or "gif" or "webp") : format is not ("pdf" or "csv" or "doc" or "docx" or "xls" or "xlsx" or "html" or "txt" or "md"))
            throw ConverseRules.Bad($"1 validation error detected: Value '{format}' at '{path}.member.{kind}.format' failed to satisfy constraint: Member must satisfy enum value set");
        if (kind == "document" && !DocumentName().IsMatch(node["name"].Str() ?? ""))
            throw ConverseRules.Bad("The value at document.name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.");
        if (node["source"] is not JsonObject { Count: 1 } source)
            throw ConverseRules.Bad($"The source field at {path}.{kind} must have exactly one member set.");
        if (source["bytes"] is { } bytes)
        {
            var data = JsonExtensions.Base64(bytes.Str() ?? "");
            if (data is not { Length: > 0 })
                throw ConverseRules.Bad($"The {kind} at {path} could not be decoded: bytes are not valid base64.");
            if (kind == "image" && ImageKind.Detect(data) is { } actual && actual != "image/" + format)
                throw ConverseRules.Bad($"The model returned the following errors: {path}.image.source.base64.data: Image does not match the provided media type image/{format}");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_.:-]{1,64}$", RegexOptions.None, 10_000)]
    private static partial Regex IdForm();

    [GeneratedRegex(@"^(?!.*\s\s)[a-zA-Z0-9\s()\[\]-]{1,200}$", RegexOptions.None, 10_000)]
    private static partial Regex DocumentName();
}
