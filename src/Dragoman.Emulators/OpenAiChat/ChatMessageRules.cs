using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>The rules of messages: roles, parts, and calls and their results.</summary>
internal static class ChatMessageRules
{
    private static readonly string[] AssistantMembers = ["role", "content", "name", "refusal", "audio", "tool_calls", "function_call", "annotations"];

    public static void Check(JsonArray messages, ChatMaker? maker)
    {
        HashSet<string> open = [];
        var called = false;
        for (var i = 0; i < messages.Count; i++)
        {
            var path = $"messages[{i}]";
            var message = messages[i] as JsonObject ?? throw OpenAiErrors.WrongType(path, "an object", messages[i]);
            var role = OpenAiErrors.Text(message, "role", $"{path}.role");
            if (role != "tool" && open.Count > 0)
                throw Unanswered(open, i);
            switch (role)
            {
                case "system" or "developer":
                    OpenAiErrors.Closed(message, path, "role", "content", "name");
                    Content(message, path, i, "text");
                    called = false;
                    break;
                case "user":
                    OpenAiErrors.Closed(message, path, "role", "content", "name");
                    Content(message, path, i, "text", "image_url", "input_audio", "file");
                    called = false;
                    break;
                case "assistant":
                    OpenAiErrors.Closed(message, path, [.. AssistantMembers, .. maker is null ? (ReadOnlySpan<string>)[] : ["reasoning_content"]]);
                    if (message["content"] is not null || (message["tool_calls"] is null && message["function_call"] is null && message["audio"] is null && message["refusal"] is null))
                        Content(message, path, i, "text", "refusal");
                    open = Calls(message, path);
                    called = open.Count > 0;
                    break;
                case "tool":
                    OpenAiErrors.Closed(message, path, "role", "content", "tool_call_id");
                    var id = OpenAiErrors.Text(message, "tool_call_id", $"{path}.tool_call_id");
                    Content(message, path, i, "text");
                    if (!called || !open.Remove(id))
                        throw OpenAiErrors.Bad("Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", $"messages.[{i}].role");
                    break;
                case "function":
                    Content(message, path, i, "text");
                    break;
                default:
                    throw OpenAiErrors.WrongValue($"{path}.role", role, "system", "assistant", "user", "function", "tool", "developer");
            }
        }

        if (open.Count > 0)
            throw Unanswered(open, messages.Count);
    }

    private static Refusal Unanswered(HashSet<string> open, int at) => OpenAiErrors.Bad(
        $"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {string.Join(", ", open)}",
        $"messages.[{at}].role");

    private static HashSet<string> Calls(JsonObject message, string path)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (message["tool_calls"] is not { } node)
            return ids;
        var calls = node as JsonArray ?? throw OpenAiErrors.WrongType($"{path}.tool_calls", "an array of objects", node);
        if (calls.Count == 0)
            throw OpenAiErrors.Bad($"Invalid '{path}.tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.", $"{path}.tool_calls", "empty_array");
        for (var c = 0; c < calls.Count; c++)
        {
            var at = $"{path}.tool_calls[{c}]";
            var call = calls[c] as JsonObject ?? throw OpenAiErrors.WrongType(at, "an object", calls[c]);
            var id = OpenAiErrors.Text(call, "id", $"{at}.id");
            if (id.Length > 40)
                throw OpenAiErrors.Bad($"Invalid '{at}.id': string too long. Expected a string with maximum length 40, but got a string with length {id.Length} instead.", $"{at}.id", "string_above_max_length");
            ids.Add(id);
            switch (OpenAiErrors.Text(call, "type", $"{at}.type"))
            {
                case "function":
                    OpenAiErrors.Closed(call, at, "id", "type", "function");
                    var function = call["function"] as JsonObject ?? throw OpenAiErrors.Missing($"{at}.function");
                    OpenAiErrors.Closed(function, $"{at}.function", "name", "arguments");
                    OpenAiSchemaRules.Name(function["name"], $"{at}.function.name");
                    OpenAiErrors.Text(function, "arguments", $"{at}.function.arguments");
                    break;
                case "custom":
                    OpenAiErrors.Text(call["custom"] as JsonObject ?? throw OpenAiErrors.Missing($"{at}.custom"), "input", $"{at}.custom.input");
                    break;
                case var type:
                    throw OpenAiErrors.WrongValue($"{at}.type", type, "function", "custom");
            }
        }

        return ids;
    }

    private static void Content(JsonObject message, string path, int index, params IReadOnlyList<string> kinds)
    {
        if (!message.ContainsKey("content"))
            throw OpenAiErrors.Missing($"{path}.content");
        var content = message["content"];
        if (content is null)
            throw OpenAiErrors.Bad("Invalid value for 'content': expected a string, got null.", $"messages.[{index}].content");
        if (content.Str() is not null)
            return;
        var parts = content as JsonArray ?? throw OpenAiErrors.WrongType($"{path}.content", "one of a string or array of objects", content);
        if (parts.Count == 0)
            throw OpenAiErrors.Bad($"Invalid '{path}.content': empty array. Expected an array with minimum length 1, but got an empty array instead.", $"{path}.content", "empty_array");
        for (var p = 0; p < parts.Count; p++)
        {
            var at = $"{path}.content[{p}]";
            var part = parts[p] as JsonObject ?? throw OpenAiErrors.WrongType(at, "an object", parts[p]);
            var type = OpenAiErrors.Text(part, "type", $"{at}.type");
            if (!kinds.Contains(type))
                throw OpenAiErrors.WrongValue($"{at}.type", type, [.. kinds]);
            switch (type)
            {
                case "text":
                    OpenAiErrors.Closed(part, at, "type", "text");
                    OpenAiErrors.Text(part, "text", $"{at}.text");
                    break;
                case "image_url":
                    OpenAiErrors.Closed(part, at, "type", "image_url");
                    var image = part["image_url"] as JsonObject ?? throw (part["image_url"] is null ? OpenAiErrors.Missing($"{at}.image_url") : OpenAiErrors.WrongType($"{at}.image_url", "an object", part["image_url"]));
                    OpenAiErrors.Closed(image, $"{at}.image_url", "url", "detail");
                    OpenAiErrors.Image(OpenAiErrors.Text(image, "url", $"{at}.image_url.url"), $"{at}.image_url.url");
                    break;
                case "file":
                    var file = part["file"] as JsonObject ?? throw OpenAiErrors.Missing($"{at}.file");
                    if (file["file_data"].Str() is { } data)
                    {
                        OpenAiErrors.File(data, $"{at}.file.file_data");
                        OpenAiErrors.Text(file, "filename", $"{at}.file.filename");
                    }
                    else if (file["file_id"].Str() is null)
                    {
                        throw OpenAiErrors.Missing($"{at}.file.file_id");
                    }

                    break;
                case "input_audio":
                    var audio = part["input_audio"] as JsonObject ?? throw OpenAiErrors.Missing($"{at}.input_audio");
                    if (audio["format"].Str() is not ("wav" or "mp3"))
                        throw OpenAiErrors.WrongValue($"{at}.input_audio.format", audio["format"].Str(), "wav", "mp3");
                    if (JsonExtensions.Base64(OpenAiErrors.Text(audio, "data", $"{at}.input_audio.data")) is null)
                        throw OpenAiErrors.Bad($"Invalid '{at}.input_audio.data'. Expected a valid base64-encoded value.", $"{at}.input_audio.data", "invalid_base64");
                    break;
            }
        }
    }
}
