using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Xai;

/// <summary>
/// What refusals mean where a plan pays: a token that has ended is refused with 401 or with 403 and "bad credentials"; free usage is by model; what only a paid plan may do is refused for the whole account
/// (wire notes cliproxyapi 6.10, logins-2026-11 section 7, "Plans").
/// </summary>
internal sealed class XaiFailures : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var error = failure.Error;
        if (Has(error, "free-usage-exhausted") || Has(error, "included free usage")) return usual with { Class = FailureClass.QuotaExhausted };
        if (Has(error, "spending-limit") || Has(error, "run out of credits") || Has(error, "used all available credits")) return usual with { Class = FailureClass.QuotaExhausted, IsOfAccount = true };
        if (error.Kind == ErrorKind.Authentication || (error.Kind is ErrorKind.Permission or ErrorKind.InvalidRequest && Has(error, "bad-credentials")) || (error.Kind == ErrorKind.Permission && Has(error, "bad credentials")))
            return usual with { Class = failure.OfRefusedToken };
        var isPlan = usual.Class == FailureClass.Forbidden && (Has(error, "supergrok") || Has(error, "premium") || Has(error, "subscription"));
        return isPlan ? usual with { IsOfAccount = true } : usual;
    }

    private static bool Has(WireError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase) || error.Code?.Contains(words, StringComparison.OrdinalIgnoreCase) == true;
}
