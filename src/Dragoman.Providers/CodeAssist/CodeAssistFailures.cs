using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodeAssist;

/// <summary>What only Code Assist says (wire notes codex-and-antigravity D.9): quotas and capacity are by model, what is wrong with a project or a person is of the account.</summary>
internal sealed class CodeAssistFailures : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var error = failure.Error;
        if (error.Kind == ErrorKind.Authentication) return usual with { Class = failure.OfRefusedToken };
        // Claude behind this service takes no reasoning that another has signed: it is asked once more without (check 77).
        if (error.Kind == ErrorKind.InvalidRequest && Has(error, "signature") && Has(error, "thinking")) return usual with { IsForeignReasoning = true };
        if (error.Code == "MODEL_CAPACITY_EXHAUSTED" || Has(error, "no capacity available")) return usual with { Class = FailureClass.Capacity };
        if (error.Code == "INSUFFICIENT_G1_CREDITS_BALANCE") return usual with { Class = FailureClass.QuotaExhausted };
        // The program is not served for personal accounts any more, a person has to be verified, or the project has not enabled the service: no model would be.
        var isOfAccount = Has(error, "no longer supported for gemini code assist") || (error.Kind == ErrorKind.Permission && (error.Code is "VALIDATION_REQUIRED" or "SERVICE_DISABLED" || Has(error, "violation of terms of service") || Has(error, "has not been used in project")));
        return isOfAccount ? usual with { Class = FailureClass.Forbidden, IsOfAccount = true } : usual;
    }

    private static bool Has(WireError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
