using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>The rules between messages: roles, and calls and their results.</summary>
internal static class AnthropicMessageRules
{
    /// <summary>What the rules of a message depend on.</summary>
    public sealed record Setting(SignatureIssuer Seal, CacheMarks Marks, HashSet<string> Betas, AnthropicHost Host, string Model, string? Thinking, bool HasTools);

    public static void Check(JsonArray messages, Setting setting)
    {
        if (messages.Count == 0)
            throw AnthropicRules.Bad("messages: at least one message is required");
        var turns = new List<(string Role, List<JsonObject> Blocks, int Index)>();
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i] as JsonObject
                ?? throw AnthropicRules.Bad($"messages.{i}: Input should be a valid dictionary or object to extract fields from");
            var role = Role(message, i, setting);
            AnthropicRules.Closed(message, $"messages.{i}", "role", "content");
            var blocks = Content(message, i, role, i == messages.Count - 1, setting);
            // Neighbours of the same role are one turn to the model.
            if (turns.Count > 0 && turns[^1].Role == role)
                turns[^1].Blocks.AddRange(blocks);
            else
                turns.Add((role, [.. blocks], i));
        }

        if (turns[0].Role != "user")
            throw AnthropicRules.Bad("messages: first message must use the \"user\" role");
        Pairing(turns);
        Ending(turns, setting);
    }

    private static string Role(JsonObject message, int i, Setting setting)
    {
        if (!message.ContainsKey("role"))
            throw AnthropicRules.Bad($"messages.{i}.role: Field required");
        var role = message["role"].Str();
        if (role == "system")
        {
            if (i > 0 && setting.Betas.Any(flag => flag.StartsWith("mid-conversation-system-", StringComparison.Ordinal)))
                return "user";
            throw AnthropicRules.Bad("messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role.");
        }

        return role is "user" or "assistant" ? role : throw AnthropicRules.Bad($"messages: Unexpected role \"{role}\". Allowed roles are \"user\" or \"assistant\".");
    }

    private static List<JsonObject> Content(JsonObject message, int i, string role, bool last, Setting setting)
    {
        if (!message.ContainsKey("content"))
            throw AnthropicRules.Bad($"messages.{i}.content: Field required");
        var blocks = new List<JsonObject>();
        if (message["content"].Str() is { } text)
        {
            if (text.Length == 0 && !(last && role == "assistant"))
                throw AnthropicRules.Bad($"messages.{i}: {(role == "user" ? "user messages must have non-empty content" : "all messages must have non-empty content except for the optional final assistant message")}");
            blocks.Add(new JsonObject { ["type"] = "text", ["text"] = text });
            return blocks;
        }

        var content = message["content"] as JsonArray ?? throw AnthropicRules.Bad($"messages.{i}.content: Input should be a valid list");
        if (content.Count == 0 && !(last && role == "assistant"))
            throw AnthropicRules.Bad($"messages.{i}: {(role == "user" ? "user messages must have non-empty content" : "all messages must have non-empty content except for the optional final assistant message")}");
        for (var b = 0; b < content.Count; b++)
        {
            var path = $"messages.{i}.content.{b}";
            var block = content[b] as JsonObject ?? throw AnthropicRules.Bad($"{path}: Input should be a valid dictionary or object to extract fields from");
            AnthropicBlockRules.Check(block, path, role, setting);
            blocks.Add(block);
        }

        return blocks;
    }

    private static void Pairing(List<(string Role, List<JsonObject> Blocks, int Index)> turns)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        HashSet<string> open = [];
        foreach (var (role, blocks, index) in turns)
        {
            var results = new HashSet<string>(StringComparer.Ordinal);
            if (role == "user")
            {
                var other = false;
                for (var b = 0; b < blocks.Count; b++)
                {
                    if (blocks[b]["type"].Str() != "tool_result")
                    {
                        other = true;
                        continue;
                    }

                    var id = blocks[b]["tool_use_id"].Str()!;
                    if (!open.Contains(id))
                        throw AnthropicRules.Bad($"messages.{index}.content.{b}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.");
                    if (!results.Add(id))
                        throw AnthropicRules.Bad($"messages.{index}.content.{b}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}");
                    if (other)
                        throw Unanswered(index - 1, [id]);
                }

                var missing = open.Where(id => !results.Contains(id)).ToList();
                if (missing.Count > 0)
                    throw Unanswered(index - 1, missing);
                open = [];
            }
            else
            {
                open = [];
                foreach (var block in blocks.Where(block => block["type"].Str() == "tool_use"))
                {
                    var id = block["id"].Str()!;
                    if (!all.Add(id))
                        throw AnthropicRules.Bad("messages: `tool_use` ids must be unique");
                    open.Add(id);
                }
            }
        }

        if (open.Count > 0)
            throw Unanswered(turns[^1].Index, open);
    }

    private static Refusal Unanswered(int index, IEnumerable<string> ids) => AnthropicRules.Bad(
        $"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {string.Join(", ", ids)}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.");

    private static void Ending(List<(string Role, List<JsonObject> Blocks, int Index)> turns, Setting setting)
    {
        var (role, blocks, _) = turns[^1];
        if (role == "assistant")
        {
            if (setting.Thinking is "enabled" or "adaptive" || NoPrefill(setting.Model))
                throw AnthropicRules.Bad("This model does not support assistant message prefill. The conversation must end with a user message.");
            if (blocks.Count > 0 && blocks[^1]["text"].Str() is { Length: > 0 } text && char.IsWhiteSpace(text[^1]))
                throw AnthropicRules.Bad("messages: final assistant content cannot end with trailing whitespace");
        }

        if (setting.Thinking != "enabled" || AnthropicMaker.TakesUnsigned(setting.Model) || turns.Count < 2 || !turns[^1].Blocks.Exists(block => block["type"].Str() == "tool_result"))
            return;
        var called = turns[^2];
        var first = called.Blocks.Count == 0 ? null : called.Blocks[0]["type"].Str();
        if (first is not ("thinking" or "redacted_thinking"))
        {
            throw AnthropicRules.Bad($"messages.{called.Index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `{first}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking");
        }
    }

    private static bool NoPrefill(string model) =>
        model.Contains("opus-4-6", StringComparison.Ordinal) || model.Contains("sonnet-4-6", StringComparison.Ordinal)
        || model.Contains("opus-4-7", StringComparison.Ordinal) || model.Contains("opus-5", StringComparison.Ordinal) || model.Contains("sonnet-5", StringComparison.Ordinal);
}
