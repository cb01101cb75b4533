using System.Text.Json.Nodes;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.CodeWhisperer;

/// <summary>
/// The service behind Kiro: GenerateAssistantResponse in both of its forms (REST, and AWS JSON 1.0 with the operation in a header), which answers in event
/// streams only, and the lists of models and of what is used.
/// </summary>
internal sealed class CodeWhispererApi : IProviderApi
{
    private const string Target = "AmazonCodeWhispererStreamingService.GenerateAssistantResponse";

    private static readonly (string Id, int Window)[] Known =
    [
        ("auto", 200_000), ("claude-sonnet-4", 200_000), ("claude-sonnet-4.5", 200_000), ("claude-haiku-4.5", 200_000), ("claude-opus-4.5", 200_000),
        ("claude-opus-4.6", 1_000_000), ("claude-sonnet-5", 1_000_000), ("gpt-5.6", 400_000), ("deepseek-3.2", 164_000),
    ];

    /// <summary>The context window of a model; null for one that there is not.</summary>
    public static int? WindowOf(string? model)
    {
        foreach (var (id, window) in Known)
            if (id == model) return window;
        return null;
    }

    public string? ModelOf(Call call) => call.Json?["conversationState"]?["currentMessage"]?["userInputMessage"]?["modelId"].Str();

    public Reply Answer(Call call, RequestContext request)
    {
        if (request.Options.RequireCredentials) CheckCredentials(call);
        var reply = call switch
        {
            { IsPost: true, Segments: ["generateAssistantResponse"] } => Generate(call, request),
            { IsPost: true, Segments: [] } when call.Header("x-amz-target") == Target => Generate(call, request),
            { Method: "GET", Segments: ["ListAvailableModels" or "List-Available-Models"] } => Models(),
            { IsPost: true, Segments: ["mcp"] } => Search(call),
            { Method: "GET", Segments: ["getUsageLimits"] } => Limits(),
            _ => throw new Refusal(404, "Unknown operation.", type: "UnknownOperationException"),
        };
        return reply.With("x-amzn-requestid", request.Id(""));
    }

    /// <summary>The service says no more than that a body is malformed; which rule it breaks stands in a member of the emulator's own.</summary>
    public Reply Error(Call call, Refusal refusal)
    {
        var body = new JsonObject { ["message"] = refusal.Message, ["reason"] = refusal.Code };
        if (refusal.Param is not null) body["emulated_rule"] = refusal.Param;
        return Reply.Json(body, refusal.Status)
            .With("x-amzn-errortype", (refusal.Type ?? TypeOf(refusal.Status)) + ":http://internal.amazon.com/coral/com.amazon.coral.service/")
            .With("x-amzn-requestid", SignatureIssuer.Digest(call.Body));
    }

    private static string TypeOf(int status) => status switch
    {
        400 or 413 => "ValidationException",
        401 => "UnrecognizedClientException",
        402 => "ServiceQuotaExceededException",
        403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        429 => "ThrottlingException",
        503 or 529 => "ServiceUnavailableException",
        _ => "InternalServerException",
    };

    private static void CheckCredentials(Call call)
    {
        if (string.IsNullOrEmpty(call.Bearer))
            throw new Refusal(403, "Missing Authentication Token", type: "MissingAuthenticationTokenException");
        if (call.Bearer.StartsWith("invalid", StringComparison.Ordinal))
            throw new Refusal(403, "The bearer token included in the request is invalid.");
        if (call.Bearer.StartsWith("suspended", StringComparison.Ordinal))
            throw new Refusal(403, "Your User ID temporarily is suspended. We've locked your account as a security precaution. To restore access, please contact our support team.", code: "TEMPORARILY_SUSPENDED");
        if (call.Bearer.StartsWith("ksk_", StringComparison.Ordinal) != (call.Header("tokentype") == "API_KEY"))
            throw new Refusal(403, "The bearer token included in the request is invalid.");
    }

    private static Reply Generate(Call call, RequestContext request)
    {
        var body = call.Json ?? throw CodeWhispererRules.Malformed("the body is no JSON object");
        CodeWhispererRules.Check(body, call.BodyText, call.Body.Length);
        var model = body["conversationState"]!["currentMessage"]!["userInputMessage"]!["modelId"].Str() ?? "auto";
        if (WindowOf(model) is null)
            throw new Refusal(400, "Invalid model. Please select a different model to continue.", code: "INVALID_MODEL_ID");
        var writing = new CodeWhispererWriting(CodeWhispererReading.Read(body, model), request, body);
        return new Reply
        {
            ContentType = AwsFrame.ContentType,
            Streamed = true,
            Frames = [.. writing.Events().Select(static item => new Frame(AwsFrame.Event(item.Name, JsonExtensions.Bytes(item.Payload))))],
            ErrorFrame = static message => AwsFrame.Exception("internalServerException", JsonExtensions.Bytes(new JsonObject { ["message"] = message })),
        };
    }

    /// <summary>The web search, a tool by JSON-RPC: its results stand as JSON in a text.</summary>
    private static Reply Search(Call call)
    {
        if (call.Json is not { } body || body["jsonrpc"].Str() != "2.0" || body["method"].Str() != "tools/call" || body["id"].Str() is not { Length: > 0 } id) throw CodeWhispererRules.Malformed("no call of a tool");
        var answer = new JsonObject { ["id"] = id, ["jsonrpc"] = "2.0" };
        if (body["params"]?["name"].Str() != "web_search" || body["params"]?["arguments"]?["query"].Str() is not { Length: > 0 } query)
        {
            answer["error"] = new JsonObject { ["code"] = -32602, ["message"] = "Invalid params" };
            return Reply.Json(answer);
        }

        var found = new JsonObject
        {
            ["results"] = new JsonArray(new JsonObject
            {
                ["title"] = $"About {query}", ["url"] = "https://example.com/found", ["snippet"] = $"What there is to say of {query}.", ["publishedDate"] = 1764460800000, ["domain"] = "example.com",
            }),
            ["totalResults"] = 1,
            ["query"] = query,
        };
        answer["result"] = new JsonObject { ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = found.ToJsonString() }), ["isError"] = false };
        return Reply.Json(answer);
    }

    private static Reply Models() => Reply.Json(new JsonObject
    {
        ["defaultModel"] = new JsonObject { ["modelId"] = "auto" },
        ["models"] = new JsonArray([.. Known.Select(static model => new JsonObject
        {
            ["modelId"] = model.Id,
            ["modelName"] = model.Id,
            ["rateMultiplier"] = 1.0,
            ["rateUnit"] = "Credit",
            ["tokenLimits"] = new JsonObject { ["maxInputTokens"] = model.Window, ["maxOutputTokens"] = 64_000 },
            ["supportedInputTypes"] = new JsonArray("TEXT", "IMAGE"),
            ["promptCaching"] = new JsonObject { ["supportsPromptCaching"] = true, ["maximumCacheCheckpointsPerRequest"] = 4, ["minimumTokensPerCacheCheckpoint"] = 1024 },
        })]),
        ["nextToken"] = null,
    });

    private static Reply Limits() => Reply.Json(new JsonObject
    {
        ["daysUntilReset"] = 12,
        ["nextDateReset"] = 1769904000,
        ["subscriptionInfo"] = new JsonObject { ["type"] = "Q_DEVELOPER_STANDALONE_PRO", ["subscriptionTitle"] = "KIRO PRO", ["overageCapability"] = "OVERAGE_CAPABLE" },
        ["overageConfiguration"] = new JsonObject { ["overageStatus"] = "DISABLED" },
        ["userInfo"] = new JsonObject { ["userId"] = "d-0000000000.11111111-2222-3333-4444-555555555555", ["email"] = "user@example.com" },
        ["usageBreakdownList"] = new JsonArray(new JsonObject
        {
            ["resourceType"] = "CREDIT",
            ["currentUsage"] = 212,
            ["currentUsageWithPrecision"] = 212.5,
            ["usageLimit"] = 1000,
            ["usageLimitWithPrecision"] = 1000.0,
            ["nextDateReset"] = 1769904000,
        }),
    });
}
