using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>
/// What single models refuse: those that always think take no other thinking and no forced call (platform.claude.com, "What's new in Claude
/// Opus 5.5" and "… Sonnet 5.5", breaking changes).
/// </summary>
internal static partial class AnthropicModelRules
{
    /// <summary>Whether a model thinks whatever it is told.</summary>
    public static bool AlwaysThinks(string model) => Sonnet().IsMatch(model) || Always().IsMatch(model);

    public static void Check(JsonObject body, string model)
    {
        var type = body["thinking"] is JsonObject thinking ? thinking["type"].Str() : null;
        var sonnet = Sonnet().IsMatch(model);
        if (type == "between_tools")
        {
            if (!sonnet) throw AnthropicRules.Bad("thinking: Input tag 'between_tools' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'");
            if (body["output_config"] is JsonObject config && config["effort"].Str() is "xhigh" or "max") throw AnthropicRules.Bad("thinking.type.between_tools is not supported at this effort.");
        }

        if (!sonnet && !Always().IsMatch(model)) return;
        if (type == "disabled" && sonnet) throw AnthropicRules.Bad("\"thinking.type.disabled\" is not supported for this model. Use \"thinking.type.between_tools\".");
        if (type is "disabled" or "enabled")
            throw AnthropicRules.Bad($"\"thinking.type.{type}\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.");
        if (body["tool_choice"] is JsonObject choice && choice["type"].Str() is "any" or "tool") throw AnthropicRules.Bad("tool_choice: forced tool use is not supported for this model.");
    }

    [GeneratedRegex("claude-sonnet-5[-.]5", RegexOptions.None, 10_000)]
    private static partial Regex Sonnet();

    [GeneratedRegex("claude-(fable-5|mythos-5|opus-5[-.]5)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Always();
}
