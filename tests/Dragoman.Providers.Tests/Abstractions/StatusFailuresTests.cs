using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Tests.Abstractions;

/// <summary>What providers' words mean: whether somebody else may do better, or the request is at fault.</summary>
public sealed class StatusFailuresTests
{
    [Theory]
    [InlineData(404, "The model `gpt-9` does not exist or you do not have access to it.", "model_not_found", null, FailureClass.Gone)]
    [InlineData(404, "model: claude-9", null, null, FailureClass.Gone)]
    [InlineData(404, "Not Found", null, null, FailureClass.Gone)]
    [InlineData(404, "Previous response with id 'resp_1' not found.", "previous_response_not_found", "previous_response_id", FailureClass.InvalidRequest)]
    [InlineData(404, "Item with id 'rs_1' not found.", null, "input", FailureClass.InvalidRequest)]
    [InlineData(400, "The model gpt-9 does not exist.", null, null, FailureClass.Gone)]
    [InlineData(400, "Unsupported parameter: 'max_tokens' is not supported with this model.", "unsupported_parameter", "max_tokens", FailureClass.InvalidRequest)]
    [InlineData(400, "Unsupported value: 'temperature' does not support 0.2 with this model.", "unsupported_value", "temperature", FailureClass.InvalidRequest)]
    [InlineData(400, "tools.0: tool type 'x' is not supported for this model", null, null, FailureClass.InvalidRequest)]
    [InlineData(400, "messages: at least one message is required", null, null, FailureClass.InvalidRequest)]
    [InlineData(400, "The model `llama-2` has been decommissioned and is no longer supported.", "model_decommissioned", null, FailureClass.Gone)]
    [InlineData(400, "foo/bar is not a valid model ID", null, null, FailureClass.Gone)]
    [InlineData(400, "Model Not Exist", null, null, FailureClass.Gone)]
    [InlineData(404, "No endpoints found for nousresearch/hermes-3:free.", null, null, FailureClass.Gone)]
    [InlineData(404, "No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs", null, null, FailureClass.Unsupported)]
    [InlineData(404, "No endpoints found that support image input", "404", null, FailureClass.Unsupported)]
    [InlineData(404, "No endpoints found that support the provided 'tool_choice' value.", null, null, FailureClass.Unsupported)]
    [InlineData(404, "No endpoints found that can handle the requested parameters.", null, null, FailureClass.Unsupported)]
    [InlineData(404, "No endpoints found matching your data policy (Free model publication).", null, null, FailureClass.Unsupported)]
    [InlineData(404, "No endpoints available matching your guardrail restrictions and data policy.", null, null, FailureClass.Unsupported)]
    [InlineData(404, "No allowed providers are available for the selected model.", null, null, FailureClass.Unsupported)]
    [InlineData(400, "The 'gpt-5.2' model is not supported when using Codex with a ChatGPT account.", null, null, FailureClass.Unsupported)]
    [InlineData(400, "This credential is only authorized for use with Claude Code and cannot be used for other API requests.", null, null, FailureClass.Unsupported)]
    [InlineData(429, "Extra usage is required for long context requests.", null, null, FailureClass.Unsupported)]
    [InlineData(429, "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 40000.", "rate_limit_exceeded", null, FailureClass.Unsupported)]
    [InlineData(403, "Country, region, or territory not supported", "unsupported_country_region_territory", null, FailureClass.Unsupported)]
    [InlineData(403, "This model is not available in your region.", null, null, FailureClass.Unsupported)]
    [InlineData(403, "Request not allowed", null, null, FailureClass.Unsupported)]
    [InlineData(400, "User location is not supported for the API use.", null, null, FailureClass.Unsupported)]
    [InlineData(403, "openai/gpt-5 requires moderation on OpenAI. Your input was flagged for violence.", "403", null, FailureClass.ContentFiltered)]
    [InlineData(403, "Content violates usage guidelines. Team: t", null, null, FailureClass.ContentFiltered)]
    [InlineData(403, "Your account has been disabled for violating our usage policies.", null, null, FailureClass.Forbidden)]
    [InlineData(403, "You do not have permission to access the File abc123 or it may not exist.", null, null, FailureClass.InvalidRequest)]
    [InlineData(403, "CachedContent not found (or permission denied)", null, null, FailureClass.InvalidRequest)]
    [InlineData(404, "Container 'cntr_1' not found.", null, null, FailureClass.InvalidRequest)]
    [InlineData(404, "No such thing.", null, "tools[0].server_url", FailureClass.InvalidRequest)]
    [InlineData(404, "The API deployment for this resource does not exist.", "DeploymentNotFound", null, FailureClass.Gone)]
    [InlineData(400, "Incorrect API key provided: xa***ab.", null, null, FailureClass.AuthDead)]
    [InlineData(401, "invalid x-api-key", null, null, FailureClass.AuthDead)]
    [InlineData(403, "no", null, null, FailureClass.Forbidden)]
    [InlineData(413, "too large", null, null, FailureClass.ContextTooLong)]
    [InlineData(429, "slow down", null, null, FailureClass.RateLimited)]
    [InlineData(500, "oops", null, null, FailureClass.Transient)]
    [InlineData(503, "later", null, null, FailureClass.Capacity)]
    [InlineData(529, "Overloaded", null, null, FailureClass.Capacity)]
    public void An_error_is_of_the_class_its_words_say(int status, string message, string? code, string? param, FailureClass expected)
        => StatusFailures.ClassOf(new WireError(WireError.KindOf(status), message) { Status = status, Code = code, Param = param }).ShouldBe(expected);
}
