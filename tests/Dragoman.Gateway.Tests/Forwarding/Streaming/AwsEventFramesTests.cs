using System.Buffers;
using Dragoman.Gateway.Forwarding.Streaming;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Tests.Forwarding.Streaming;

/// <summary>AWS event stream frames on their way to the reader of a protocol whose stream ends with its close.</summary>
public sealed class AwsEventFramesTests
{
    [Fact]
    public void An_error_that_stands_in_headers_is_read()
    {
        var headers = new ArrayBufferWriter<byte>();
        AwsEventStreamWriter.WriteHeader(headers, ":message-type"u8, AwsHeaderType.Text, "error"u8);
        AwsEventStreamWriter.WriteHeader(headers, ":error-code"u8, AwsHeaderType.Text, "ThrottlingException"u8);
        AwsEventStreamWriter.WriteHeader(headers, ":error-message"u8, AwsHeaderType.Text, "Slow down."u8);
        var output = new ArrayBufferWriter<byte>();
        AwsEventStreamWriter.WriteFrame(output, headers.WrittenSpan, default);
        var error = Read(output.WrittenMemory).Error.ShouldNotBeNull();
        error.Message.ShouldBe("Slow down.");
        error.Kind.ShouldBe(ErrorKind.RateLimit);
    }

    [Fact]
    public void A_stream_that_ends_inside_a_frame_is_no_answer()
    {
        var output = new ArrayBufferWriter<byte>();
        AwsEventStreamWriter.WriteEvent(output, "assistantResponseEvent"u8, """{"content":"Hi"}"""u8);
        Read(output.WrittenMemory).Finish.ShouldNotBeNull();
        var whole = output.WrittenMemory;
        AwsEventStreamWriter.WriteEvent(output, "assistantResponseEvent"u8, """{"content":"there"}"""u8);
        for (var length = whole.Length + 1; length < output.WrittenCount; length++) Read(output.WrittenMemory[..length]).Error.ShouldNotBeNull().Code.ShouldBe("upstream_stream_ended");
    }

    private static Sink Read(ReadOnlyMemory<byte> bytes)
    {
        var sink = new Sink();
        var exchange = new TranslationContext(new ConversationRequest { Source = Protocol.OpenAiChat }, new UpstreamModel("auto"));
        UpstreamFrames.ReadAll(bytes, ProtocolRegistry.Upstream(Protocol.CodeWhisperer), exchange, sink);
        return sink;
    }

    private sealed class Sink : IAnswerSink
    {
        public Finish? Finish { get; private set; }

        public WireError? Error { get; private set; }

        public void Write(in AnswerEvent answerEvent)
        {
            if (answerEvent.Kind == AnswerEventKind.Finished) Finish = answerEvent.Finish;
            if (answerEvent.Kind == AnswerEventKind.Failed) Error = answerEvent.Error;
        }
    }
}
