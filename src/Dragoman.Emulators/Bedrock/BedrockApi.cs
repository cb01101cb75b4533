using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Emulators.Anthropic;
using Dragoman.Emulators.FakeModel;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Json;

namespace Dragoman.Emulators.Bedrock;

/// <summary>Amazon Bedrock: Converse and InvokeModel (with Anthropic bodies), each whole and as an event stream; CountTokens; the two lists.</summary>
internal sealed partial class BedrockApi : IProviderApi
{
    private static readonly string[] Bases =
    [
        "anthropic.claude-opus-5-5", "anthropic.claude-sonnet-5-5", "anthropic.claude-haiku-5-5",
        "anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-opus-4-6-v1", "anthropic.claude-sonnet-4-6",
        "anthropic.claude-3-5-haiku-20241022-v1:0", "amazon.nova-micro-v1:0", "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0",
    ];

    /// <summary>The flags that AWS lists for Claude; any other spoils the request.</summary>
    internal static readonly string[] KnownBetas =
    [
        "computer-use-2024-10-22", "computer-use-2025-01-24", "computer-use-2025-11-24", "token-efficient-tools-2025-02-19", "interleaved-thinking-2025-05-14",
        "output-128k-2025-02-19", "dev-full-thinking-2025-05-14", "context-1m-2025-08-07", "context-management-2025-06-27", "effort-2025-11-24",
        "tool-search-tool-2025-10-19", "tool-examples-2025-10-29", "fine-grained-tool-streaming-2025-05-14", "thinking-token-count-2026-05-13",
    ];

    public string? ModelOf(Call call) => call.Segments is ["model", var model, ..] ? model : null;

    public Reply Answer(Call call, RequestContext request)
    {
        AwsCredentials.Check(call, request.Options);
        var reply = call switch
        {
            { Method: "GET", Segments: ["foundation-models"] } => Models(),
            { Method: "GET", Segments: ["inference-profiles"] } => Profiles(),
            { IsPost: true, Segments: ["model", var model, var operation] } => Invoke(call, model, operation, request),
            _ => throw new Refusal(404, "", type: "UnknownOperationException"),
        };
        return reply.With("x-amzn-requestid", request.Id(""));
    }

    public Reply Error(Call call, Refusal refusal) => Reply.Json(new JsonObject { ["message"] = refusal.Message }, refusal.Status)
        .With("x-amzn-errortype", refusal.Type ?? TypeOf(refusal.Status) + ":http://internal.amazon.com/coral/com.amazon.bedrock/")
        .With("x-amzn-requestid", SignatureIssuer.Digest(call.Body));

    private static string TypeOf(int status) => status switch
    {
        400 => "ValidationException",
        401 or 403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 => "ModelTimeoutException",
        424 => "ModelErrorException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        _ => "InternalServerException",
    };

    private static Reply Invoke(Call call, string model, string operation, RequestContext request)
    {
        if (model.StartsWith("missing-", StringComparison.Ordinal))
            throw new Refusal(404, $"Could not resolve the foundation model from the provided model identifier: {model}");
        if (operation != "count-tokens" && ProfileOnly().IsMatch(model))
            throw new Refusal(400, $"Invocation of model ID {model} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.");
        var body = call.Json ?? throw new Refusal(400, "Unexpected character in JSON payload", type: "SerializationException");
        switch (operation)
        {
            case "converse" or "converse-stream":
                ConverseRules.Check(body, model, request.Signatures);
                var converse = new ConverseWriting(body, ConverseReading.Read(body, model), request);
                return operation == "converse" ? Reply.Json(converse.Whole()) : Stream(converse.Events());
            case "invoke" or "invoke-with-response-stream":
                var message = Messages(body, model, request);
                return operation == "invoke" ? Reply.Json(message.Whole()) : Stream(Chunks(message)).With("x-amzn-bedrock-content-type", "application/json");
            case "count-tokens":
                return Count(body, model, request);
            default:
                throw new Refusal(404, "", type: "UnknownOperationException");
        }
    }

    private static AnthropicWriting Messages(JsonObject body, string model, RequestContext request)
    {
        if (!model.Contains("anthropic.", StringComparison.Ordinal))
            throw new Refusal(400, "Malformed input request: this emulator's InvokeModel speaks Anthropic bodies only, please reformat your input and try again.");
        if (body["anthropic_version"].Str() is not { } version)
            throw new Refusal(400, "anthropic_version: Field required");
        if (version != "bedrock-2023-05-31")
            throw new Refusal(400, "anthropic_version: Input should be 'bedrock-2023-05-31'");
        var betas = body["anthropic_beta"].Arr().Select(flag => flag.Str() ?? "").ToHashSet(StringComparer.Ordinal);
        if (betas.Any(flag => !KnownBetas.Contains(flag)))
            throw new Refusal(400, "invalid beta flag");
        AnthropicRules.Check(body, betas, request.Signatures, AnthropicHost.Bedrock, model);
        return AnthropicWriting.Compose(body, AnthropicReading.Read(body, model), request);
    }

    private static Reply Count(JsonObject body, string model, RequestContext request)
    {
        if (!model.StartsWith("anthropic.", StringComparison.Ordinal))
            throw new Refusal(400, "The provided model doesn't support counting tokens.");
        var input = body["input"] as JsonObject ?? throw new Refusal(400, "1 validation error detected: Value null at 'input' failed to satisfy constraint: Member must not be null");
        if (input["converse"] is JsonObject converse)
        {
            ConverseRules.Check(converse, model, request.Signatures);
            return Reply.Json(new JsonObject { ["inputTokens"] = Tokens.Count(ConverseReading.Read(converse, model).Prompt) });
        }

        var bytes = JsonExtensions.Base64(input["invokeModel"]?["body"].Str() ?? "");
        if (bytes is null || JsonNode.Parse(bytes) is not JsonObject inner)
            throw new Refusal(400, "The provided input is not valid.");
        AnthropicRules.Check(inner, [], request.Signatures, AnthropicHost.Bedrock, model);
        return Reply.Json(new JsonObject { ["inputTokens"] = Tokens.Count(AnthropicReading.Read(inner, model).Prompt) });
    }

    private static IEnumerable<(string, JsonObject)> Chunks(AnthropicWriting message)
    {
        foreach (var item in message.Events())
        {
            if (item["type"].Str() == "message_stop")
                item["amazon-bedrock-invocationMetrics"] = new JsonObject { ["inputTokenCount"] = 1, ["outputTokenCount"] = 1, ["invocationLatency"] = 10, ["firstByteLatency"] = 5 };
            yield return ("chunk", new JsonObject { ["bytes"] = Convert.ToBase64String(JsonExtensions.Bytes(item)), ["p"] = "abcd" });
        }
    }

    private static Reply Stream(IEnumerable<(string Name, JsonObject Payload)> events) => new()
    {
        ContentType = AwsFrame.ContentType,
        Streamed = true,
        Frames = [.. events.Select(item => new Frame(AwsFrame.Event(item.Name, JsonExtensions.Bytes(item.Payload))))],
        ErrorFrame = message => AwsFrame.Exception("modelStreamErrorException", JsonExtensions.Bytes(new JsonObject { ["message"] = message, ["originalStatusCode"] = 424 })),
    };

    private static Reply Models() => Reply.Json(new JsonObject
    {
        ["modelSummaries"] = new JsonArray([.. Bases.Select(id => new JsonObject
        {
            ["modelArn"] = "arn:aws:bedrock:us-east-1::foundation-model/" + id,
            ["modelId"] = id,
            ["modelName"] = id,
            ["providerName"] = id.StartsWith("amazon", StringComparison.Ordinal) ? "Amazon" : "Anthropic",
            ["inputModalities"] = new JsonArray("TEXT", "IMAGE"),
            ["outputModalities"] = new JsonArray("TEXT"),
            ["responseStreamingSupported"] = true,
            ["inferenceTypesSupported"] = new JsonArray(ProfileOnly().IsMatch(id) ? "INFERENCE_PROFILE" : "ON_DEMAND"),
            ["modelLifecycle"] = new JsonObject { ["status"] = "ACTIVE" },
        })]),
    });

    private static Reply Profiles() => Reply.Json(new JsonObject
    {
        ["inferenceProfileSummaries"] = new JsonArray([.. Bases.Select(id => new JsonObject
        {
            ["inferenceProfileName"] = "US " + id,
            ["inferenceProfileArn"] = $"arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.{id}",
            ["inferenceProfileId"] = "us." + id,
            ["models"] = new JsonArray(new JsonObject { ["modelArn"] = "arn:aws:bedrock:us-east-1::foundation-model/" + id }),
            ["status"] = "ACTIVE",
            ["type"] = "SYSTEM_DEFINED",
        })]),
    });

    [GeneratedRegex(@"^anthropic\.claude-(3-7|(sonnet|opus|haiku|fable)-[4-9])", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ProfileOnly();
}
