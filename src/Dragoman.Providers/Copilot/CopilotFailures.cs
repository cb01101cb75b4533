using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>The usual meanings, and what only Copilot says: a model that the user's or the organization's policy does not allow is refused with 403, which is about that model and neither the token nor the account.</summary>
internal sealed class CopilotFailures : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        if (failure.Error.Code is "model_not_supported" or "model_not_available_for_integrator" or "model_not_available") return usual with { Class = FailureClass.Gone };
        var isPolicy = failure.Error.Kind == ErrorKind.Permission && failure.Error.Message.Contains("model", StringComparison.OrdinalIgnoreCase);
        return isPolicy && usual.Class == FailureClass.Forbidden ? usual with { Class = FailureClass.Gone } : usual;
    }
}
