using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Observability;

/// <summary>What came of an attempt in one word, for labels: the rest of its outcome is for people.</summary>
internal static class AttemptOutcomeLabel
{
    public const string Answered = "answered";

    /// <summary><c>answered</c>, <c>broke_off</c>, or the failure's class.</summary>
    public static string Of(AttemptRecord attempt)
    {
        var outcome = attempt.Outcome;
        var colon = outcome.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return outcome;
        var word = outcome.AsSpan(0, colon);
        return word is "broke off" ? "broke_off" : word.ToString();
    }
}
