using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>
/// The usual meanings, and what only Copilot says: a model that the user's or the organization's policy does not allow is refused with 403, which is about that model and neither the token nor the account. A model that is refused to
/// the integration that the owner has chosen is asked for once more with that of GitHub's command line (wire notes logins-2026-11, section 8); one that is refused to that too is GitHub's editors' alone.
/// </summary>
/// <param name="integrations">Which models are refused to an owner's integration.</param>
internal sealed class CopilotFailures(CopilotIntegrations integrations) : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var error = failure.Error;
        var isIntegration = error.Code == "model_not_available_for_integrator" || (error.Kind == ErrorKind.Permission && error.Message.Contains("integrat", StringComparison.OrdinalIgnoreCase));
        if (isIntegration && failure is { Account: { } account, Model: { } model } && integrations.TryDefault(account, model.Id)) return usual with { Class = FailureClass.Transient };
        if (isIntegration || error.Code is "model_not_supported" or "model_not_available") return usual with { Class = FailureClass.Gone };
        var isPolicy = error.Kind == ErrorKind.Permission && error.Message.Contains("model", StringComparison.OrdinalIgnoreCase);
        return isPolicy && usual.Class == FailureClass.Forbidden ? usual with { Class = FailureClass.Gone } : usual;
    }
}
