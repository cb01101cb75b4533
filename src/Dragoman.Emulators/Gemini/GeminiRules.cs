using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Gemini;

/// <summary>The rules of a generateContent request as a whole, in Google's wording. Names may be in camel case or snake case.</summary>
internal static partial class GeminiRules
{
    private static readonly string[] Config =
    [
        "stopSequences", "responseMimeType", "responseSchema", "responseJsonSchema", "_responseJsonSchema", "responseModalities", "candidateCount", "maxOutputTokens",
        "temperature", "topP", "topK", "seed", "presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "enableEnhancedCivicAnswers",
        "speechConfig", "thinkingConfig", "imageConfig", "mediaResolution",
    ];

    public static Refusal Bad(string message, string? field = null) => new(400, message, field);

    public static void Check(JsonObject body, string model, SignatureIssuer seal)
    {
        Closed(body, "", "contents", "tools", "toolConfig", "safetySettings", "systemInstruction", "generationConfig", "cachedContent", "model", "labels", "store", "serviceTier");
        if (body["systemInstruction"] is { } system)
        {
            var value = Object(system, "system_instruction");
            Closed(value, "system_instruction", "role", "parts");
            GeminiContentRules.Parts(value, "system_instruction", seal);
        }

        var gemini3 = model.StartsWith("gemini-3", StringComparison.Ordinal);
        var functions = Tools(body, gemini3);
        GenerationConfig(body, model, gemini3, functions.Count > 0);
        if (body["contents"] is not JsonArray { Count: > 0 } contents)
            throw Bad("* GenerateContentRequest.contents: contents is not specified\n");
        GeminiContentRules.Check(contents, gemini3, seal);
    }

    /// <summary>Renames snake case to camel case in place, as Google's parser reads both, and refuses what it does not know.</summary>
    public static void Closed(JsonObject value, string path, params ReadOnlySpan<string> members)
    {
        foreach (var (name, node) in value.ToList())
        {
            var camel = name.StartsWith('_') ? name : SnakeStep().Replace(name, match => match.Value[1..].ToUpperInvariant());
            if (!members.Contains(camel))
            {
                var message = $"Invalid JSON payload received. Unknown name \"{name}\"{(path.Length == 0 ? "" : $" at '{path}'")}: Cannot find field.";
                throw Bad(message, path);
            }

            if (camel != name)
            {
                value.Remove(name);
                value[camel] = node?.DeepClone();
            }
        }
    }

    public static JsonObject Object(JsonNode? node, string path) =>
        node as JsonObject ?? throw Bad($"Invalid value at '{path}' (type.googleapis.com/google.ai.generativelanguage.v1beta), {JsonExtensions.Text(node)}", path);

    private static HashSet<string> Tools(JsonObject body, bool gemini3)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var tools = body["tools"].Arr();
        var hosted = false;
        for (var i = 0; i < tools.Count; i++)
        {
            var tool = Object(tools[i], $"tools[{i}]");
            Closed(tool, $"tools[{i}]", "functionDeclarations", "googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "computerUse", "fileSearch", "googleMaps", "mcpServers");
            hosted |= tool.Any(member => member.Key != "functionDeclarations");
            var declarations = tool["functionDeclarations"].Arr();
            for (var d = 0; d < declarations.Count; d++)
                Declaration(Object(declarations[d], $"tools[{i}].function_declarations[{d}]"), i, d, names);
        }

        if (hosted && names.Count > 0 && !gemini3)
            throw Bad("Tool use with function calling is unsupported");
        if (body["toolConfig"] is not { } node)
            return names;
        var config = Object(node, "tool_config");
        Closed(config, "tool_config", "functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations");
        if (config["functionCallingConfig"] is not JsonObject calling)
            return names;
        Closed(calling, "tool_config.function_calling_config", "mode", "allowedFunctionNames", "streamFunctionCallArguments");
        var mode = calling["mode"].Str() ?? "AUTO";
        if (mode is not ("AUTO" or "ANY" or "NONE" or "VALIDATED" or "MODE_UNSPECIFIED"))
            throw Bad($"Invalid value at 'tool_config.function_calling_config.mode' (type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode), \"{mode}\"", "tool_config.function_calling_config.mode");
        if (mode == "ANY" && names.Count == 0)
            throw Bad("Function calling config is set without function_declarations.");
        if (calling["allowedFunctionNames"].Arr() is { Count: > 0 } allowed)
        {
            if (mode is not ("ANY" or "VALIDATED"))
                throw Bad("Allowed function names should only be set when function calling mode is ANY or VALIDATED.");
            if (allowed.Select(name => name.Str()).FirstOrDefault(name => !names.Contains(name ?? "")) is { } unknown)
                throw Bad($"* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: {unknown} is not in function_declarations\n");
        }

        return names;
    }

    private static void Declaration(JsonObject function, int i, int d, HashSet<string> names)
    {
        var path = $"tools[{i}].function_declarations[{d}]";
        Closed(function, path, "name", "description", "behavior", "parameters", "parametersJsonSchema", "response", "responseJsonSchema");
        var name = function["name"].Str() ?? "";
        if (!NameForm().IsMatch(name))
            throw Bad($"* GenerateContentRequest.{path}.name: Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.\n");
        if (!names.Add(name))
            throw Bad($"Duplicate function declaration found: {name}");
        if (function["parameters"] is not null && function["parametersJsonSchema"] is not null)
            throw Bad($"* GenerateContentRequest.{path}: only one of parameters and parameters_json_schema may be set\n");
        if (function["parameters"] is { } parameters)
            GeminiSchemaRules.Check(Object(parameters, $"{path}.parameters"), $"{path}.parameters");
    }

    private static void GenerationConfig(JsonObject body, string model, bool gemini3, bool functions)
    {
        if (body["generationConfig"] is not { } node)
            return;
        var config = Object(node, "generation_config");
        Closed(config, "generation_config", Config);
        if (config["maxOutputTokens"] is { } most && most.Int() is not > 0)
            throw Bad("* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive\n");
        if (config["temperature"].Num() is < 0 or > 2)
            throw Bad("* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0]\n");
        if (config["topP"].Num() is < 0 or > 1)
            throw Bad("* GenerateContentRequest.generation_config.top_p: top_p must be in the range [0.0, 1.0]\n");
        if (config["stopSequences"].Arr().Count > 5)
            throw Bad("* GenerateContentRequest.generation_config.stop_sequences: the number of stop sequences must not exceed 5\n");
        if (!model.StartsWith("gemini-1", StringComparison.Ordinal) && !model.StartsWith("gemini-2.0", StringComparison.Ordinal)
            && (config["presencePenalty"].Num() is not (null or 0) || config["frequencyPenalty"].Num() is not (null or 0)))
            throw Bad($"Penalty is not enabled for models/{model}");
        var mime = config["responseMimeType"].Str() ?? "text/plain";
        if (mime is not ("text/plain" or "application/json" or "text/x.enum"))
            throw Bad($"* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n");
        if (mime == "text/plain" && (config["responseSchema"] ?? config["responseJsonSchema"]) is not null)
            throw Bad("* GenerateContentRequest.generation_config.response_schema: response_schema is only supported with response_mime_type set to `application/json` or `text/x.enum`\n");
        if (mime == "application/json" && functions && !gemini3)
            throw Bad("Function calling with a response mime type: 'application/json' is unsupported");
        if (mime == "application/json" && body["tools"].Arr().Count > 0 && !gemini3)
            throw Bad("Tool use with a response mime type: 'application/json' is unsupported");
        if (config["responseSchema"] is { } schema)
            GeminiSchemaRules.Check(Object(schema, "generation_config.response_schema"), "generation_config.response_schema");
        if (config["thinkingConfig"] is not { } thinkingNode)
            return;
        var thinking = Object(thinkingNode, "generation_config.thinking_config");
        Closed(thinking, "generation_config.thinking_config", "includeThoughts", "thinkingBudget", "thinkingLevel");
        if (thinking["thinkingBudget"] is not null && thinking["thinkingLevel"] is not null)
            throw Bad("You can only set only one of thinking budget and thinking level.");
        if (thinking["thinkingLevel"] is not null && !gemini3)
            throw Bad("Thinking level is not supported for this model.");
        if (thinking["thinkingLevel"] is { } level && level.Str()?.ToUpperInvariant() is not ("MINIMAL" or "LOW" or "MEDIUM" or "HIGH"))
            throw Bad($"Invalid value at 'generation_config.thinking_config.thinking_level' (type.googleapis.com/google.ai.generativelanguage.v1beta.ThinkingConfig.ThinkingLevel), {JsonExtensions.Text(level)}", "generation_config.thinking_config.thinking_level");
        if (thinking["thinkingBudget"].Int() is { } budget)
        {
            var pro = model.Contains("2.5-pro", StringComparison.Ordinal);
            if (pro && budget == 0)
                throw Bad("Budget 0 is invalid. This model only works in thinking mode.");
            // Claude models stand behind the same protocol at Antigravity.
            var largest = pro ? 32_768 : model.Contains("claude", StringComparison.Ordinal) ? 63_999 : 24_576;
            if (budget < -1 || (pro && budget is > 0 and < 128) || budget > largest)
                throw Bad($"The thinking budget {budget} is invalid. Please choose a value between {(pro ? 128 : 0)} and {largest}.");
        }
    }

    [GeneratedRegex("_[a-z]", RegexOptions.None, 10_000)]
    private static partial Regex SnakeStep();

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$", RegexOptions.None, 10_000)]
    private static partial Regex NameForm();
}
