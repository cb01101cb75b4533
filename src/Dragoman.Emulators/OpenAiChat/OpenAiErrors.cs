using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>OpenAI's error envelope and credentials, which Chat and Responses share.</summary>
internal static class OpenAiErrors
{
    public static Reply Reply(Call call, Refusal refusal)
    {
        var (type, code) = refusal.Status switch
        {
            401 => ("invalid_request_error", "invalid_api_key"),
            404 => ("invalid_request_error", null),
            429 => ("requests", "rate_limit_exceeded"),
            503 => ("server_error", "server_is_overloaded"),
            >= 500 => ("server_error", null),
            _ => ("invalid_request_error", (string?)null),
        };
        var body = new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["message"] = refusal.Message,
                ["type"] = refusal.Type ?? type,
                ["param"] = refusal.Param,
                ["code"] = refusal.Code ?? code,
            },
        };
        return Dragoman.Emulators.Http.Reply.Json(body, refusal.Status).With("x-request-id", "req_" + SignatureIssuer.Digest(call.Body));
    }

    public static Refusal Bad(string message, string? param = null, string? code = null) => new(400, message, param, code);

    public static Refusal Missing(string param) => Bad($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static Refusal WrongType(string param, string expected, JsonNode? value) =>
        Bad($"Invalid type for '{param}': expected {expected}, but got {value.Kind()} instead.", param, "invalid_type");

    public static Refusal WrongValue(string param, string? value, params IReadOnlyList<string> supported) =>
        Bad($"Invalid value: '{value}'. Supported values are: {Listed(supported)}.", param, "invalid_value");

    public static string Listed(IReadOnlyList<string> words) => words.Count switch
    {
        1 => $"'{words[0]}'",
        2 => $"'{words[0]}' and '{words[1]}'",
        _ => string.Join(", ", words.Take(words.Count - 1).Select(word => $"'{word}'")) + $", and '{words[^1]}'",
    };

    public static string Text(JsonObject value, string name, string path) =>
        !value.ContainsKey(name) ? throw Missing(path) : value[name].Str() ?? throw WrongType(path, "a string", value[name]);

    public static void Closed(JsonObject value, string path, params ReadOnlySpan<string> members)
    {
        foreach (var (name, _) in value)
        {
            if (!members.Contains(name))
                throw Bad($"Unknown parameter: '{path}.{name}'.", $"{path}.{name}", "unknown_parameter");
        }
    }

    public static JsonObject Body(Call call) => call.Json ?? throw Bad(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)");

    public static void Authenticate(Call call, RequestContext request)
    {
        if (!request.Options.RequireCredentials)
            return;
        if (string.IsNullOrEmpty(call.Bearer))
        {
            throw new Refusal(401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), "
                + "or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.");
        }

        if (call.Bearer.StartsWith("invalid", StringComparison.Ordinal))
            throw new Refusal(401, $"Incorrect API key provided: {call.Bearer[..Math.Min(8, call.Bearer.Length)]}***. You can find your API key at https://platform.openai.com/account/api-keys.");
    }

    public static string Model(JsonObject body)
    {
        if (!body.ContainsKey("model"))
            throw Bad("you must provide a model parameter");
        var model = body["model"].Str() ?? throw WrongType("model", "a string", body["model"]);
        return model.StartsWith("missing-", StringComparison.Ordinal)
            ? throw new Refusal(404, $"The model `{model}` does not exist or you do not have access to it.", null, "model_not_found")
            : model;
    }

    /// <summary>Whether a model reasons, and so takes neither sampling parameters nor max_tokens.</summary>
    public static bool Reasons(string model) =>
        (model.StartsWith("gpt-", StringComparison.Ordinal) && model.Length > 4 && model[4] is >= '5' and <= '9' && !model.Contains("chat", StringComparison.Ordinal))
        || model.StartsWith("o1", StringComparison.Ordinal) || model.StartsWith("o3", StringComparison.Ordinal) || model.StartsWith("o4", StringComparison.Ordinal);

    public static void Number(JsonObject body, string name, double least, double most)
    {
        if (body[name] is not { } node)
            return;
        var number = node.Num() ?? throw WrongType(name, "a decimal", node);
        if (number < least)
            throw Bad($"Invalid '{name}': decimal below minimum value. Expected a value >= {least}, but got {number} instead.", name, "decimal_below_min_value");
        if (number > most)
            throw Bad($"Invalid '{name}': decimal above maximum value. Expected a value <= {most}, but got {number} instead.", name, "decimal_above_max_value");
    }

    public static void Whole(JsonObject body, string name, int least)
    {
        if (body[name] is not { } node)
            return;
        var number = node.Int() ?? throw WrongType(name, "an integer", node);
        if (number < least)
            throw Bad($"Invalid '{name}': integer below minimum value. Expected a value >= {least}, but got {number} instead.", name, "integer_below_min_value");
    }

    /// <summary>An image given as URL or data URL.</summary>
    public static Attachment Image(string url, string path)
    {
        if (!url.StartsWith("data:", StringComparison.Ordinal))
        {
            return url.StartsWith("http://", StringComparison.Ordinal) || url.StartsWith("https://", StringComparison.Ordinal)
                ? new Attachment("a picture", null, url)
                : throw Bad($"Invalid '{path}'. Expected a valid URL, but got a value with an invalid format.", path, "invalid_value");
        }

        var comma = url.IndexOf(',', StringComparison.Ordinal);
        var head = comma < 0 ? url : url[5..comma];
        if (comma < 0 || !head.EndsWith(";base64", StringComparison.Ordinal))
            throw Bad($"Invalid '{path}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), but got a value with an invalid format.", path, "invalid_value");
        var data = JsonExtensions.Base64(url[(comma + 1)..]) ?? throw Bad("Invalid base64 image_url.", path, "invalid_base64");
        var media = head[..^7];
        return media is "image/png" or "image/jpeg" or "image/gif" or "image/webp" && data.Length > 0
            ? new Attachment(media, data)
            : throw Bad("You uploaded an unsupported image. Please make sure your image has of one the following formats: ['png', 'jpeg', 'gif', 'webp'].", path, "invalid_image_format");
    }

    /// <summary>The media type and bytes of a data URL that holds a file.</summary>
    public static Attachment File(string url, string path)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (!url.StartsWith("data:", StringComparison.Ordinal) || comma < 0)
            throw Bad($"Invalid '{path}'. Expected a base64-encoded data URL with an application MIME type (e.g. 'data:application/pdf;base64,aW1nIGJ5dGVzIGhlcmU='), but got a value without the 'data:' prefix.", path, "invalid_value");
        var data = JsonExtensions.Base64(url[(comma + 1)..]) ?? throw Bad($"Invalid '{path}'. Expected a valid base64-encoded value.", path, "invalid_base64");
        return new Attachment(url[5..comma].Split(';')[0], data);
    }
}
