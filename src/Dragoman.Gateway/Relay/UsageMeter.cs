using System.Text.Json;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;
using Dragoman.Wire.Framing;
using Dragoman.Wire.Json;

namespace Dragoman.Gateway.Relay;

/// <summary>
/// Reads off, in passing, what a relayed stream cost and how far it has come. Only frames that speak of usage are parsed; all others are
/// looked over for the word.
/// </summary>
internal sealed class UsageMeter : IAnswerSink, IDisposable
{
    private readonly SseReader _frames;
    private readonly IStreamReader _reader;
    private readonly Language _language;
    private bool _ended;

    public UsageMeter(Language language, string model, int maxFrameBytes, MemoryBudget? memory)
    {
        _frames = new SseReader(maxFrameBytes, memory);
        _language = language;
        Place = language == Language.OpenAiResponses ? new ResponsesPlace() : null;
        _reader = Languages.Upstream(language).OpenStream(new Exchange(new ConversationRequest { Source = language, Model = model }, new UpstreamModel(model)), this);
    }

    /// <summary>Whether the stream said that it is complete: only then is its end an end, and not a break.</summary>
    public bool SawEnd { get; private set; }

    /// <summary>What is known so far.</summary>
    public Usage Usage { get; private set; } = new();

    /// <summary>The error the stream told of, or null.</summary>
    public WireError? Error { get; private set; }

    /// <summary>Whether the stream has come past its greeting: something was answered.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Where a Responses stream has come to, so that an error told later goes on from there; null in other languages.</summary>
    public ResponsesPlace? Place { get; }

    /// <summary>How many of the bytes that came last belong to a frame whose end has not come.</summary>
    public int Unfinished => _frames.Unfinished;

    /// <summary>Whether nothing of a frame waits for its rest.</summary>
    public bool IsEmpty => _frames.Pending == 0;

    /// <summary>Gives the buffer back until something comes.</summary>
    public void Rest() => _frames.Rest();

    /// <summary>Room to receive into; what came is passed on from there, so that it is looked at without being copied.</summary>
    public Memory<byte> GetMemory() => _frames.GetMemory();

    /// <summary>So many bytes came; they stay where they are until the next call of <see cref="GetMemory"/>.</summary>
    public void Observe(int count)
    {
        _frames.Advance(count);
        var last = default(SseFrame);
        while (_frames.TryRead(out var frame))
        {
            Look(frame);
            last = frame;
        }

        if (!last.Data.IsEmpty) Place?.Pass(last.Data.Span);
    }

    /// <summary>No more will come. A last frame may lack its empty line; one that was torn counts for nothing.</summary>
    public void Complete()
    {
        while (_frames.TryReadLast(out var frame))
        {
            if (IsWhole(frame.Data.Span)) Look(frame);
        }

        // Chat's reader keeps usage until the end. It has seen a few frames only, so its other conclusions are none.
        _ended = true;
        _reader.Complete();
    }

    /// <summary>All that is known of the usage, when no more will be read: Chat's reader keeps it to the end, because more may follow.</summary>
    public Usage Settle()
    {
        if (_language is Language.OpenAiChat or Language.OpenAiCompletions) _reader.Complete();
        return Usage;
    }

    private static bool IsWhole(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith("[DONE]"u8)) return true;
        try
        {
            JsonTokens.Check(data);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void Look(SseFrame frame)
    {
        if (!HasContent)
        {
            Place?.Begin(frame.Data.Span);
            HasContent = !Greeting.Is(_language, frame.Data.Span);
        }

        if (!SawEnd) SawEnd = IsEnd(frame);
        if (frame.Data.Span.IndexOf("\"usage"u8) >= 0 || frame.Data.Span.IndexOf("\"error\""u8) >= 0) _reader.Read(frame.Name.Span, frame.Data);
    }

    private bool IsEnd(SseFrame frame)
    {
        var data = frame.Data.Span;
        return _language switch
        {
            Language.OpenAiChat or Language.OpenAiCompletions => data.StartsWith("[DONE]"u8) || (data.IndexOf("\"finish_reason\""u8) is >= 0 and var at && IsText(data[(at + 15)..])),
            Language.AnthropicMessages => data.IndexOf("\"message_stop\""u8) >= 0,
            Language.OpenAiResponses => data.StartsWith("[DONE]"u8) || data.IndexOf("\"response.completed\""u8) >= 0 || data.IndexOf("\"response.incomplete\""u8) >= 0 || data.IndexOf("\"response.failed\""u8) >= 0,
            Language.Gemini => data.IndexOf("\"finishReason\""u8) >= 0 || data.IndexOf("\"blockReason\""u8) >= 0,
            _ => true,
        };
    }

    /// <summary>Whether the value behind a name is a text; <c>null</c> says that there is more to come.</summary>
    private static bool IsText(ReadOnlySpan<byte> afterName)
        => afterName.IndexOfAnyExcept(" :\t"u8) is >= 0 and var start && afterName[start] == (byte)'"';

    public void Write(in AnswerEvent answerEvent)
    {
        if (answerEvent.Kind == AnswerEventKind.UsageChanged) Usage = Usage.With(answerEvent.Usage);
        else if (answerEvent.Kind == AnswerEventKind.Failed && !_ended) Error = answerEvent.Error;
    }

    public void Dispose() => _frames.Dispose();
}
