using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>
/// What makers of thinking models demand of a conversation beyond OpenAI's rules, in their wording: DeepSeek ("Thinking Mode" of its API guide) and
/// Moonshot ("Use the Kimi K2 Thinking model").
/// </summary>
internal sealed class ChatMaker
{
    private readonly string _model;
    private ChatMaker(string model, bool deepSeek)
    {
        _model = model;
        IsDeepSeek = deepSeek;
    }

    /// <summary>Whether it is DeepSeek; else it is Moonshot.</summary>
    public bool IsDeepSeek { get; }

    /// <summary>The maker that a model's name tells; null where OpenAI's rules are all.</summary>
    public static ChatMaker? Find(string model) => model switch
    {
        _ when model.StartsWith("deepseek", StringComparison.Ordinal) => new ChatMaker(model, deepSeek: true),
        _ when model.StartsWith("kimi", StringComparison.Ordinal) => new ChatMaker(model, deepSeek: false),
        _ => null,
    };

    /// <summary>Whether the model thinks: as it is told to, or of its own accord.</summary>
    public bool Thinks(JsonObject body) => body["thinking"]?["type"].Str() switch
    {
        "enabled" or "adaptive" => true,
        "disabled" => false,
        _ => !IsDeepSeek || _model.Contains("reasoner", StringComparison.Ordinal) || _model.Contains("-v4", StringComparison.Ordinal),
    };

    /// <summary>Refuses what the maker refuses.</summary>
    public void Check(JsonObject body, JsonArray messages)
    {
        var thinks = Thinks(body);
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i]!.AsObject();
            if (IsDeepSeek && message["role"].Str() == "tool" && message["content"] is JsonArray)
                throw OpenAiErrors.Bad($"Failed to deserialize the JSON body into the target type: messages[{i}]: invalid type: sequence, expected a string");
            if (!thinks || message["tool_calls"] is not JsonArray) continue;
            var reasoning = message["reasoning_content"].Str();
            if (IsDeepSeek && reasoning is null)
                throw OpenAiErrors.Bad("The `reasoning_content` in the thinking mode must be passed back to the API.");
            if (!IsDeepSeek && string.IsNullOrEmpty(reasoning))
                throw OpenAiErrors.Bad($"thinking is enabled but reasoning_content is missing in assistant tool call message at index {i}");
        }
    }
}
