namespace Dragoman.Gateway.CredentialRefresh;

/// <summary>What came of renewing a login.</summary>
public enum RefreshOutcome
{
    /// <summary>A newer credential is in the account's cell: made here, or by another node.</summary>
    Renewed,

    /// <summary>It did not work this time; the credential that is there may still serve.</summary>
    Failed,

    /// <summary>The owner has to sign in again.</summary>
    NeedsSignIn,

    /// <summary>The account is gone, or its credential is none that is renewed.</summary>
    NotRenewable,
}

/// <summary>What came of renewing a login, and why.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Reason">Why it did not work, for people; null where it did.</param>
/// <param name="RetryAfter">When it is worth another try; null where nobody says.</param>
public sealed record RefreshResult(RefreshOutcome Outcome, string? Reason = null, TimeSpan? RetryAfter = null)
{
    internal static RefreshResult Renewed { get; } = new(RefreshOutcome.Renewed);
}
