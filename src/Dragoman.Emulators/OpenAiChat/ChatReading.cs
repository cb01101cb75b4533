using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>What the mind needs of a Chat Completions request that passed the rules.</summary>
internal static class ChatReading
{
    public static UserPrompt Read(JsonObject body)
    {
        var model = body["model"].Str()!;
        var question = new UserPrompt { Model = model };
        question.Reasoning = OpenAiErrors.Reasons(model) && body["reasoning_effort"].Str() is not ("none" or "minimal" or null);
        question.MaxTokens = body["max_completion_tokens"].Int() ?? body["max_tokens"].Int();
        question.WantsJson = body["response_format"]?["type"].Str() == "json_object";
        question.OutputSchema = body["response_format"]?["json_schema"]?["schema"];
        if (body["stop"].Str() is { } stop)
            question.Stops.Add(stop);
        question.Stops.AddRange(body["stop"].Arr().Select(item => item.Str()!));
        var choice = body["tool_choice"];
        question.ToolsForbidden = choice.Str() == "none";
        question.ForcedTool = choice is JsonObject ? (choice["function"] ?? choice["custom"])?["name"].Str() : null;
        question.ToolsRequired = choice.Str() == "required";
        question.Parallel = body["parallel_tool_calls"].Bool() != false;
        foreach (var tool in body["tools"].Arr())
        {
            question.Prompt.Add(new PromptSegment(JsonExtensions.Text(tool)));
            question.Tools.Add(tool!["function"] is { } function
                ? new ToolOffer(function["name"].Str()!, ToolKind.Function, function["parameters"])
                : new ToolOffer(tool["custom"]!["name"].Str()!, ToolKind.Custom));
        }

        if (body["web_search_options"] is not null)
            question.Tools.Add(new ToolOffer("web_search", ToolKind.WebSearch));
        var messages = body["messages"].Arr();
        foreach (var message in messages)
            question.Prompt.Add(new PromptSegment(message!["role"].Str() + (message["content"].Str() ?? JsonExtensions.Text(message["content"])) + (message["tool_calls"] is { } calls ? JsonExtensions.Text(calls) : "")));
        Conversation(messages, question);
        return question;
    }

    private static void Conversation(JsonArray messages, UserPrompt question)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var call in messages.SelectMany(message => message!["tool_calls"].Arr()))
            names[call!["id"].Str()!] = (call["function"] ?? call["custom"])!["name"].Str()!;
        var last = true;
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            var message = messages[i]!;
            switch (message["role"].Str())
            {
                case "assistant":
                    last = false;
                    question.Rounds += message["tool_calls"] is null ? 0 : 1;
                    break;
                case "tool" when last:
                    question.Outcomes.Insert(0, new ToolOutcome(names[message["tool_call_id"].Str()!], Text(message["content"])));
                    break;
                case "user":
                    if (last)
                        question.Attachments.InsertRange(0, message["content"].Arr().Select(Shown).OfType<Attachment>());
                    // Pictures that a tool returned travel in a user message behind the results, for lack of a better place, and agents' reminders stand there.
                    var behindResults = i > 0 && messages[i - 1]!["role"].Str() == "tool";
                    if (!behindResults && (question.Outcomes.Count > 0 || PromptCommands.Read(Text(message["content"])).Text.Length > 0))
                    {
                        question.UserText = Text(message["content"]);
                        return;
                    }

                    break;
            }
        }
    }

    private static string Text(JsonNode? content) =>
        content.Str() ?? string.Join('\n', content.Arr().Select(part => part!["text"].Str()).Where(text => text is not null));

    private static Attachment? Shown(JsonNode? part) => part!["type"].Str() switch
    {
        "image_url" => OpenAiErrors.Image(part["image_url"]!["url"].Str()!, ""),
        "file" when part["file"]!["file_data"].Str() is { } data => OpenAiErrors.File(data, ""),
        "file" => new Attachment("a file", null, part["file"]!["file_id"].Str()),
        "input_audio" => new Attachment("audio/" + part["input_audio"]!["format"].Str(), JsonExtensions.Base64(part["input_audio"]!["data"].Str()!)),
        _ => null,
    };
}
