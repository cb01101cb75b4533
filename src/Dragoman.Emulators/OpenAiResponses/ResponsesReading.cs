using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Json;
using Dragoman.Emulators.OpenAiChat;

namespace Dragoman.Emulators.OpenAiResponses;

/// <summary>What the mind needs of a Responses request that passed the rules.</summary>
internal static class ResponsesReading
{
    public static UserPrompt Read(JsonObject body, JsonArray items)
    {
        var question = new UserPrompt { Model = body["model"].Str()! };
        question.Reasoning = OpenAiErrors.Reasons(question.Model) && body["reasoning"] is JsonObject reasoning && reasoning["effort"].Str() is not ("none" or "minimal");
        question.MaxTokens = body["max_output_tokens"].Int();
        question.OutputSchema = body["text"]?["format"]?["schema"];
        question.WantsJson = body["text"]?["format"]?["type"].Str() == "json_object";
        question.Parallel = body["parallel_tool_calls"].Bool() != false;
        var choice = body["tool_choice"];
        question.ToolsForbidden = choice.Str() == "none";
        question.ToolsRequired = choice.Str() == "required";
        question.ForcedTool = choice is JsonObject ? choice["name"].Str() ?? choice["type"].Str() : null;
        foreach (var tool in body["tools"].Arr().Concat(items.Where(item => item!["type"].Str() == "additional_tools").SelectMany(item => item!["tools"].Arr())))
        {
            question.Prompt.Add(new PromptSegment(JsonExtensions.Text(tool)));
            question.Tools.AddRange(Offers(tool!));
        }

        question.Prompt.Insert(0, new PromptSegment(body["instructions"].Str() ?? ""));
        foreach (var item in items)
        {
            var text = item!["content"].Str() ?? (item["role"] is not null ? string.Concat(item["content"].Arr().Select(part => part!["text"].Str() ?? JsonExtensions.Text(part))) : JsonExtensions.Text(item));
            question.Prompt.Add(new PromptSegment(item["role"].Str() + text));
        }

        Conversation(items, question);
        return question;
    }

    private static IEnumerable<ToolOffer> Offers(JsonNode tool)
    {
        var type = tool["type"].Str()!;
        return type switch
        {
            "function" => [new ToolOffer(tool["name"].Str()!, ToolKind.Function, tool["parameters"])],
            "custom" => [new ToolOffer(tool["name"].Str()!, ToolKind.Custom)],
            "local_shell" => [new ToolOffer(type, ToolKind.LocalShell)],
            "shell" => [new ToolOffer(type, ToolKind.Shell)],
            "apply_patch" => [new ToolOffer(type, ToolKind.ApplyPatch)],
            "namespace" => tool["tools"].Arr().SelectMany(inner => Offers(inner!)),
            _ when type.StartsWith("web_search", StringComparison.Ordinal) => [new ToolOffer(type, ToolKind.WebSearch)],
            _ => [],
        };
    }

    private static void Conversation(JsonArray items, UserPrompt question)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item!["call_id"].Str() is { } id && item["type"].Str() is { } type && !type.EndsWith("_output", StringComparison.Ordinal))
                names[id] = item["name"].Str() ?? type.Replace("_call", "", StringComparison.Ordinal);
        }

        bool last = true, inCalls = false;
        for (var i = items.Count - 1; i >= 0; i--)
        {
            var item = items[i]!;
            var type = item["type"].Str() ?? "message";
            if (type.EndsWith("_output", StringComparison.Ordinal))
            {
                inCalls = false;
                if (last)
                {
                    question.Outcomes.Insert(0, new ToolOutcome(names.GetValueOrDefault(item["call_id"].Str() ?? "", "tool"), Text(item["output"])));
                    question.Attachments.AddRange(item["output"].Arr().Select(Shown).OfType<Attachment>());
                }
            }
            else if (type.EndsWith("_call", StringComparison.Ordinal) && type != "web_search_call")
            {
                last = false;
                question.Rounds += inCalls ? 0 : 1;
                inCalls = true;
            }
            else if (type == "message" && item["role"].Str() == "user")
            {
                inCalls = false;
                if (last)
                    question.Attachments.InsertRange(0, item["content"].Arr().Select(Shown).OfType<Attachment>());
                // Agents add reminders behind results ("Tool loaded."): those are not the user speaking.
                var behindResults = i > 0 && items[i - 1]!["type"].Str()?.EndsWith("_output", StringComparison.Ordinal) == true;
                if (!behindResults && PromptCommands.Read(Text(item["content"])).Text.Length > 0)
                {
                    question.UserText = Text(item["content"]);
                    return;
                }
            }
            else if (type == "reasoning" || item["role"].Str() == "assistant")
            {
                last = false;
            }
        }
    }

    private static string Text(JsonNode? content) =>
        content.Str() ?? string.Join('\n', content.Arr().Select(part => part!["text"].Str() ?? part["stdout"].Str()).Where(text => text is not null));

    private static Attachment? Shown(JsonNode? part) => part!["type"].Str() switch
    {
        "input_image" when part["image_url"].Str() is { } url => OpenAiErrors.Image(url, ""),
        "input_file" when part["file_data"].Str() is { } data => OpenAiErrors.File(data, ""),
        "input_image" or "input_file" => new Attachment("a file", null, (part["file_id"] ?? part["file_url"]).Str()),
        _ => null,
    };
}
