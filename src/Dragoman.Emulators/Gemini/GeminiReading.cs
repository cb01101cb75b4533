using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Gemini;

/// <summary>What the mind needs of a generateContent request that passed the rules (and so has its names in camel case).</summary>
internal static class GeminiReading
{
    public static UserPrompt Read(JsonObject body, string model)
    {
        var question = new UserPrompt { Model = model };
        var config = body["generationConfig"];
        var thinking = config?["thinkingConfig"];
        question.Reasoning = thinking?["includeThoughts"].Bool() == true && thinking["thinkingBudget"].Int() != 0;
        question.MaxTokens = config?["maxOutputTokens"].Int();
        question.OutputSchema = config?["responseSchema"] ?? config?["responseJsonSchema"] ?? config?["_responseJsonSchema"];
        question.WantsJson = config?["responseMimeType"].Str() == "application/json";
        question.Stops.AddRange(config?["stopSequences"].Arr().Select(stop => stop.Str()!) ?? []);
        var calling = body["toolConfig"]?["functionCallingConfig"];
        question.ToolsForbidden = calling?["mode"].Str() == "NONE";
        question.ToolsRequired = calling?["mode"].Str() == "ANY";
        question.ForcedTool = question.ToolsRequired && calling!["allowedFunctionNames"].Arr() is [var only] ? only.Str() : null;
        if (body["systemInstruction"] is { } system)
            question.Prompt.Add(new PromptSegment(JsonExtensions.Text(system)));
        foreach (var tool in body["tools"].Arr())
        {
            question.Prompt.Add(new PromptSegment(JsonExtensions.Text(tool)));
            if (tool!["googleSearch"] is not null || tool["googleSearchRetrieval"] is not null)
                question.Tools.Add(new ToolOffer("google_search", ToolKind.WebSearch));
            foreach (var function in tool["functionDeclarations"].Arr())
                question.Tools.Add(new ToolOffer(function!["name"].Str()!, ToolKind.Function, function["parametersJsonSchema"] ?? function["parameters"]));
        }

        var contents = body["contents"].Arr();
        foreach (var content in contents)
            question.Prompt.Add(new PromptSegment(content!["role"].Str() + string.Concat(content["parts"].Arr().Select(part => part!["text"].Str() ?? JsonExtensions.Text(part)))));
        Conversation(contents, question);
        return question;
    }

    private static void Conversation(JsonArray contents, UserPrompt question)
    {
        var last = true;
        for (var i = contents.Count - 1; i >= 0; i--)
        {
            var parts = contents[i]!["parts"].Arr();
            if (contents[i]!["role"].Str() == "model")
            {
                last = false;
                question.Rounds += parts.Any(part => part!["functionCall"] is not null) ? 1 : 0;
                continue;
            }

            var responses = parts.Select(part => part!["functionResponse"]).OfType<JsonNode>().ToList();
            if (last)
            {
                question.Outcomes.InsertRange(0, responses.Select(response => new ToolOutcome(response["name"].Str()!, Text(response["response"]!), response["response"]?["error"] is not null)));
                question.Attachments.InsertRange(0, parts.Concat(responses.SelectMany(response => response["parts"].Arr())).Select(Shown).OfType<Attachment>());
            }

            var text = string.Join('\n', parts.Select(part => part!["text"].Str()).Where(words => words is not null));
            if (responses.Count == 0 && PromptCommands.Read(text).Text.Length > 0)
            {
                question.UserText = text;
                return;
            }
        }
    }

    private static string Text(JsonNode response) =>
        response["output"].Str() ?? response["result"].Str() ?? response["content"].Str() ?? response["error"].Str() ?? JsonExtensions.Text(response);

    private static Attachment? Shown(JsonNode? part)
    {
        if ((part!["inlineData"] ?? part["inline_data"]) is { } inline)
            return new Attachment((inline["mimeType"] ?? inline["mime_type"]).Str()!, Convert.FromBase64String(inline["data"].Str()!.Replace('-', '+').Replace('_', '/')));
        return part["fileData"] is { } file ? new Attachment(file["mimeType"].Str() ?? "a file", null, file["fileUri"].Str()) : null;
    }
}
