using System.Text.Json.Nodes;
using Dragoman.Management.Flows;

namespace Dragoman.Server.Surfaces.Kiro;

/// <summary>A recorded request as this surface shows it (wire note A.6).</summary>
/// <param name="Flow">The flow.</param>
/// <param name="Text">What was said; empty where bodies are not recorded.</param>
internal sealed record KiroFlowShape(FlowView Flow, KiroFlowText Text)
{
    private const int MostRaw = 1_000;
    private const int LastChunks = 10;

    /// <summary>Whether it failed.</summary>
    public static bool IsError(FlowView flow) => flow.Status >= 400 || flow.Error is not null;

    /// <summary>The name of a flow's protocol here: its first word.</summary>
    public static string ProtocolOf(FlowView flow) => flow.ClientProtocol switch
    {
        "openai-responses" => "responses",
        var name => name.Split('-')[0],
    };

    /// <summary>The path that a flow came in by.</summary>
    public static string PathOf(FlowView flow) => ProtocolOf(flow) switch
    {
        "anthropic" => "/v1/messages",
        "openai" => "/v1/chat/completions",
        "responses" => "/v1/responses",
        "gemini" => $"/v1beta/models/{flow.RequestedModel}:{(flow.Stream ? "streamGenerateContent" : "generateContent")}",
        _ => "",
    };

    /// <summary>The row of a list.</summary>
    public JsonObject Summary()
    {
        var first = Flow.FirstByteMs is { } ms ? Flow.StartedAt.AddMilliseconds(ms) : (DateTimeOffset?)null;
        var row = new JsonObject
        {
            ["id"] = Flow.Id,
            ["state"] = IsError(Flow) ? "error" : "completed",
            ["protocol"] = ProtocolOf(Flow),
            ["account_id"] = Flow.AccountId.Length == 0 ? null : KiroAccounts.IdOf(Flow.AccountId),
            ["account_name"] = Flow.Account.Length == 0 ? null : Flow.Account,
            ["timing"] = new JsonObject
            {
                ["created_at"] = KiroAnswers.Seconds(Flow.StartedAt),
                ["first_byte_at"] = first is { } at ? KiroAnswers.Seconds(at) : null,
                ["completed_at"] = KiroAnswers.Seconds(Flow.StartedAt.AddMilliseconds(Flow.DurationMs)),
                ["ttfb_ms"] = Flow.FirstByteMs,
                ["duration_ms"] = Flow.DurationMs,
            },
            ["tags"] = new JsonArray([.. Flow.Tags.Select(static tag => (JsonNode)tag)]),
            ["notes"] = Flow.Note,
            ["bookmarked"] = Flow.Bookmarked,
            ["retry_count"] = Math.Max(0, Flow.Attempts.Count - 1),
            ["request"] = new JsonObject
            {
                ["method"] = "POST",
                ["path"] = PathOf(Flow),
                ["model"] = Flow.RequestedModel,
                ["stream"] = Flow.Stream,
                ["message_count"] = Text.Messages.Count,
                ["has_tools"] = Text.Tools.Count > 0,
                ["has_system"] = Text.System is not null,
            },
        };
        if (!IsError(Flow)) row["response"] = Response();
        else
        {
            row["error"] = new JsonObject { ["type"] = ErrorType(Flow.Status), ["message"] = Flow.Error ?? $"HTTP {Flow.Status}", ["status_code"] = Flow.Status, ["raw"] = Cut(Text.AnswerText ?? Flow.Error ?? "") };
        }

        return row;
    }

    /// <summary>All of it. Headers are not recorded but for the client's own name of itself.</summary>
    public JsonObject Detail()
    {
        var row = Summary();
        var request = (JsonObject)row["request"]!;
        request["headers"] = Flow.UserAgent.Length == 0 ? new JsonObject() : new JsonObject { ["user-agent"] = Flow.UserAgent };
        request["body"] = Text.Request?.DeepClone() ?? (Text.RequestText is { } text ? JsonValue.Create(text) : null);
        request["messages"] = new JsonArray([.. Text.Messages.Select(static message => (JsonNode)message)]);
        request["system"] = Text.System;
        request["tools"] = Text.Tools;
        if (row["response"] is not JsonObject response) return row;
        response["headers"] = new JsonObject();
        response["body"] = Text.AnswerText;
        response["content"] = Text.Content;
        response["tool_calls"] = Text.Calls.DeepClone();
        response["chunks"] = new JsonArray([.. Text.Chunks.TakeLast(LastChunks).Select(static chunk => chunk.DeepClone())]);
        return row;
    }

    private JsonObject Response() => new()
    {
        ["status_code"] = Flow.Status,
        ["content_length"] = Text.Content.Length,
        ["has_tool_calls"] = Text.Calls.Count > 0,
        ["stop_reason"] = Text.StopReason,
        ["chunk_count"] = Text.ChunkCount,
        ["usage"] = new JsonObject
        {
            ["input_tokens"] = Flow.Usage?.Input ?? 0,
            ["output_tokens"] = Flow.Usage?.Output ?? 0,
            ["cache_read_tokens"] = Flow.Usage?.Cached ?? 0,
            ["cache_write_tokens"] = Flow.Usage?.CacheWrite ?? 0,
        },
    };

    private static string ErrorType(int status) => status switch
    {
        429 => "rate_limit_error",
        401 or 403 => "authentication_error",
        503 or 529 => "overloaded_error",
        >= 400 and < 500 => "invalid_request_error",
        _ => "api_error",
    };

    private static string Cut(string text) => text.Length <= MostRaw ? text : text[..MostRaw];
}
