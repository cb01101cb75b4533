using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Kilo;

/// <summary>
/// What refusals of Kilo's gateway mean. Two of its 401 say nothing against the key: a paid model without credits, and the limit of a model that is free for a while
/// (codes in Kilo's own client, <c>errorUtils</c>, 2026).
/// </summary>
internal sealed class KiloFailures : IFailureClassifier
{
    private const string PaidModel = "PAID_MODEL_AUTH_REQUIRED";
    private const string PromotionLimit = "PROMOTION_MODEL_LIMIT_REACHED";

    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        return failure.Error.Code switch
        {
            PaidModel => usual with { Class = FailureClass.Forbidden },
            PromotionLimit => usual with { Class = FailureClass.QuotaExhausted },
            _ => usual,
        };
    }
}
