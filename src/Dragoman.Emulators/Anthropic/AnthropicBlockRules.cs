using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>The rules of one content block.</summary>
internal static partial class AnthropicBlockRules
{
    private static readonly HashSet<string> UserOnly = new(StringComparer.Ordinal) { "image", "document", "tool_result", "search_result", "container_upload" };
    private static readonly HashSet<string> AssistantOnly = new(StringComparer.Ordinal) { "tool_use", "thinking", "redacted_thinking", "server_tool_use" };

    private static readonly HashSet<string> Others = new(StringComparer.Ordinal)
    {
        "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result", "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result", "tool_search_tool_result", "mcp_tool_use", "mcp_tool_result", "mid_conv_system", "compaction", "tool_reference", "text",
    };

    public static void Check(JsonObject block, string path, string role, AnthropicMessageRules.Setting setting)
    {
        if (!block.ContainsKey("type"))
            throw AnthropicRules.Bad($"{path}.type: Field required");
        var type = block["type"].Str() ?? "";
        if (!UserOnly.Contains(type) && !AssistantOnly.Contains(type) && !Others.Contains(type))
        {
            throw AnthropicRules.Bad($"{path}: Input tag '{type}' found using 'type' does not match any of the expected tags: 'document', 'image', 'redacted_thinking', "
                + "'search_result', 'server_tool_use', 'text', 'thinking', 'tool_result', 'tool_use', 'web_search_tool_result'");
        }

        if (role == "assistant" ? UserOnly.Contains(type) : AssistantOnly.Contains(type))
            throw AnthropicRules.Bad($"{path[..path.IndexOf(".content", StringComparison.Ordinal)]}: `{type}` blocks can only be in `{(role == "assistant" ? "user" : "assistant")}` messages");
        var at = $"{path}.{type}";
        switch (type)
        {
            case "text":
                Text(block, at, setting);
                break;
            case "image":
                AnthropicRules.Closed(block, at, "type", "source", "cache_control");
                Source(block["source"], $"{at}.source", image: true, setting.Host);
                break;
            case "document":
                AnthropicRules.Closed(block, at, "type", "source", "title", "context", "citations", "cache_control");
                Source(block["source"], $"{at}.source", image: false, setting.Host);
                break;
            case "thinking":
                AnthropicRules.Closed(block, at, "type", "thinking", "signature");
                var thought = AnthropicRules.RequireText(block, "thinking", at);
                if (!AnthropicMaker.TakesUnsigned(setting.Model) && !setting.Seal.Verify("claude", thought, AnthropicRules.RequireText(block, "signature", at)))
                    throw AnthropicRules.Bad($"{path}: Invalid `signature` in `thinking` block");
                break;
            case "redacted_thinking":
                AnthropicRules.Closed(block, at, "type", "data");
                if (setting.Seal.Open("claude-redacted", AnthropicRules.RequireText(block, "data", at)) is null)
                    throw AnthropicRules.Bad($"{path}: Invalid `data` in `redacted_thinking` block");
                break;
            case "tool_use":
                ToolUse(block, at, setting);
                break;
            case "tool_result":
                ToolResult(block, path, at, setting);
                break;
            case "web_search_tool_result":
                foreach (var result in block["content"].Arr())
                {
                    if (result?["type"].Str() == "web_search_result" && setting.Seal.Open("claude-search", result["encrypted_content"].Str() ?? "") is null)
                        throw AnthropicRules.Bad($"{path}: Invalid `encrypted_content` in `search_result` block");
                }

                break;
        }

        setting.Marks.Add(block["cache_control"], $"{at}.cache_control");
    }

    private static void Text(JsonObject block, string at, AnthropicMessageRules.Setting setting)
    {
        AnthropicRules.Closed(block, at, "type", "text", "cache_control", "citations");
        var text = AnthropicRules.RequireText(block, "text", at);
        if (text.Length == 0 && block["cache_control"] is not null)
            throw AnthropicRules.Bad($"{at}: cache_control cannot be set for empty text blocks");
        if (text.Length == 0)
            throw AnthropicRules.Bad("messages: text content blocks must be non-empty");
        if (string.IsNullOrWhiteSpace(text))
            throw AnthropicRules.Bad("messages: text content blocks must contain non-whitespace text");
        foreach (var citation in block["citations"].Arr())
        {
            if (citation?["type"].Str() == "web_search_result_location" && setting.Seal.Open("claude-search", citation["encrypted_index"].Str() ?? "") is null)
                throw AnthropicRules.Bad($"{at}.citations: Invalid `encrypted_index` in citation");
        }
    }

    private static void ToolUse(JsonObject block, string at, AnthropicMessageRules.Setting setting)
    {
        AnthropicRules.Closed(block, at, "type", "id", "name", "input", "cache_control", "caller");
        if (!IdForm().IsMatch(AnthropicRules.RequireText(block, "id", at)))
            throw AnthropicRules.Bad($"{at}.id: String should match pattern '^[a-zA-Z0-9_-]+$'");
        var name = AnthropicRules.RequireText(block, "name", at);
        if (name.Length is 0 or > 200)
            throw AnthropicRules.Bad($"{at}.name: String should have at {(name.Length == 0 ? "least 1 character" : "most 200 characters")}");
        if (!block.ContainsKey("input"))
            throw AnthropicRules.Bad($"{at}.input: Field required");
        if (block["input"] is not JsonObject)
            throw AnthropicRules.Bad($"{at}.input: Input should be a valid dictionary");
        _ = setting;
    }

    private static void ToolResult(JsonObject block, string path, string at, AnthropicMessageRules.Setting setting)
    {
        AnthropicRules.Closed(block, at, "type", "tool_use_id", "content", "is_error", "cache_control");
        if (!IdForm().IsMatch(AnthropicRules.RequireText(block, "tool_use_id", at)))
            throw AnthropicRules.Bad($"{at}.tool_use_id: String should match pattern '^[a-zA-Z0-9_-]+$'");
        if (block["is_error"] is { } error && error.Bool() is null)
            throw AnthropicRules.Bad($"{at}.is_error: Input should be a valid boolean");
        if (block["content"] is null || block["content"].Str() is not null)
            return;
        var content = block["content"] as JsonArray ?? throw AnthropicRules.Bad($"{at}.content: Input should be a valid string");
        for (var i = 0; i < content.Count; i++)
        {
            var inner = content[i] as JsonObject ?? throw AnthropicRules.Bad($"{at}.content.{i}: Input should be a valid dictionary or object to extract fields from");
            var type = inner["type"].Str();
            if (type is not ("text" or "image" or "document" or "search_result" or "tool_reference"))
                throw AnthropicRules.Bad($"{at}.content.{i}: Input tag '{type}' found using 'type' does not match any of the expected tags: 'document', 'image', 'search_result', 'text', 'tool_reference'");
            if (block["is_error"].Bool() == true && type != "text")
                throw AnthropicRules.Bad($"{path}: all content must be type \"text\" if `is_error` is true");
            if (type == "text" && inner["text"].Str() is { Length: 0 })
                throw AnthropicRules.Bad("messages: text content blocks must be non-empty");
            Check(inner, $"{at}.content.{i}", "user", setting);
        }
    }

    private static void Source(JsonNode? node, string at, bool image, AnthropicHost host)
    {
        if (node is null)
            throw AnthropicRules.Bad($"{at}: Field required");
        var source = node as JsonObject ?? throw AnthropicRules.Bad($"{at}: Input should be a valid dictionary or object to extract fields from");
        var type = source["type"].Str();
        switch (type)
        {
            case "base64":
                AnthropicRules.Closed(source, $"{at}.base64", "type", "media_type", "data");
                var media = AnthropicRules.RequireText(source, "media_type", $"{at}.base64");
                if (image && media is not ("image/jpeg" or "image/png" or "image/gif" or "image/webp"))
                    throw AnthropicRules.Bad($"{at}.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'");
                if (!image && media != "application/pdf")
                    throw AnthropicRules.Bad($"{at}.base64.media_type: Input should be 'application/pdf'");
                var data = JsonExtensions.Base64(AnthropicRules.RequireText(source, "data", $"{at}.base64"));
                if (data is null || data.Length == 0)
                    throw AnthropicRules.Bad(data is null ? $"{at}.base64.data: Invalid base64 data" : $"{at.Split(".source")[0]}: image cannot be empty");
                if (image && ImageKind.Detect(data) is { } actual && actual != media)
                    throw AnthropicRules.Bad($"{at}.base64.data: Image does not match the provided media type {media}");
                break;
            case "url" when host is not (AnthropicHost.Bedrock or AnthropicHost.Vertex):
                AnthropicRules.Closed(source, $"{at}.url", "type", "url");
                if (!AnthropicRules.RequireText(source, "url", $"{at}.url").StartsWith("http", StringComparison.Ordinal))
                    throw AnthropicRules.Bad($"{at}.url.url: Only HTTPS URLs are supported.");
                break;
            case "file" when host is not (AnthropicHost.Bedrock or AnthropicHost.Vertex):
                AnthropicRules.RequireText(source, "file_id", $"{at}.file");
                break;
            case "text" when !image:
                AnthropicRules.Closed(source, $"{at}.text", "type", "media_type", "data");
                if (AnthropicRules.RequireText(source, "media_type", $"{at}.text") != "text/plain")
                    throw AnthropicRules.Bad($"{at}.text.media_type: Input should be 'text/plain'");
                AnthropicRules.RequireText(source, "data", $"{at}.text");
                break;
            case "content" when !image:
                break;
            default:
                throw AnthropicRules.Bad($"{at}: Input tag '{type}' found using 'type' does not match any of the expected tags: {(image ? "'base64', 'file', 'url'" : "'base64', 'content', 'file', 'text', 'url'")}");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]+$", RegexOptions.None, 10_000)]
    private static partial Regex IdForm();
}
