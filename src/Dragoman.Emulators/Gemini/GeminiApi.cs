using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Gemini;

/// <summary>The Gemini API: generateContent, streamGenerateContent (as events and as an array), countTokens, models.</summary>
internal sealed class GeminiApi : IProviderApi
{
    private static readonly string[] Models = ["gemini-4-neon", "gemini-4-hydrogen", "gemini-3.8-flash", "gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-3-pro-preview", "gemini-3-flash-preview"];

    public string? ModelOf(Call call) => Split(call).Model;

    public Reply Answer(Call call, RequestContext request)
    {
        Authenticate(call, request);
        var (model, method) = Split(call);
        if (model?.StartsWith("missing-", StringComparison.Ordinal) == true)
            throw new Refusal(404, $"models/{model} is not found for API version {call.Segments[0]}, or is not supported for {method ?? "getModel"}. Call ListModels to see the list of available models and their supported methods.");
        switch (call.Method, model, method)
        {
            case ("GET", null, null) when call.Segments is [_, "models"]:
                return Reply.Json(new JsonObject { ["models"] = new JsonArray([.. Models.Select(Model)]) });
            case ("GET", not null, null):
                return Reply.Json(Model(model));
            case ("POST", not null, "countTokens"):
                var asked = Body(call);
                var inner = asked["generateContentRequest"] as JsonObject ?? asked;
                inner.Remove("model");
                GeminiRules.Check(inner, model, request.Signatures);
                return Reply.Json(new JsonObject { ["totalTokens"] = Tokens.Count(GeminiReading.Read(inner, model).Prompt) });
            case ("POST", not null, "generateContent" or "streamGenerateContent"):
                var body = Body(call);
                GeminiRules.Check(body, model, request.Signatures);
                var writing = new GeminiWriting(body, GeminiReading.Read(body, model), request);
                return method == "generateContent" ? Reply.Json(writing.Whole()) : Stream(call, writing);
            default:
                throw new Refusal(404, "Requested entity was not found.");
        }
    }

    public Reply Error(Call call, Refusal refusal) => Reply.Json(Envelope(refusal), refusal.Status);

    private static JsonObject Envelope(Refusal refusal)
    {
        var error = new JsonObject
        {
            ["code"] = refusal.Status,
            ["message"] = refusal.Message,
            ["status"] = refusal.Status switch
            {
                400 => "INVALID_ARGUMENT",
                401 => "UNAUTHENTICATED",
                403 => "PERMISSION_DENIED",
                404 => "NOT_FOUND",
                429 => "RESOURCE_EXHAUSTED",
                503 => "UNAVAILABLE",
                504 => "DEADLINE_EXCEEDED",
                _ => "INTERNAL",
            },
        };
        if (refusal.Code is not null)
        {
            error["details"] = new JsonArray(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo",
                ["reason"] = refusal.Code,
                ["domain"] = "googleapis.com",
            });
        }
        else if (refusal.Param is not null)
        {
            error["details"] = new JsonArray(new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.BadRequest",
                ["fieldViolations"] = new JsonArray(new JsonObject { ["field"] = refusal.Param, ["description"] = refusal.Message }),
            });
        }

        return new JsonObject { ["error"] = error };
    }

    private static Reply Stream(Call call, GeminiWriting writing)
    {
        var chunks = writing.Chunks().ToList();
        if (call.Query.GetValueOrDefault("alt") == "sse")
        {
            return new Reply
            {
                ContentType = "text/event-stream",
                Streamed = true,
                Frames = [.. chunks.Select(chunk => new Frame(JsonExtensions.Sse(null, chunk)))],
                ErrorFrame = message => JsonExtensions.Sse(null, Envelope(new Refusal(503, message))),
            };
        }

        return new Reply
        {
            ContentType = "application/json; charset=UTF-8",
            Streamed = true,
            Frames =
            [
                .. chunks.Select((chunk, i) => new Frame([.. i == 0 ? "["u8 : ",\r\n"u8, .. JsonExtensions.Bytes(chunk)])),
                new Frame("]"u8.ToArray()),
            ],
            ErrorFrame = message => [.. ",\r\n"u8, .. JsonExtensions.Bytes(Envelope(new Refusal(503, message))), .. "]"u8],
        };
    }

    private static void Authenticate(Call call, RequestContext request)
    {
        if (!request.Options.RequireCredentials)
            return;
        var key = call.Header("x-goog-api-key") ?? call.Query.GetValueOrDefault("key") ?? call.Bearer;
        if (string.IsNullOrEmpty(key))
            throw new Refusal(403, "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.");
        if (key.StartsWith("invalid", StringComparison.Ordinal))
        {
            throw call.Bearer is null
                ? new Refusal(400, "API key not valid. Please pass a valid API key.", null, "API_KEY_INVALID")
                : new Refusal(401, "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.");
        }
    }

    private static JsonObject Body(Call call) => call.Json ?? throw new Refusal(400, $"Invalid JSON payload received. {call.ParseError ?? "Root element must be a message."}");

    private static (string? Model, string? Method) Split(Call call)
    {
        if (call.Segments is not [_, "models", var name])
            return (null, null);
        var colon = name.LastIndexOf(':');
        // A fault asked for in the model's name has a colon of its own.
        return colon < 0 || !call.IsPost ? (name, null) : (name[..colon], name[(colon + 1)..]);
    }

    private static JsonNode Model(string id) => new JsonObject
    {
        ["name"] = "models/" + id,
        ["version"] = "001",
        ["displayName"] = id,
        ["description"] = "Emulated",
        ["inputTokenLimit"] = 1_048_576,
        ["outputTokenLimit"] = 65_536,
        ["supportedGenerationMethods"] = new JsonArray("generateContent", "countTokens"),
        ["thinking"] = true,
    };
}
