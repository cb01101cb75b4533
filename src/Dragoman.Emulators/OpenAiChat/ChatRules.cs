using System.Text.Json.Nodes;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>The rules of a Chat Completions request as a whole, in OpenAI's wording.</summary>
internal static class ChatRules
{
    private static readonly HashSet<string> Members = new(StringComparer.Ordinal)
    {
        "model", "messages", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens",
        "metadata", "modalities", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort",
        "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice", "tools",
        "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
    };

    public static void Check(JsonObject body)
    {
        var model = OpenAiErrors.Model(body);
        var maker = ChatMaker.Find(model);
        foreach (var (name, _) in body)
        {
            if (!Members.Contains(name) && !(maker is not null && name == "thinking"))
                throw OpenAiErrors.Bad($"Unrecognized request argument supplied: {name}");
        }

        if (!body.ContainsKey("messages"))
            throw OpenAiErrors.Missing("messages");
        var messages = body["messages"] as JsonArray ?? throw OpenAiErrors.WrongType("messages", "an array of objects", body["messages"]);
        if (messages.Count == 0)
            throw OpenAiErrors.Bad("Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.", "messages", "empty_array");
        Sampling(body, model);
        Tools(body);
        ChatMessageRules.Check(messages, maker);
        maker?.Check(body, messages);
        Format(body, messages);
    }

    private static void Sampling(JsonObject body, string model)
    {
        OpenAiErrors.Number(body, "temperature", 0, 2);
        OpenAiErrors.Number(body, "top_p", 0, 1);
        OpenAiErrors.Number(body, "frequency_penalty", -2, 2);
        OpenAiErrors.Number(body, "presence_penalty", -2, 2);
        OpenAiErrors.Whole(body, "max_tokens", 1);
        OpenAiErrors.Whole(body, "max_completion_tokens", 1);
        OpenAiErrors.Whole(body, "n", 1);
        if (body["max_tokens"] is not null && body["max_completion_tokens"] is not null)
            throw OpenAiErrors.Bad("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", null, "invalid_parameter_combination");
        if (body["stream_options"] is not null && body["stream"].Bool() != true)
            throw OpenAiErrors.Bad("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        if (body["stop"] is JsonArray { Count: > 4 } stops)
            throw OpenAiErrors.Bad($"Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length {stops.Count} instead.", "stop", "array_above_max_length");
        if (OpenAiErrors.Reasons(model))
        {
            if (body["max_tokens"] is not null)
                throw OpenAiErrors.Bad("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter");
            foreach (var name in (ReadOnlySpan<string>)["stop", "logit_bias", "frequency_penalty", "presence_penalty"])
            {
                if (body[name] is { } value && value.Num() is not 0)
                    throw OpenAiErrors.Bad($"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter");
            }

            if (body["parallel_tool_calls"] is not null && model[0] == 'o')
                throw OpenAiErrors.Bad("Unsupported parameter: 'parallel_tool_calls' is not supported with this model.", "parallel_tool_calls", "unsupported_parameter");
            if (body["reasoning_effort"].Str() == "none")
                return;
            foreach (var name in (ReadOnlySpan<string>)["logprobs", "top_logprobs"])
            {
                if (body[name] is not null)
                    throw OpenAiErrors.Bad($"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter");
            }

            foreach (var name in (ReadOnlySpan<string>)["temperature", "top_p"])
            {
                if (body[name].Num() is { } number && Math.Abs(number - 1) > 1e-9)
                    throw OpenAiErrors.Bad($"Unsupported value: '{name}' does not support {body[name]!.ToJsonString()} with this model. Only the default (1) value is supported.", name, "unsupported_value");
            }

            if (body["reasoning_effort"] is { } effort && effort.Str() is not ("minimal" or "low" or "medium" or "high" or "xhigh"))
                throw OpenAiErrors.WrongValue("reasoning_effort", effort.Str(), "none", "minimal", "low", "medium", "high", "xhigh");
        }
        else if (body["reasoning_effort"] is not null)
        {
            throw OpenAiErrors.Bad("Unrecognized request argument supplied: reasoning_effort");
        }
    }

    private static void Tools(JsonObject body)
    {
        var tools = body["tools"] switch
        {
            null => null,
            JsonArray { Count: 0 } => throw OpenAiErrors.Bad("Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.", "tools", "empty_array"),
            JsonArray list => list,
            var other => throw OpenAiErrors.WrongType("tools", "an array of objects", other),
        };
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < tools?.Count; i++)
        {
            var tool = tools[i] as JsonObject ?? throw OpenAiErrors.WrongType($"tools[{i}]", "an object", tools[i]);
            switch (OpenAiErrors.Text(tool, "type", $"tools[{i}].type"))
            {
                case "function":
                    OpenAiErrors.Closed(tool, $"tools[{i}]", "type", "function");
                    var function = tool["function"] as JsonObject ?? throw OpenAiErrors.Missing($"tools[{i}].function");
                    OpenAiErrors.Closed(function, $"tools[{i}].function", "name", "description", "parameters", "strict");
                    OpenAiSchemaRules.Name(function["name"], $"tools[{i}].function.name");
                    names.Add(function["name"].Str()!);
                    OpenAiSchemaRules.Function(function["name"].Str()!, function["parameters"], function["strict"].Bool() == true, $"tools[{i}].function.parameters");
                    break;
                case "custom":
                    var custom = tool["custom"] as JsonObject ?? throw OpenAiErrors.Missing($"tools[{i}].custom");
                    OpenAiSchemaRules.Name(custom["name"], $"tools[{i}].custom.name");
                    names.Add(custom["name"].Str()!);
                    break;
                case var type:
                    throw OpenAiErrors.WrongValue($"tools[{i}].type", type, "function", "custom");
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["tool_choice", "parallel_tool_calls"])
        {
            if (body[name] is not null && tools is null)
                throw OpenAiErrors.Bad($"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified.", name);
        }

        if (body["tool_choice"] is JsonObject choice)
        {
            var chosen = (choice["function"] ?? choice["custom"])?["name"].Str();
            if (choice["type"].Str() is "function" or "custom" && (chosen is null || !names.Contains(chosen)))
                throw OpenAiErrors.Bad($"Tool choice '{chosen}' not found in 'tools' parameter.", "tool_choice");
        }
        else if (body["tool_choice"] is { } word && word.Str() is not ("none" or "auto" or "required"))
        {
            throw OpenAiErrors.WrongValue("tool_choice", word.Str(), "none", "auto", "required");
        }
    }

    private static void Format(JsonObject body, JsonArray messages)
    {
        if (body["response_format"] is not { } node)
            return;
        var format = node as JsonObject ?? throw OpenAiErrors.WrongType("response_format", "an object", node);
        switch (format["type"].Str())
        {
            case "text":
                break;
            case "json_object":
                if (!JsonExtensions.Text(messages).Contains("json", StringComparison.OrdinalIgnoreCase))
                    throw OpenAiErrors.Bad("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages");
                break;
            case "json_schema":
                var schema = format["json_schema"] as JsonObject ?? throw OpenAiErrors.Missing("response_format.json_schema");
                OpenAiErrors.Closed(schema, "response_format.json_schema", "name", "description", "schema", "strict");
                OpenAiSchemaRules.Name(schema["name"], "response_format.json_schema.name");
                OpenAiSchemaRules.Format(schema["name"].Str()!, schema["schema"], schema["strict"].Bool() == true, "response_format");
                break;
            case var type:
                throw OpenAiErrors.WrongValue("response_format.type", type, "json_object", "json_schema", "text");
        }
    }
}
