using System.Buffers;
using System.Text;
using Dragoman.Protocols.AnthropicMessages.Shared;

namespace Dragoman.Protocols.Tests.AnthropicMessages;

public sealed class MessageThreadsTests
{
    [Fact]
    public void A_continued_thread_is_refused_with_the_code_after_which_SDKs_send_whole_conversations()
    {
        var request = Messages.Read(Request("""{"previous_message_id":"msg_1","type":"continue"}"""));

        var fault = Should.Throw<WireException>(() => AnthropicThreads.RefuseContinuation(request));

        var body = new ArrayBufferWriter<byte>();
        Messages.Client.WriteError(fault.Error, body);
        Encoding.UTF8.GetString(body.WrittenSpan).ShouldContain("\"details\":{\"error_code\":\"thread_unsupported_request\"}");
        fault.Error.EffectiveStatus.ShouldBe(400);
    }

    [Theory]
    [InlineData("""{"type":"create"}""")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("7")]
    public void A_request_with_the_whole_conversation_is_not_refused(string thread)
        => Should.NotThrow(() => AnthropicThreads.RefuseContinuation(Messages.Read(Request(thread))));

    private static string Request(string thread)
        => $$"""{"model":"m","max_tokens":7,"thread":{{thread}},"messages":[{"role":"user","content":"hi"}]}""";
}
