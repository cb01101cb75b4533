using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Anthropic;

/// <summary>The Anthropic API: messages, token counts, models.</summary>
internal sealed class AnthropicApi : IProviderApi
{
    public string? ModelOf(Call call) => call.IsPost ? call.Json?["model"].Str() : null;

    public Reply Answer(Call call, RequestContext request)
    {
        Authenticate(call, request);
        if (call.Header("anthropic-version") is null)
            throw new Refusal(400, "anthropic-version: header is required");
        return call switch
        {
            { Segments: [_, "models"] } => AnthropicModels.List(call).With("request-id", request.Id("req_")),
            { Segments: [_, "models", var id] } => AnthropicModels.One(id),
            { IsPost: true, Segments: [_, "messages"] } => Message(call, request),
            { IsPost: true, Segments: [_, "messages", "count_tokens"] } => Count(call, request),
            { Segments: [_, "messages"] } => throw new Refusal(405, "Method Not Allowed"),
            _ => throw new Refusal(404, "Not Found"),
        };
    }

    public Reply Error(Call call, Refusal refusal)
    {
        var id = "req_" + SignatureIssuer.Digest(call.Body);
        return Reply.Json(AnthropicErrors.Envelope(refusal.Type ?? AnthropicErrors.TypeOf(refusal.Status), refusal.Message, id, refusal.Code), refusal.Status)
            .With("request-id", id);
    }

    private static void Authenticate(Call call, RequestContext request)
    {
        if (!request.Options.RequireCredentials)
            return;
        var key = call.Header("x-api-key") ?? call.Bearer;
        if (string.IsNullOrEmpty(key))
            throw new Refusal(401, "x-api-key header is required");
        if (key.StartsWith("invalid", StringComparison.Ordinal))
            throw new Refusal(401, call.Bearer is null ? "invalid x-api-key" : "Invalid bearer token");
    }

    private static JsonObject Body(Call call) =>
        call.Json ?? throw new Refusal(400, $"The request body is not valid JSON: {call.ParseError ?? "expected an object"}");

    private static Reply Message(Call call, RequestContext request)
    {
        var body = Body(call);
        AnthropicRules.Check(body, AnthropicBetas.Read(call), request.Signatures, AnthropicHost.FirstParty);
        return Compose(body, AnthropicReading.Read(body), request);
    }

    /// <summary>The answer to a body that has passed its host's rules.</summary>
    internal static Reply Compose(JsonObject body, UserPrompt question, RequestContext request)
    {
        var writing = AnthropicWriting.Compose(body, question, request);
        var reply = body["stream"].Bool() == true
            ? new Reply
            {
                ContentType = "text/event-stream; charset=utf-8",
                Streamed = true,
                Frames = [.. writing.Events().Select(item => new Frame(JsonExtensions.Sse(item["type"].Str(), item)))],
                ErrorFrame = message => JsonExtensions.Sse("error", AnthropicErrors.Envelope("overloaded_error", message, request.Id("req_"))),
            }
            : Reply.Json(writing.Whole());
        return reply.With("request-id", request.Id("req_")).With("anthropic-organization-id", "00000000-0000-4000-8000-00000000e301");
    }

    internal static Reply Count(Call call, RequestContext request)
    {
        var body = Body(call);
        AnthropicRules.Check(body, AnthropicBetas.Read(call), request.Signatures, AnthropicHost.Counting);
        return Reply.Json(new JsonObject { ["input_tokens"] = Tokens.Count(AnthropicReading.Read(body).Prompt) });
    }
}
