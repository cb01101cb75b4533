using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.OpenAiResponses;

/// <summary>The rules of input items, each by itself and in their order.</summary>
internal static class ResponsesItemRules
{
    private static readonly string[] Types =
    [
        "message", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "reasoning", "local_shell_call", "local_shell_call_output",
        "shell_call", "shell_call_output", "apply_patch_call", "apply_patch_call_output", "web_search_call", "file_search_call", "code_interpreter_call",
        "image_generation_call", "computer_call", "computer_call_output", "mcp_list_tools", "mcp_call", "mcp_approval_request", "mcp_approval_response",
        "item_reference", "compaction", "additional_tools", "tool_search_call", "tool_search_output",
    ];

    public static void Check(JsonArray items, JsonArray history, ConcurrentDictionary<string, JsonObject> stored, SignatureIssuer seal)
    {
        for (var i = 0; i < items.Count; i++)
        {
            var path = $"input[{i}]";
            var item = items[i] as JsonObject ?? throw OpenAiErrors.WrongType(path, "an object", items[i]);
            var type = item["type"]?.Str() ?? (item.ContainsKey("role") ? "message" : throw OpenAiErrors.Missing($"{path}.type"));
            if (!Types.Contains(type))
                throw OpenAiErrors.WrongValue($"{path}.type", type, Types);
            Item(item, type, path, stored, seal);
        }

        Order([.. history.Concat(items).Select(item => item!.AsObject())]);
    }

    private static void Item(JsonObject item, string type, string path, ConcurrentDictionary<string, JsonObject> stored, SignatureIssuer seal)
    {
        switch (type)
        {
            case "message":
                Message(item, path);
                break;
            case "function_call":
                Id(item, path, "fc");
                OpenAiErrors.Closed(item, path, "type", "id", "call_id", "name", "namespace", "arguments", "status");
                CallId(item, path);
                OpenAiSchemaRules.Name(item["name"], $"{path}.name");
                OpenAiErrors.Text(item, "arguments", $"{path}.arguments");
                break;
            case "custom_tool_call":
                Id(item, path, "ctc");
                CallId(item, path);
                OpenAiSchemaRules.Name(item["name"], $"{path}.name");
                OpenAiErrors.Text(item, "input", $"{path}.input");
                break;
            case "function_call_output" or "custom_tool_call_output":
                OpenAiErrors.Closed(item, path, "type", "id", "call_id", "output", "status");
                CallId(item, path);
                if (item["output"] is null)
                    throw OpenAiErrors.Missing($"{path}.output");
                if (item["output"].Str() is null)
                    Parts(item["output"], $"{path}.output", "input_text", "input_image", "input_file");
                break;
            case "reasoning":
                Id(item, path, "rs");
                OpenAiErrors.Closed(item, path, "type", "id", "summary", "content", "encrypted_content", "status");
                if (!item.ContainsKey("summary"))
                    throw OpenAiErrors.Missing($"{path}.summary");
                if (item["encrypted_content"].Str() is { } encrypted)
                {
                    if (!encrypted.StartsWith("gAAAAA", StringComparison.Ordinal) || seal.Open("openai", encrypted[6..]) is null)
                        throw OpenAiErrors.Bad($"The encrypted content {encrypted[..Math.Min(8, encrypted.Length)]}... could not be verified. Reason: Encrypted content could not be decrypted or parsed.", null, "invalid_encrypted_content");
                }
                else if (item["id"].Str() is { } id && !stored.ContainsKey(id))
                {
                    throw new Refusal(404, $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.", "input");
                }

                break;
            case "item_reference":
                var reference = OpenAiErrors.Text(item, "id", $"{path}.id");
                if (!stored.ContainsKey(reference))
                    throw new Refusal(404, $"Item with id '{reference}' not found.", "input");
                break;
            case "local_shell_call_output":
                OpenAiErrors.Text(item, "output", $"{path}.output");
                break;
        }
    }

    private static void Id(JsonObject item, string path, string prefix)
    {
        if (item["id"].Str() is { } id && !id.StartsWith(prefix, StringComparison.Ordinal))
            throw OpenAiErrors.Bad($"Invalid '{path}.id': '{id}'. Expected an ID that begins with '{prefix}'.", $"{path}.id", "invalid_value");
    }

    private static void CallId(JsonObject item, string path)
    {
        var id = OpenAiErrors.Text(item, "call_id", $"{path}.call_id");
        if (id.Length is 0 or > 64)
        {
            throw id.Length == 0
                ? OpenAiErrors.Bad($"Invalid '{path}.call_id': empty string. Expected a string with minimum length 1, but got an empty string instead.", $"{path}.call_id", "empty_string")
                : OpenAiErrors.Bad($"Invalid '{path}.call_id': string too long. Expected a string with maximum length 64, but got a string with length {id.Length} instead.", $"{path}.call_id", "string_above_max_length");
        }
    }

    private static void Message(JsonObject item, string path)
    {
        OpenAiErrors.Closed(item, path, "type", "id", "role", "content", "status", "phase");
        Id(item, path, "msg");
        var role = OpenAiErrors.Text(item, "role", $"{path}.role");
        if (role is not ("user" or "assistant" or "system" or "developer"))
            throw OpenAiErrors.WrongValue($"{path}.role", role, "assistant", "system", "developer", "user");
        if (!item.ContainsKey("content"))
            throw OpenAiErrors.Missing($"{path}.content");
        if (item["content"].Str() is not null)
            return;
        if (role == "assistant")
            Parts(item["content"], $"{path}.content", "output_text", "refusal");
        else
            Parts(item["content"], $"{path}.content", "input_text", "input_image", "input_file", "input_audio");
    }

    private static void Parts(JsonNode? node, string path, params IReadOnlyList<string> kinds)
    {
        var parts = node as JsonArray ?? throw OpenAiErrors.WrongType(path, "one of a string or array of objects", node);
        for (var p = 0; p < parts.Count; p++)
        {
            var at = $"{path}[{p}]";
            var part = parts[p] as JsonObject ?? throw OpenAiErrors.WrongType(at, "an object", parts[p]);
            var type = OpenAiErrors.Text(part, "type", $"{at}.type");
            if (!kinds.Contains(type))
                throw OpenAiErrors.WrongValue($"{at}.type", type, [.. kinds]);
            switch (type)
            {
                case "input_text":
                    OpenAiErrors.Closed(part, at, "type", "text");
                    OpenAiErrors.Text(part, "text", $"{at}.text");
                    break;
                case "output_text":
                    OpenAiErrors.Closed(part, at, "type", "text", "annotations", "logprobs");
                    OpenAiErrors.Text(part, "text", $"{at}.text");
                    break;
                case "input_image":
                    OpenAiErrors.Closed(part, at, "type", "image_url", "file_id", "detail");
                    if (part["image_url"] is { } image)
                        OpenAiErrors.Image(image.Str() ?? throw OpenAiErrors.WrongType($"{at}.image_url", "an image URL", image), $"{at}.image_url");
                    else if (part["file_id"] is null)
                        throw OpenAiErrors.Missing($"{at}.image_url");
                    break;
                case "input_file":
                    OpenAiErrors.Closed(part, at, "type", "file_id", "file_data", "file_url", "filename", "detail");
                    if (part["file_data"].Str() is { } data)
                    {
                        OpenAiErrors.File(data, $"{at}.file_data");
                        if (part["filename"].Str() is null)
                            throw OpenAiErrors.Missing($"{at}.filename");
                    }

                    break;
            }
        }
    }

    private static void Order(List<JsonObject> items)
    {
        var calls = new HashSet<string>(StringComparer.Ordinal);
        var outputs = items.Where(item => item["type"].Str() is { } type && type.EndsWith("_output", StringComparison.Ordinal)).Select(item => item["call_id"].Str()).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            var id = item["call_id"].Str();
            switch (item["type"].Str())
            {
                case "function_call" or "custom_tool_call":
                    calls.Add(id!);
                    if (!outputs.Contains(id))
                        throw OpenAiErrors.Bad($"No tool output found for {(item["type"].Str() == "function_call" ? "function call" : "custom tool call")} {id}.", "input");
                    break;
                case "local_shell_call" or "shell_call" or "apply_patch_call" when id is not null:
                    calls.Add(id);
                    break;
                case "function_call_output" or "custom_tool_call_output" when !calls.Contains(id!):
                    throw OpenAiErrors.Bad($"No tool call found for {(item["type"].Str() == "function_call_output" ? "function call" : "custom tool call")} output with call_id {id}.", "input");
                case "reasoning":
                    var next = i + 1 < items.Count ? items[i + 1] : null;
                    var follows = next is not null && next["role"].Str() is (null or "assistant")
                        && next["type"].Str()?.EndsWith("_output", StringComparison.Ordinal) != true;
                    if (!follows)
                        throw OpenAiErrors.Bad($"Item '{item["id"].Str() ?? "rs"}' of type 'reasoning' was provided without its required following item.", "input");
                    break;
            }
        }
    }
}
