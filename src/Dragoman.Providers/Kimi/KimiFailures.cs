using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kimi;

/// <summary>
/// What refusals mean where a Kimi plan pays. One and the same 403 (<c>access_terminated_error</c>) says that the quota is used up, that the plan has no such use, or that the platform is not served: the account is
/// asked after the others for a while, and never given up (wire notes logins-2026-11, section 6).
/// </summary>
internal sealed class KimiFailures : IFailureClassifier
{
    private const string Terminated = "access_terminated_error";

    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var error = failure.Error;
        if (error.Type == Terminated || error.Code == Terminated || error.Message.Contains(Terminated, StringComparison.Ordinal) || failure.Body.Span.IndexOf("access_terminated_error"u8) >= 0)
            return usual with { Class = FailureClass.QuotaExhausted, IsOfAccount = true };
        return usual;
    }
}
