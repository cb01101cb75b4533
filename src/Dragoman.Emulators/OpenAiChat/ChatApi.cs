using System.Text.Json.Nodes;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.OpenAiChat;

/// <summary>OpenAI's Chat Completions, and its model list.</summary>
internal sealed class ChatApi : IProviderApi
{
    private static readonly string[] Models = ["gpt-6.2-sol", "gpt-6.2-astra", "gpt-6.1-terra", "gpt-6-luna", "gpt-5.2", "gpt-5.2-codex", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "o3", "o4-mini"];

    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        OpenAiErrors.Authenticate(call, request);
        return call switch
        {
            { IsPost: true, Segments: [_, "chat", "completions"] } => Complete(call, request),
            { Method: "GET", Segments: [_, "models"] } => Reply.Json(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. Models.Select(Model)]) }),
            { Method: "GET", Segments: [_, "models", var id] } when !id.StartsWith("missing-", StringComparison.Ordinal) => Reply.Json(Model(id)),
            { Method: "GET", Segments: [_, "models", var id] } => throw new Refusal(404, $"The model '{id}' does not exist", "model", "model_not_found"),
            _ => throw new Refusal(405, $"Not allowed to {call.Method} on {call.Path}."),
        };
    }

    public Reply Error(Call call, Refusal refusal) => OpenAiErrors.Reply(call, refusal);

    private static JsonNode Model(string id) => new JsonObject { ["id"] = id, ["object"] = "model", ["created"] = 1_764_547_200, ["owned_by"] = "openai" };

    private static Reply Complete(Call call, RequestContext request)
    {
        var body = OpenAiErrors.Body(call);
        ChatRules.Check(body);
        var question = ChatReading.Read(body);
        var writing = new ChatWriting(body, question, request);
        var reply = body["stream"].Bool() == true
            ? new Reply
            {
                ContentType = "text/event-stream; charset=utf-8",
                Streamed = true,
                Frames = [.. writing.Chunks().Select(chunk => new Frame(JsonExtensions.Sse(null, chunk))), new Frame("data: [DONE]\n\n"u8.ToArray())],
                ErrorFrame = message => JsonExtensions.Sse(null, new JsonObject
                {
                    ["error"] = new JsonObject { ["message"] = message, ["type"] = "server_error", ["param"] = null, ["code"] = null },
                }),
            }
            : Reply.Json(writing.Whole());
        return reply.With("x-request-id", request.Id("req_")).With("openai-version", "2020-10-01");
    }
}
