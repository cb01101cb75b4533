namespace Dragoman.Protocols.Conversation;

/// <summary>Takes the events of one answer, in order. Text in an event is valid only during the call.</summary>
public interface IAnswerSink
{
    /// <summary>Takes the next event.</summary>
    void Write(in AnswerEvent answerEvent);
}
