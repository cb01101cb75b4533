using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Bedrock;

/// <summary>
/// What single Claude models refuse behind Converse: the newest take neither an answer's schema nor strict tools there ("Extra inputs are not
/// permitted": github.com/vercel/ai issues 18199 and 17919, live calls), and those that always think take no forced call.
/// </summary>
internal static partial class ConverseModelRules
{
    public static void Check(JsonObject body, string model)
    {
        if (NoSchema().IsMatch(model))
        {
            if (body["outputConfig"]?["textFormat"] is not null)
                throw ConverseRules.Bad("The model returned the following errors: output_config.format: Extra inputs are not permitted");
            var tools = body["toolConfig"]?["tools"].Arr() ?? [];
            for (var i = 0; i < tools.Count; i++)
            {
                if (tools[i]?["toolSpec"]?["strict"] is not null)
                    throw ConverseRules.Bad($"The model returned the following errors: tools.{i}.custom.strict: Extra inputs are not permitted");
            }
        }

        if (AnthropicModelRules.AlwaysThinks(model) && body["toolConfig"]?["toolChoice"] is JsonObject choice && (choice.ContainsKey("any") || choice.ContainsKey("tool")))
            throw ConverseRules.Bad("The model returned the following errors: tool_choice: forced tool use is not supported for this model.");
    }

    [GeneratedRegex("claude-(opus-4[-.][78]|opus-5|fable|mythos|sonnet-5[-.]5|haiku-5[-.]5)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex NoSchema();
}
