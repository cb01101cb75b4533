using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>
/// What makers of thinking models demand of a conversation beyond OpenAI's rules, in their wording: DeepSeek ("Thinking Mode" of its API guide) and
/// Moonshot ("Use the Kimi K2 Thinking model").
/// </summary>
internal sealed class ChatMaker
{
    private readonly string _model;
    private readonly bool _deepSeek;

    private ChatMaker(string model, bool deepSeek)
    {
        _model = model;
        _deepSeek = deepSeek;
    }

    /// <summary>The maker that a model's name tells; null where OpenAI's rules are all.</summary>
    public static ChatMaker? Of(string model) => model switch
    {
        _ when model.StartsWith("deepseek", StringComparison.Ordinal) => new ChatMaker(model, deepSeek: true),
        _ when model.StartsWith("kimi", StringComparison.Ordinal) => new ChatMaker(model, deepSeek: false),
        _ => null,
    };

    /// <summary>Refuses what the maker refuses.</summary>
    public void Check(JsonObject body, JsonArray messages)
    {
        var thinks = body["thinking"]?["type"].Str() switch
        {
            "enabled" => true,
            "disabled" => false,
            _ => !_deepSeek || _model.Contains("reasoner", StringComparison.Ordinal) || _model.Contains("-v4", StringComparison.Ordinal),
        };
        for (var i = 0; i < messages.Count; i++)
        {
            var message = messages[i]!.AsObject();
            if (_deepSeek && message["role"].Str() == "tool" && message["content"] is JsonArray)
                throw OpenAiErrors.Bad($"Failed to deserialize the JSON body into the target type: messages[{i}]: invalid type: sequence, expected a string");
            if (!thinks || message["tool_calls"] is not JsonArray) continue;
            var reasoning = message["reasoning_content"].Str();
            if (_deepSeek && reasoning is null)
                throw OpenAiErrors.Bad("The `reasoning_content` in the thinking mode must be passed back to the API.");
            if (!_deepSeek && string.IsNullOrEmpty(reasoning))
                throw OpenAiErrors.Bad($"thinking is enabled but reasoning_content is missing in assistant tool call message at index {i}");
        }
    }
}
