using System.Text.Json;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Framing;
using Dragoman.Protocols.Json;
using Dragoman.Protocols.Registry;

namespace Dragoman.Gateway.Forwarding.Streaming;

/// <summary>
/// Reads off, in passing, what a relayed stream cost and how far it has come. Only frames that speak of usage are parsed; all others are
/// looked over for the word.
/// </summary>
internal sealed class UsageMeter : IAnswerSink, IDisposable
{
    private readonly SseReader _frames;
    private readonly IStreamReader _reader;
    private readonly Protocol _protocol;
    private readonly ProtocolTraits _traits;
    private readonly ToolCallProgress? _calls;
    private int _doubtful;
    private bool _ended;
    private readonly UpstreamModel _model;
    private ContentProbe? _probe;

    public UsageMeter(Protocol protocol, UpstreamModel model, int maxFrameBytes, MemoryBudget? memory)
    {
        _frames = new SseReader(maxFrameBytes, memory);
        _protocol = protocol;
        _model = model;
        _traits = ProtocolRegistry.Traits(protocol);
        _calls = _traits.CreateCallProgress();
        Position = _traits.CreateStreamPosition();
        _reader = ProtocolRegistry.Upstream(protocol).OpenStream(new TranslationContext(new ConversationRequest { Source = protocol, Model = model.Id }, model), this);
    }

    /// <summary>Whether the stream said that it is complete: only then is its end an end, and not a break.</summary>
    public bool SawEnd { get; private set; }

    /// <summary>What is known so far.</summary>
    public TokenUsage Usage { get; private set; } = new();

    /// <summary>The error the stream told of, or null. Nothing behind it is looked at.</summary>
    public WireError? Error { get; private set; }

    /// <summary>Where that error stands: what of the stream comes before it, and whether it has the form in which clients of the protocol look for one.</summary>
    public ReportedError ReportedError { get; private set; }

    /// <summary>Whether the stream has come past its greeting: something was answered.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether any of it is content: behind the greeting the end may come at once.</summary>
    public bool HasAnyContent { get; private set; }

    /// <summary>Where the stream stands, so that an error reported later goes on from there; null for a protocol whose events do not count.</summary>
    public StreamPosition? Position { get; }

    /// <summary>How many of the bytes that came last must wait: a frame whose end has not come, or those of a torn call that is said to be done.</summary>
    public int Unfinished => Math.Max(_frames.Unfinished, _doubtful);

    /// <summary>Whether nothing of a frame waits for its rest.</summary>
    public bool IsEmpty => _frames.Pending == 0;

    /// <summary>Gives the buffer back until something comes.</summary>
    public void ReturnBuffers() => _frames.ReturnBuffer();

    /// <summary>Room to receive into; what came is passed on from there, so that it is looked at without being copied.</summary>
    public Memory<byte> GetMemory() => _frames.GetMemory();

    /// <summary>So many bytes came; they stay where they are until the next call of <see cref="GetMemory"/>.</summary>
    public void Observe(int count)
    {
        _frames.Advance(count);
        if (_doubtful > 0) _doubtful += count;
        var last = default(SseFrame);
        while (Error is null)
        {
            var before = _frames.Unfinished;
            if (!_frames.TryRead(out var frame)) break;
            Look(frame, before);
            if (Error is not null) ReportError(ReportedError.Read(_traits, frame, before, _frames.Unfinished));
            else if (_doubtful == 0) last = frame;
        }

        if (!last.Data.IsEmpty) Position?.Pass(last.Data.Span);
    }

    /// <summary>No more will come. A last frame may lack its empty line; one that was torn counts for nothing.</summary>
    public void Complete()
    {
        var before = _frames.Unfinished;
        while (Error is null && _frames.TryReadLast(out var frame))
        {
            if (frame.IsBare || IsWhole(frame.Data.Span)) Look(frame, before);
            if (Error is not null) ReportError(ReportedError.Read(_traits, frame, before, 0));
            before = 0;
        }

        // A reader that keeps usage until the end has seen a few frames only, so its other conclusions are none.
        _ended = true;
        _reader.Complete();
    }

    /// <summary>All that is known of the usage, when no more will be read: some readers keep it to the end, because more may follow.</summary>
    public TokenUsage GetFinalUsage()
    {
        if (_traits.ReportsUsageAtEnd) _reader.Complete();
        return Usage;
    }

    private static bool IsWhole(ReadOnlySpan<byte> data)
    {
        if (data.StartsWith("[DONE]"u8)) return true;
        try
        {
            Utf8TokenReader.Check(data);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Where the error stands; one that comes behind a torn call that is said to be done takes that call's place.</summary>
    private void ReportError(ReportedError reported) => ReportedError = _doubtful > 0 ? reported with { Rest = _doubtful, IsNative = false } : reported;

    private void Look(SseFrame frame, int from)
    {
        var data = frame.Data.Span;
        if (frame.IsBare)
        {
            _reader.Read(ErrorInAnswer.NameOfBare(data), frame.Data);
            return;
        }

        if (!HasContent)
        {
            Position?.Begin(data);
            HasContent = !_traits.IsPreamble(data);
        }

        if (HasContent && !HasAnyContent)
        {
            HasAnyContent = (_probe ??= new ContentProbe(_protocol, _model)).Read(frame.Name.Span, frame.Data);
            if (HasAnyContent) _probe = null;
        }

        if (!data.StartsWith("[DONE]"u8) && (data.IndexOf("\"usage"u8) >= 0 || data.IndexOf("\"error\""u8) >= 0 || (data.IndexOf(_traits.EventMark) < 0 && ErrorInAnswer.IsReported(data)))) _reader.Read(frame.Name.Span, frame.Data);
        if (Error is null && _calls is not null)
        {
            switch (_calls.Look(data))
            {
                case CallState.Torn:
                    Error = ToolCallProgress.Error;
                    return;
                case CallState.Doubtful:
                    if (_doubtful == 0) _doubtful = from;
                    break;
                default:
                    _doubtful = 0;
                    break;
            }
        }

        if (!SawEnd) Classify(data);
    }

    /// <summary>Whether the stream ends with an event, and whether that end is one of an answer.</summary>
    private void Classify(ReadOnlySpan<byte> data)
    {
        var end = _traits.EndOf(data, HasContent);
        SawEnd = end.IsComplete;
        Error ??= end.Error;
    }

    public void Write(in AnswerEvent answerEvent)
    {
        if (answerEvent.Kind == AnswerEventKind.UsageChanged) Usage = Usage.With(answerEvent.Usage);
        else if (answerEvent.Kind == AnswerEventKind.Failed && !_ended) Error ??= answerEvent.Error;
    }

    public void Dispose() => _frames.Dispose();
}
