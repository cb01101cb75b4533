using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Gemini;

/// <summary>The rules of contents: parts, function calls and their responses, thought signatures.</summary>
internal static class GeminiContentRules
{
    private static readonly string[] Data = ["text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult", "toolCall", "toolResponse"];
    private static readonly string[] Dummies = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

    public static void Check(JsonArray contents, bool gemini3, SignatureIssuer seal)
    {
        var turns = new List<(string Role, List<JsonObject> Parts, int Index)>();
        for (var i = 0; i < contents.Count; i++)
        {
            var content = GeminiRules.Object(contents[i], $"contents[{i}]");
            GeminiRules.Closed(content, $"contents[{i}]", "role", "parts");
            var role = content["role"].Str() ?? "user";
            if (role is not ("user" or "model" or "function"))
                throw GeminiRules.Bad("Please use a valid role: user, model.");
            var parts = Parts(content, $"contents[{i}]", seal);
            role = role == "model" ? role : "user";
            if (turns.Count > 0 && turns[^1].Role == role)
                turns[^1].Parts.AddRange(parts);
            else
                turns.Add((role, [.. parts], i));
        }

        Pairing(turns);
        if (gemini3)
            Signatures(turns);
    }

    public static List<JsonObject> Parts(JsonObject content, string path, SignatureIssuer seal)
    {
        if (content["parts"] is JsonObject only)
        {
            content.Remove("parts");
            content["parts"] = new JsonArray(only);
        }

        var parts = content["parts"].Arr();
        if (parts.Count == 0)
            throw GeminiRules.Bad($"* GenerateContentRequest.{path}.parts: contents.parts must not be empty.\n");
        var list = new List<JsonObject>();
        for (var p = 0; p < parts.Count; p++)
        {
            var at = $"{path}.parts[{p}]";
            var part = GeminiRules.Object(parts[p], at);
            GeminiRules.Closed(part, at, [.. Data, "thought", "thoughtSignature", "videoMetadata", "mediaResolution", "partMetadata"]);
            Part(part, at, seal);
            list.Add(part);
        }

        return list;
    }

    private static void Part(JsonObject part, string at, SignatureIssuer seal)
    {
        var set = Data.Count(part.ContainsKey);
        if (set > 1)
            throw GeminiRules.Bad($"Invalid value at '{at}' (oneof), oneof field 'data' is already set. Cannot set '{Data.Last(part.ContainsKey)}'", at);
        // A part that carries only a signature may be empty text: streams end with such parts.
        if (set == 0 || (part["text"].Str() is { Length: 0 } && part["thoughtSignature"] is null))
            throw GeminiRules.Bad($"* GenerateContentRequest.{at}.data: required oneof field 'data' must have one initialized field\n");
        if (part["text"] is { } text && text.Str() is null)
            throw GeminiRules.Bad($"Invalid value at '{at}.text' (TYPE_STRING), {JsonExtensions.Text(text)}", at);
        if (part["inlineData"] is { } inline)
        {
            var blob = GeminiRules.Object(inline, $"{at}.inline_data");
            GeminiRules.Closed(blob, $"{at}.inline_data", "mimeType", "data", "displayName");
            if (string.IsNullOrEmpty(blob["mimeType"].Str()) || !blob["mimeType"].Str()!.Contains('/', StringComparison.Ordinal))
                throw GeminiRules.Bad($"Unsupported MIME type: {blob["mimeType"].Str()}");
            if (Bytes(blob["data"].Str() ?? "") is not { Length: > 0 })
                throw GeminiRules.Bad($"Invalid value at '{at}.inline_data.data' (TYPE_BYTES), Base64 decoding failed for {JsonExtensions.Text(blob["data"])}", at);
        }

        if (part["fileData"] is { } file)
        {
            GeminiRules.Closed(GeminiRules.Object(file, $"{at}.file_data"), $"{at}.file_data", "mimeType", "fileUri", "displayName");
            if (string.IsNullOrEmpty(file["fileUri"].Str()))
                throw GeminiRules.Bad($"* GenerateContentRequest.{at}.file_data.file_uri: cannot be empty\n");
        }

        foreach (var (member, snake, last) in (ReadOnlySpan<(string, string, string)>)[("functionCall", "function_call", "args"), ("functionResponse", "function_response", "response")])
        {
            if (part[member] is not { } node)
                continue;
            var value = GeminiRules.Object(node, $"{at}.{snake}");
            GeminiRules.Closed(value, $"{at}.{snake}", "id", "name", last, "willContinue", "scheduling", "parts", "partialArgs");
            if (string.IsNullOrEmpty(value["name"].Str()))
                throw GeminiRules.Bad($"* GenerateContentRequest.{at}.{snake}.name: Name cannot be empty.\n");
            if (value[last] is { } inner && inner is not JsonObject)
                throw GeminiRules.Bad($"Invalid value at '{at}.{snake}.{last}' (type.googleapis.com/google.protobuf.Struct), {JsonExtensions.Text(inner)}", at);
            if (member == "functionResponse" && value["response"] is null)
                throw GeminiRules.Bad($"* GenerateContentRequest.{at}.function_response.response: Response cannot be empty.\n");
        }

        if (part["thoughtSignature"] is not { } signature || Dummies.Contains(signature.Str()))
            return;
        if (signature.Str() is not { } given || Bytes(given) is null)
            throw GeminiRules.Bad($"Invalid value at '{at}.thought_signature' (TYPE_BYTES), Base64 decoding failed for {JsonExtensions.Text(signature)}", at);
        if (seal.Open("gemini", given) is null)
            throw GeminiRules.Bad("Thought signature is not valid");
    }

    // Google's JSON takes both alphabets of base64, padded or not.
    private static byte[]? Bytes(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return plain.Length % 4 == 1 ? null : JsonExtensions.Base64(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
    }

    private static void Pairing(List<(string Role, List<JsonObject> Parts, int Index)> turns)
    {
        for (var t = 0; t < turns.Count; t++)
        {
            var calls = turns[t].Parts.Count(part => part["functionCall"] is not null);
            var responses = turns[t].Parts.Count(part => part["functionResponse"] is not null);
            if (calls > 0 && (t == 0 || turns[t].Role != "model"))
                throw GeminiRules.Bad("Please ensure that function call turn comes immediately after a user turn or after a function response turn.");
            var called = t == 0 ? 0 : turns[t - 1].Parts.Count(part => part["functionCall"] is not null);
            if (responses > 0 && called == 0)
                throw GeminiRules.Bad("Please ensure that function response turn comes immediately after a function call turn.");
            if (called != responses)
                throw GeminiRules.Bad("Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.");
        }
    }

    // Only the current turn is looked at: everything after the last thing the user said. In each step the first call must be signed.
    private static void Signatures(List<(string Role, List<JsonObject> Parts, int Index)> turns)
    {
        var start = turns.FindLastIndex(turn => turn.Role == "user" && turn.Parts.Exists(part => part["text"] is not null) && !turn.Parts.Exists(part => part["functionResponse"] is not null));
        for (var t = Math.Max(0, start); t < turns.Count; t++)
        {
            var first = turns[t].Parts.Find(part => part["functionCall"] is not null);
            if (first is not null && string.IsNullOrEmpty(first["thoughtSignature"].Str()))
            {
                throw GeminiRules.Bad("Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. "
                    + $"Additional data, function call `default_api:{first["functionCall"]!["name"].Str()}` , position {turns[t].Index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.");
            }
        }
    }
}
