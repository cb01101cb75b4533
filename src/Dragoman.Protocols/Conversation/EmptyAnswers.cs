namespace Dragoman.Protocols.Conversation;

/// <summary>Answers that end as if all were said, and have said nothing.</summary>
public static class EmptyAnswers
{
    /// <summary>The code of the error that such an answer is, where it is refused (<see cref="TranslationContext.RefusesEmptyAnswers"/>).</summary>
    public const string Code = "empty_answer";

    /// <summary>The error of an answer without content; null where its end says why there is none (a limit, a filter, a stop sequence).</summary>
    public static WireError? ErrorOf(Finish finish)
    {
        ArgumentNullException.ThrowIfNull(finish);
        return finish.Reason is FinishReason.Stop or FinishReason.ToolCalls ? new WireError(ErrorKind.Api, "The upstream ended the answer without having said anything.") { Status = 502, Code = Code } : null;
    }
}
