using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Bedrock;

/// <summary>The rules of a Converse request, in Bedrock's wording.</summary>
internal static partial class ConverseRules
{
    private static readonly HashSet<string> Members = new(StringComparer.Ordinal)
    {
        "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields", "promptVariables",
        "additionalModelResponseFieldPaths", "requestMetadata", "performanceConfig", "serviceTier", "outputConfig",
    };

    public static Refusal Bad(string message) => new(400, message);

    public static void Check(JsonObject body, string model, SignatureIssuer seal)
    {
        foreach (var (name, _) in body)
        {
            if (!Members.Contains(name))
                throw Bad($"The model returned the following errors: {name}: Extra inputs are not permitted");
        }

        Inference(body["inferenceConfig"]);
        var points = 0;
        foreach (var block in body["system"].Arr())
        {
            points += Point(block);
            if (block?["text"] is { } text && string.IsNullOrWhiteSpace(text.Str()))
                throw Bad("The text field in the SystemContentBlock object is blank. Add text to the text field, and try again.");
        }

        points += Tools(body["toolConfig"]);
        ConverseModelRules.Check(body, model);
        Output(body["outputConfig"], model);
        var messages = body["messages"].Arr();
        if (messages.Count == 0)
            throw Bad("A conversation must have at least one message. Try again with a conversation that has at least one message.");
        points += ConverseMessageRules.Check(messages, seal, body["toolConfig"] is not null);
        if (points > 4)
            throw Bad($"You have exceeded the maximum number of cache points. The maximum is 4, and the request has {points}.");
        if (points > 0 && !Caches().IsMatch(model))
            throw new Refusal(403, "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.", type: "AccessDeniedException");
        Additional(body, model);
    }

    public static int Point(JsonNode? block)
    {
        if (block?["cachePoint"] is not JsonObject point)
            return 0;
        if (block.AsObject().Count > 1)
            throw Bad("The content block must have exactly one member set.");
        return point["type"].Str() == "default" ? 1 : throw Bad("1 validation error detected: Value at 'cachePoint.type' failed to satisfy constraint: Member must satisfy enum value set: [default]");
    }

    private static void Inference(JsonNode? config)
    {
        if (config is not JsonObject value)
            return;
        foreach (var (name, _) in value)
        {
            if (name is not ("maxTokens" or "temperature" or "topP" or "stopSequences"))
                throw Bad($"Unknown field '{name}' in inferenceConfig");
        }

        if (value["maxTokens"] is { } most && most.Int() is not >= 1)
            throw Bad($"1 validation error detected: Value '{JsonExtensions.Text(most)}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1");
        foreach (var name in (ReadOnlySpan<string>)["temperature", "topP"])
        {
            if (value[name] is { } number && number.Num() is not (>= 0 and <= 1))
                throw Bad($"1 validation error detected: Value '{JsonExtensions.Text(number)}' at 'inferenceConfig.{name}' failed to satisfy constraint: Member must have value less than or equal to 1");
        }

        if (value["stopSequences"].Arr().Any(stop => string.IsNullOrEmpty(stop.Str())))
            throw Bad("1 validation error detected: Value at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length greater than or equal to 1");
    }

    private static int Tools(JsonNode? node)
    {
        if (node is not JsonObject config)
            return 0;
        if (config["tools"].Arr() is not { Count: > 0 } tools)
            throw Bad("1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1");
        var points = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < tools.Count; i++)
        {
            points += Point(tools[i]);
            if (tools[i]?["toolSpec"] is not JsonObject spec)
                continue;
            var name = spec["name"].Str() ?? "";
            var path = $"toolConfig.tools.{i + 1}.member.toolSpec";
            if (!ToolName().IsMatch(name))
                throw Bad($"1 validation error detected: Value '{name}' at '{path}.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+");
            if (!names.Add(name))
                throw Bad($"The tool configuration contains duplicate tool names: {name}.");
            if (spec["description"] is { } description && string.IsNullOrEmpty(description.Str()))
                throw Bad($"1 validation error detected: Value '' at '{path}.description' failed to satisfy constraint: Member must have length greater than or equal to 1");
            if (spec["inputSchema"]?["json"] is not JsonObject schema)
                throw Bad($"1 validation error detected: Value null at '{path}.inputSchema' failed to satisfy constraint: Member must not be null");
            if (schema["type"].Str() != "object")
                throw Bad($"The value at toolConfig.tools.{i}.toolSpec.inputSchema.json.type must be one of the following: object.");
            if (schema.ContainsKey("oneOf") || schema.ContainsKey("allOf") || schema.ContainsKey("anyOf"))
                throw Bad($"The model returned the following errors: tools.{i}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level");
            if (spec["strict"].Bool() == true)
                AnthropicSchemaRules.Check(schema, $"The model returned the following errors: tools.{i}.custom.input_schema");
        }

        if (config["toolChoice"] is JsonObject choice)
        {
            if (choice.Count != 1 || !(choice.ContainsKey("auto") || choice.ContainsKey("any") || choice.ContainsKey("tool")))
                throw Bad("The toolChoice field must have exactly one of auto, any or tool set.");
            if (choice["tool"]?["name"].Str() is { } chosen && !names.Contains(chosen))
                throw Bad($"The toolChoice field specifies the tool {chosen}, which is not in the tool configuration.");
        }

        return points;
    }

    private static void Output(JsonNode? config, string model)
    {
        if (config?["textFormat"] is not JsonObject format)
            return;
        if (format["type"].Str() != "json_schema")
            throw Bad("1 validation error detected: Value at 'outputConfig.textFormat.type' failed to satisfy constraint: Member must satisfy enum value set: [json_schema]");
        if (model.Contains("nova", StringComparison.Ordinal) || model.Contains("claude-3", StringComparison.Ordinal))
            throw Bad("This model doesn't support structured output.");
        var text = format["structure"]?["jsonSchema"]?["schema"].Str() ?? throw Bad("1 validation error detected: Value null at 'outputConfig.textFormat.structure.jsonSchema.schema' failed to satisfy constraint: Member must not be null");
        if (JsonNode.Parse(text) is not JsonObject schema)
            throw Bad("The value at outputConfig.textFormat.structure.jsonSchema.schema is not a JSON Schema.");
        AnthropicSchemaRules.Check(schema, "The model returned the following errors: output_config.format.schema");
    }

    private static void Additional(JsonObject body, string model)
    {
        if (body["additionalModelRequestFields"] is not JsonObject fields || !model.Contains("anthropic.", StringComparison.Ordinal))
            return;
        var betas = fields["anthropic_beta"].Arr().Select(flag => flag.Str() ?? "").ToList();
        if (betas.Exists(flag => !BedrockApi.KnownBetas.Contains(flag)))
            throw Bad("The model returned the following errors: invalid beta flag");
        if (fields.ContainsKey("context_management") && !betas.Exists(flag => flag.StartsWith("context-management-", StringComparison.Ordinal)))
            throw Bad("The model returned the following errors: context_management: Extra inputs are not permitted");
        if (fields["thinking"] is not JsonObject thinking || thinking["type"].Str() != "enabled")
            return;
        var budget = thinking["budget_tokens"].Int() ?? throw Bad("The model returned the following errors: thinking.enabled.budget_tokens: Field required");
        if (budget < 1024)
            throw Bad("The model returned the following errors: thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
        if (body["inferenceConfig"]?["maxTokens"].Int() is { } most && budget >= most)
            throw Bad("The model returned the following errors: `max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size");
        if (body["inferenceConfig"]?["temperature"].Num() is { } temperature && Math.Abs(temperature - 1) > 1e-9)
            throw Bad("The model returned the following errors: `temperature` may only be set to 1 when thinking is enabled. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#important-considerations-when-using-extended-thinking");
        if (body["toolConfig"]?["toolChoice"] is JsonObject choice && !choice.ContainsKey("auto"))
            throw Bad("The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.");
        var messages = body["messages"].Arr();
        if (messages.Count > 1 && messages[^1]!["content"].Arr().Any(block => block?["toolResult"] is not null) && messages[^2]!["content"].Arr()[0]?["reasoningContent"] is null)
            throw Bad($"The model returned the following errors: messages.{messages.Count - 2}.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).");
    }

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, 10_000)]
    private static partial Regex ToolName();

    [GeneratedRegex(@"anthropic\.claude-(?!v2|instant)|amazon\.nova", RegexOptions.None, 10_000)]
    private static partial Regex Caches();
}
