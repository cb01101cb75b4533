using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Observability;

/// <summary>The outcome of an attempt as a label's value, without the message for people.</summary>
internal static class AttemptOutcomeLabel
{
    public const string Answered = "answered";

    /// <summary><c>answered</c>, <c>interrupted</c>, or the failure's class.</summary>
    public static string From(AttemptRecord attempt)
    {
        var outcome = attempt.Outcome;
        var colon = outcome.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return outcome;
        return outcome[..colon];
    }
}
