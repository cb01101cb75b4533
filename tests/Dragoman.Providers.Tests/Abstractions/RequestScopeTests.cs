using Dragoman.Gateway.Persistence;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Tests.Abstractions;

public sealed class RequestScopeTests
{
    [Theory]
    [InlineData("thread: no thread was found for previous_message_id")]
    [InlineData("Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.")]
    [InlineData("Previous response with id 'resp_1' not found.")]
    [InlineData("CachedContent not found (or permission denied)")]
    [InlineData("File not found: file_1")]
    public void A_404_for_a_thing_that_the_request_names_is_the_requests_own(string message)
        => StatusFailures.ClassOf(new WireError(ErrorKind.NotFound, message)).ShouldBe(FailureClass.InvalidRequest);

    [Theory]
    [InlineData("model: claude-9")]
    [InlineData("models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.")]
    [InlineData("The model `gpt-9` does not exist or you do not have access to it.")]
    [InlineData("Not Found")]
    public void A_404_for_a_model_or_a_path_lets_others_try(string message)
        => StatusFailures.ClassOf(new WireError(ErrorKind.NotFound, message)).ShouldBe(FailureClass.Gone);
}
