using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Framing;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// Reads off, in passing, what a relayed stream cost. Only frames that speak of usage are parsed; all others are looked over for the word.
/// </summary>
internal sealed class UsageMeter : IAnswerSink, IDisposable
{
    private readonly SseReader _frames = new();
    private readonly IStreamReader _reader;
    private readonly Language _language;

    public UsageMeter(Language language, string model)
    {
        _language = language;
        _reader = Languages.Upstream(language).OpenStream(new Exchange(new ConversationRequest { Source = language, Model = model }, new UpstreamModel(model)), this);
    }

    /// <summary>What is known so far.</summary>
    public Usage Usage { get; private set; } = new();

    /// <summary>The error the stream told of, or null.</summary>
    public WireError? Error { get; private set; }

    /// <summary>Whether the language's own mark of a good end has come by.</summary>
    public bool HasEnded { get; private set; }

    public void Observe(ReadOnlySpan<byte> bytes)
    {
        _frames.Append(bytes);
        while (_frames.TryRead(out var frame))
        {
            HasEnded |= IsEnd(frame.Data.Span);
            if (frame.Data.Span.IndexOf("sage"u8) >= 0 || frame.Data.Span.IndexOf("\"error\""u8) >= 0) _reader.Read(frame.Name.Span, frame.Data);
        }
    }

    public void Write(in AnswerEvent answerEvent)
    {
        if (answerEvent.Kind == AnswerEventKind.UsageChanged) Usage = Usage.With(answerEvent.Usage);
        else if (answerEvent.Kind == AnswerEventKind.Failed) Error = answerEvent.Error;
    }

    public void Dispose() => _frames.Dispose();

    private bool IsEnd(ReadOnlySpan<byte> data) => _language switch
    {
        Language.OpenAiChat or Language.OpenAiCompletions => data.SequenceEqual("[DONE]"u8) || (data.IndexOf("\"finish_reason\":"u8) is >= 0 and var at && data[(at + 16)..].TrimStart((byte)' ').StartsWith("\""u8)),
        Language.OpenAiResponses => data.IndexOf("\"response.completed\""u8) >= 0 || data.IndexOf("\"response.incomplete\""u8) >= 0 || data.IndexOf("\"response.failed\""u8) >= 0,
        Language.AnthropicMessages => data.IndexOf("\"message_stop\""u8) >= 0,
        Language.Gemini => data.IndexOf("\"finishReason\""u8) >= 0 || data.IndexOf("\"blockReason\""u8) >= 0,
        _ => true,
    };
}
