using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.CodeWhisperer;

/// <summary>What the service refuses of a body, all of it in the same few words.</summary>
internal static partial class CodeWhispererRules
{
    private const int LargestBody = 615_000;

    private static readonly string[] Members = ["conversationState", "profileArn", "agentMode", "additionalModelRequestFields"];
    private static readonly string[] StateMembers =
        ["conversationId", "workspaceId", "history", "currentMessage", "chatTriggerType", "customizationArn", "agentContinuationId", "agentTaskType"];

    public static Refusal Malformed(string rule) => new(400, "Improperly formed request.", param: rule, code: "REQUEST_BODY_INVALID");

    public static void Check(JsonObject body, string text, int size)
    {
        if (LoneSurrogate().IsMatch(text)) throw Malformed("a lone surrogate");
        Only(body, Members, "the body");
        if (size > LargestBody) throw Malformed("the body is too large");
        if (body["profileArn"] is { } profile && !Profile().IsMatch(profile.Str() ?? ""))
            throw new Refusal(400, "Invalid profileArn.");
        if (body["conversationState"] is not JsonObject state) throw Malformed("no conversationState");
        Only(state, StateMembers, "conversationState");
        if (!Guid.TryParse(state["conversationId"].Str(), out _)) throw new Refusal(400, "Invalid conversation ID.", code: "INVALID_CONVERSATION_ID");
        if (state["chatTriggerType"].Str() != "MANUAL") throw Malformed("chatTriggerType");
        if (state["agentTaskType"] is { } task && task.Str() is not ("vibe" or "spectask")) throw Malformed("agentTaskType");
        Conversation(state);
        Fields(body["additionalModelRequestFields"]);
    }

    private static void Conversation(JsonObject state)
    {
        var history = state["history"].Arr();
        if (history.Count > 10_000) throw Malformed("history is too long");
        if (state["currentMessage"] is not JsonObject { Count: 1 } current || current["userInputMessage"] is not JsonObject asked)
            throw Malformed("currentMessage is no user's message");
        var tools = CodeWhispererToolRules.Declared(asked["userInputMessageContext"]?["tools"]);
        var origin = asked["origin"].Str();
        if (origin is not ("AI_EDITOR" or "CLI" or "KIRO_CLI")) throw Malformed("origin");
        List<string> open = [];
        for (var i = 0; i < history.Count; i++)
        {
            var message = history[i] as JsonObject;
            if (message is not { Count: 1 }) throw Malformed("a message with other than one member");
            if (i % 2 == 0)
            {
                CodeWhispererMessageRules.User(message["userInputMessage"] as JsonObject ?? throw Malformed("roles do not alternate"), open, origin, inHistory: true);
                open = [];
            }
            else
            {
                open = CodeWhispererMessageRules.Assistant(message["assistantResponseMessage"] as JsonObject ?? throw Malformed("roles do not alternate"), tools);
            }
        }

        if (history.Count % 2 != 0) throw Malformed("history does not end with the assistant's message");
        CodeWhispererMessageRules.User(asked, open, origin, inHistory: false);
    }

    public static void Only(JsonObject value, string[] members, string where)
    {
        foreach (var (name, _) in value)
            if (!members.Contains(name)) throw Malformed($"unknown member {name} in {where}");
    }

    private static void Fields(JsonNode? fields)
    {
        if (fields is null) return;
        if (fields is not JsonObject { Count: > 0 } value) throw Malformed("additionalModelRequestFields");
        Only(value, ["thinking", "output_config", "reasoning"], "additionalModelRequestFields");
    }

    [GeneratedRegex(@"(?<!\\)(\\\\)*\\u(d[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})|(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex LoneSurrogate();

    [GeneratedRegex(@"^arn:aws:codewhisperer:[a-z0-9-]+:\d{12}:profile/[A-Z0-9]+$", RegexOptions.None, 10_000)]
    private static partial Regex Profile();
}
