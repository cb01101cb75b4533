using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.Anthropic;

/// <summary>
/// What makers of other thinking models demand behind Anthropic's protocol: turns with calls bring their thinking, with or without words and
/// signature, while the model thinks (DeepSeek's guides "Anthropic API" and "Thinking Mode"; Kimi For Coding answers in its Chat interface's words).
/// </summary>
internal static class AnthropicMaker
{
    /// <summary>Whether the model is one whose own thinking carries no signature that is checked.</summary>
    public static bool TakesUnsigned(string model) => ChatMaker.Find(model) is not null;

    /// <summary>Refuses what the maker refuses.</summary>
    public static void Check(JsonObject body, JsonArray messages, string model)
    {
        if (ChatMaker.Find(model) is not { } maker || !maker.Thinks(body)) return;
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i]!["content"] is not JsonArray content || !content.Any(static block => block?["type"].Str() == "tool_use")) continue;
            var thought = content.FirstOrDefault(static block => block?["type"].Str() == "thinking")?["thinking"].Str();
            if (maker.IsDeepSeek && thought is null) throw AnthropicRules.Bad("The `content[].thinking` in the thinking mode must be passed back to the API.");
            if (!maker.IsDeepSeek && string.IsNullOrEmpty(thought)) throw AnthropicRules.Bad($"thinking is enabled but reasoning_content is missing in assistant tool call message at index {i}");
        }
    }
}
