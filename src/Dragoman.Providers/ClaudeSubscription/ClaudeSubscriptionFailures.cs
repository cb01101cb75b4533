using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.ClaudeSubscription;

/// <summary>
/// What refusals mean where a plan pays. A window that is used up ends at its reset, for the account or for one model; what only extra usage pays for is no fault of the token; a token that is refused is
/// renewed (wire notes logins-2026-11, section 1, "Errors").
/// </summary>
internal sealed class ClaudeSubscriptionFailures : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var error = failure.Error;
        // A request with more context than the plan pays for ("… required for long context requests") is already known to be about the request alone.
        if (usual.Class == FailureClass.Unsupported) return usual;
        // The vendor takes the request for another program's; those of its own programs go on being paid by the plan.
        if (Has(error, "third-party apps now draw from your extra usage")) return usual with { Class = FailureClass.Unsupported };
        if (Has(error, "out of extra usage")) return usual with { Class = FailureClass.QuotaExhausted, IsOfAccount = true };
        if (error.Kind is ErrorKind.RateLimit or ErrorKind.Quota && ClaudeLimitHeaders.FindRefusal(failure.Headers) is var (isOfAccount, until))
        {
            var end = until ?? usual.Until;
            var wait = usual.Error.RetryAfter ?? (end - failure.Now is { } left ? left < TimeSpan.Zero ? TimeSpan.Zero : left : null);
            return new Failure(FailureClass.QuotaExhausted, usual.Error with { RetryAfter = wait }, end) { IsOfAccount = isOfAccount };
        }

        var isRevoked = error.Kind == ErrorKind.Permission && Has(error, "token has been revoked");
        if (error.Kind == ErrorKind.Authentication || isRevoked) return usual with { Class = failure.OfRefusedToken };
        // An organization that does not allow logins, or a token without the scope: no model of the account would be served.
        return error.Kind == ErrorKind.Permission && Has(error, "oauth") ? usual with { IsOfAccount = true } : usual;
    }

    private static bool Has(WireError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
