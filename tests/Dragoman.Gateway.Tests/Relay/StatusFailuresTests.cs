using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Http;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Tests.Relay;

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
