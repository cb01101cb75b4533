using Dragoman.Protocols.Conversation;

namespace Dragoman.Protocols.Tests.Support;

/// <summary>Writes events down as lines, so that tests can compare what a reader told.</summary>
public sealed class EventLog : IAnswerSink
{
    public List<string> Lines { get; } = [];

    public TokenUsage Usage { get; private set; } = new();

    public Finish? Finish { get; private set; }

    public WireError? Error { get; private set; }

    public void Write(in AnswerEvent answerEvent)
    {
        Lines.Add(answerEvent.ToString());
        if (answerEvent.Kind == AnswerEventKind.UsageChanged) Usage = Usage.With(answerEvent.Usage);
        if (answerEvent.Kind == AnswerEventKind.Finished) Finish = answerEvent.Finish;
        if (answerEvent.Kind == AnswerEventKind.Failed) Error = answerEvent.Error;
    }
}
