using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.OpenAiResponses;

/// <summary>The rules of a Responses request, its items excepted.</summary>
internal static class ResponsesRules
{
    private static readonly HashSet<string> Members = new(StringComparer.Ordinal)
    {
        "model", "input", "instructions", "previous_response_id", "conversation", "store", "stream", "background", "include", "max_output_tokens", "max_tool_calls",
        "metadata", "parallel_tool_calls", "prompt", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "reasoning", "safety_identifier", "user",
        "service_tier", "stream_options", "temperature", "top_p", "text", "tool_choice", "tools", "top_logprobs", "truncation", "context_management", "moderation", "client_metadata",
    };

    private static readonly string[] Includes =
    [
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url",
        "computer_call_output.output.image_url", "code_interpreter_call.outputs", "reasoning.encrypted_content", "message.output_text.logprobs",
    ];

    private static readonly string[] Hosted =
    [
        "file_search", "code_interpreter", "image_generation", "local_shell", "shell", "apply_patch", "mcp", "computer_use_preview", "namespace", "tool_search",
    ];

    public static void Check(JsonObject body)
    {
        foreach (var (name, _) in body)
        {
            if (name == "max_tokens")
                throw OpenAiErrors.Bad("Unsupported parameter: 'max_tokens'. In the Responses API, this parameter has moved to 'max_output_tokens'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.", "max_tokens", "unsupported_parameter");
            if (name == "response_format")
                throw OpenAiErrors.Bad("Unsupported parameter: 'response_format'. In the Responses API, this parameter has moved to 'text.format'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.", "response_format", "unsupported_parameter");
            if (!Members.Contains(name))
                throw OpenAiErrors.Bad($"Unknown parameter: '{name}'.", name, "unknown_parameter");
        }

        if (!body.ContainsKey("model"))
            throw OpenAiErrors.Missing("model");
        var model = OpenAiErrors.Model(body);
        OpenAiErrors.Number(body, "temperature", 0, 2);
        OpenAiErrors.Number(body, "top_p", 0, 1);
        OpenAiErrors.Whole(body, "max_output_tokens", 16);
        if (body["instructions"] is { } instructions && instructions.Str() is null)
            throw OpenAiErrors.WrongType("instructions", "a string", instructions);
        if (body["stream_options"] is not null && body["stream"].Bool() != true)
            throw OpenAiErrors.Bad("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        if (body["previous_response_id"] is not null && body["conversation"] is not null)
            throw OpenAiErrors.Bad("Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one of them.", null, "mutually_exclusive_parameters");
        var includes = body["include"].Arr();
        for (var i = 0; i < includes.Count; i++)
        {
            if (!Includes.Contains(includes[i].Str()))
                throw OpenAiErrors.WrongValue($"include[{i}]", includes[i].Str(), Includes);
        }

        Reasoning(body, model);
        Text(body["text"]);
        Tools(body);
    }

    private static void Reasoning(JsonObject body, string model)
    {
        if (OpenAiErrors.Reasons(model) && body["reasoning"]?["effort"].Str() != "none")
        {
            foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p"])
            {
                if (body[name].Num() is { } number && Math.Abs(number - 1) > 1e-9)
                    throw OpenAiErrors.Bad($"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter");
            }
        }

        if (body["reasoning"] is not { } node)
            return;
        var reasoning = node as JsonObject ?? throw OpenAiErrors.WrongType("reasoning", "an object", node);
        OpenAiErrors.Closed(reasoning, "reasoning", "effort", "summary", "generate_summary", "context", "mode");
        if (reasoning["effort"] is { } effort && effort.Str() is not ("none" or "minimal" or "low" or "medium" or "high" or "xhigh" or "max"))
            throw OpenAiErrors.WrongValue("reasoning.effort", effort.Str(), "none", "minimal", "low", "medium", "high", "xhigh");
        if (reasoning["summary"] is { } summary && summary.Str() is not ("auto" or "concise" or "detailed"))
            throw OpenAiErrors.WrongValue("reasoning.summary", summary.Str(), "concise", "detailed", "auto");
        if (!OpenAiErrors.Reasons(model) && reasoning["effort"] is not null)
            throw OpenAiErrors.Bad("Unsupported parameter: 'reasoning.effort' is not supported with this model.", "reasoning.effort", "unsupported_parameter");
    }

    private static void Text(JsonNode? node)
    {
        if (node is null)
            return;
        var text = node as JsonObject ?? throw OpenAiErrors.WrongType("text", "an object", node);
        OpenAiErrors.Closed(text, "text", "format", "verbosity");
        if (text["verbosity"] is { } verbosity && verbosity.Str() is not ("low" or "medium" or "high"))
            throw OpenAiErrors.WrongValue("text.verbosity", verbosity.Str(), "low", "medium", "high");
        if (text["format"] is not JsonObject format)
            return;
        switch (format["type"].Str())
        {
            case "text" or "json_object":
                break;
            case "json_schema":
                OpenAiErrors.Closed(format, "text.format", "type", "name", "schema", "strict", "description");
                OpenAiSchemaRules.Name(format["name"], "text.format.name");
                OpenAiSchemaRules.Format(format["name"].Str()!, format["schema"], format["strict"].Bool() == true, "text.format.schema");
                break;
            case var type:
                throw OpenAiErrors.WrongValue("text.format.type", type, "json_object", "json_schema", "text");
        }
    }

    private static void Tools(JsonObject body)
    {
        if (body["tools"] is { } node && node is not JsonArray)
            throw OpenAiErrors.WrongType("tools", "an array of objects", node);
        var tools = body["tools"].Arr();
        var names = new HashSet<string?>(StringComparer.Ordinal);
        for (var i = 0; i < tools.Count; i++)
        {
            var path = $"tools[{i}]";
            var tool = tools[i] as JsonObject ?? throw OpenAiErrors.WrongType(path, "an object", tools[i]);
            var type = OpenAiErrors.Text(tool, "type", $"{path}.type");
            switch (type)
            {
                case "function":
                    OpenAiSchemaRules.Name(tool["name"], $"{path}.name");
                    OpenAiErrors.Closed(tool, path, "type", "name", "description", "parameters", "strict", "defer_loading");
                    if (!tool.ContainsKey("parameters"))
                        throw OpenAiErrors.Missing($"{path}.parameters");
                    // Strict by default was announced but tools without it that do not fit are taken as not strict.
                    OpenAiSchemaRules.Function(tool["name"].Str()!, tool["parameters"], tool["strict"].Bool() == true, $"{path}.parameters");
                    names.Add(tool["name"].Str());
                    break;
                case "custom":
                    OpenAiSchemaRules.Name(tool["name"], $"{path}.name");
                    OpenAiErrors.Closed(tool, path, "type", "name", "description", "format", "defer_loading");
                    names.Add(tool["name"].Str());
                    break;
                default:
                    if (!type.StartsWith("web_search", StringComparison.Ordinal) && !Hosted.Contains(type))
                        throw OpenAiErrors.WrongValue($"{path}.type", type, ["function", "custom", "web_search", "web_search_preview", .. Hosted]);
                    break;
            }
        }

        switch (body["tool_choice"])
        {
            case null:
                break;
            case JsonObject choice:
                if (choice["type"].Str() is "function" or "custom" && !names.Contains(OpenAiErrors.Text(choice, "name", "tool_choice.name")))
                    throw OpenAiErrors.Bad($"Tool choice '{choice["type"].Str()}' not found in 'tools' parameter.", "tool_choice");
                break;
            case var word:
                if (word.Str() is not ("none" or "auto" or "required"))
                    throw OpenAiErrors.WrongValue("tool_choice", word.Str(), "none", "auto", "required");
                if (word.Str() == "required" && tools.Count == 0)
                    throw OpenAiErrors.Bad("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice");
                break;
        }
    }
}
