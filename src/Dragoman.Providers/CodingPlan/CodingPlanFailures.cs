using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.CodingPlan;

/// <summary>
/// What refusals mean where a coding plan pays. Vendors say with one status (429, 403) both that requests come too fast and that the plan is used up; the signs in the plan's row tell the two apart.
/// A plan that is used up or does not have a model is no fault of the key.
/// </summary>
internal sealed class CodingPlanFailures : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        if (Has(failure, CodingPlanAccountSchema.QuotaSigns)) return usual with { Class = FailureClass.QuotaExhausted, IsOfAccount = true };
        return Has(failure, CodingPlanAccountSchema.ModelSigns) ? usual with { Class = FailureClass.Gone } : usual;
    }

    private static bool Has(in UpstreamFailure failure, string option)
    {
        if (failure.Account is not { } account || !account.Options.TryGetValue(option, out var signs)) return false;
        var (error, own) = (failure.Error, failure.Body.IsEmpty ? default : VendorJson.ErrorOf(failure.Body));
        foreach (var line in signs.AsSpan().Split('\n'))
        {
            var sign = signs.AsSpan(line);
            if (sign.SequenceEqual(error.Code) || sign.SequenceEqual(error.Type) || sign.SequenceEqual(own.Code)) return true;
            // A bare number may stand for anything in a sentence.
            if (sign.ContainsAnyExceptInRange('0', '9') && (error.Message.AsSpan().Contains(sign, StringComparison.OrdinalIgnoreCase) || own.Words.AsSpan().Contains(sign, StringComparison.OrdinalIgnoreCase))) return true;
        }

        return false;
    }
}
