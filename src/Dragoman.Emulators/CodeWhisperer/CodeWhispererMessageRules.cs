using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.CodeWhisperer;

/// <summary>The rules of messages: nothing is empty, calls are answered in the next message, once each, and images stand on the message.</summary>
internal static partial class CodeWhispererMessageRules
{
    private static readonly string[] UserMembers = ["content", "modelId", "origin", "userIntent", "images", "userInputMessageContext", "cachePoint", "clientCacheConfig"];
    private static readonly string[] AssistantMembers =
        ["messageId", "content", "toolUses", "references", "supplementaryWebLinks", "followupPrompt", "cachePoint", "reasoningContent"];

    private static readonly string[] ContextMembers =
        ["toolResults", "tools", "editorState", "shellState", "gitState", "envState", "diagnostic", "consoleState", "userSettings", "additionalContext", "appStudioContext"];

    /// <summary>Checks a message of the user, which has to answer the open calls.</summary>
    public static void User(JsonObject message, List<string> open, string origin, bool inHistory)
    {
        CodeWhispererRules.Only(message, UserMembers, "userInputMessage");
        Content(message);
        if (message["modelId"] is { } model && string.IsNullOrEmpty(model.Str())) throw CodeWhispererRules.Malformed("modelId is empty");
        if (message["origin"].Str() != origin) throw CodeWhispererRules.Malformed("origin differs");
        CachePoint(message["cachePoint"]);
        Images(message["images"]);
        var answered = new List<string>();
        if (message["userInputMessageContext"] is { } node)
        {
            if (node is not JsonObject { Count: > 0 } context) throw CodeWhispererRules.Malformed("the context is empty");
            CodeWhispererRules.Only(context, ContextMembers, "userInputMessageContext");
            if (inHistory && context["tools"] is not null) throw CodeWhispererRules.Malformed("tools in the history");
            Results(context["toolResults"], answered);
        }

        if (!answered.Order(StringComparer.Ordinal).SequenceEqual(open.Order(StringComparer.Ordinal))) throw CodeWhispererRules.Malformed("calls and results do not match");
    }

    /// <summary>Checks a message of the assistant; gives the ids of its calls.</summary>
    public static List<string> Assistant(JsonObject message, HashSet<string> tools)
    {
        CodeWhispererRules.Only(message, AssistantMembers, "assistantResponseMessage");
        Content(message);
        CachePoint(message["cachePoint"]);
        var ids = new List<string>();
        if (message["reasoningContent"] is { } thought && thought is not JsonObject { Count: 1 }) throw CodeWhispererRules.Malformed("reasoningContent");
        if (message["toolUses"] is not { } uses) return ids;
        if (uses.Arr() is not { Count: > 0 } calls) throw CodeWhispererRules.Malformed("toolUses is empty");
        foreach (var call in calls)
        {
            if (call?["toolUseId"].Str() is not { } id || !Id().IsMatch(id) || ids.Contains(id)) throw CodeWhispererRules.Malformed("toolUseId");
            if (call["name"].Str() is not { } name || !tools.Contains(name)) throw CodeWhispererRules.Malformed("a call of a tool that is not declared");
            if (call["input"] is not JsonObject) throw CodeWhispererRules.Malformed("input is no object");
            ids.Add(id);
        }

        return ids;
    }

    private static void Content(JsonObject message)
    {
        if (message["content"].Str() is not { Length: > 0 } content) throw CodeWhispererRules.Malformed("content is empty");
        foreach (var c in content)
            if (char.IsControl(c) && c is < ' ' and not ('\t' or '\n' or '\r')) throw CodeWhispererRules.Malformed("a control character");
    }

    private static void CachePoint(JsonNode? point)
    {
        if (point is not null && point["type"].Str() != "default") throw CodeWhispererRules.Malformed("cachePoint");
    }

    private static void Results(JsonNode? results, List<string> answered)
    {
        if (results is null) return;
        if (results.Arr() is not { Count: > 0 } list) throw CodeWhispererRules.Malformed("toolResults is empty");
        foreach (var result in list)
        {
            if (result?["toolUseId"].Str() is not { } id || answered.Contains(id)) throw CodeWhispererRules.Malformed("a call answered twice");
            answered.Add(id);
            if (result["status"].Str() is not ("success" or "error")) throw CodeWhispererRules.Malformed("status");
            if (result["content"].Arr() is not { Count: > 0 } content) throw CodeWhispererRules.Malformed("a result without content");
            foreach (var part in content)
            {
                if (part is not JsonObject { Count: 1 } one || (one["text"].Str() is not { Length: > 0 } && one["json"] is null)) throw CodeWhispererRules.Malformed("a result's content");
            }
        }
    }

    private static void Images(JsonNode? images)
    {
        if (images is null) return;
        if (images.Arr() is not { Count: > 0 and <= 10 } list) throw CodeWhispererRules.Malformed("the number of images");
        foreach (var image in list)
        {
            if (image?["format"].Str() is not ("png" or "jpeg" or "gif" or "webp")) throw CodeWhispererRules.Malformed("an image's format");
            if (JsonExtensions.Base64(image["source"]?["bytes"].Str() ?? "") is not { Length: > 0 } data) throw CodeWhispererRules.Malformed("an image's bytes");
            if (ImageKind.Detect(data) is { } actual && actual != "image/" + image["format"].Str()) throw CodeWhispererRules.Malformed("an image of another format");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, 10_000)]
    private static partial Regex Id();
}
