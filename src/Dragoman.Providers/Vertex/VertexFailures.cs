using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>What only Vertex AI says: a token that has ended is had anew, and a project without the service or without billing serves no model.</summary>
internal sealed class VertexFailures : IFailureClassifier
{
    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var usual = StatusFailures.Instance.Classify(failure);
        var error = failure.Error;
        if (error.Kind == ErrorKind.Authentication) return usual with { Class = failure.Account?.Cell.Current.Credential is OAuthCredential { RefreshToken: not null } ? FailureClass.AuthExpired : FailureClass.AuthDead };
        var isOfAccount = error.Code is "SERVICE_DISABLED" or "BILLING_DISABLED" or "CONSUMER_INVALID" or "IAM_PERMISSION_DENIED";
        return error.Kind == ErrorKind.Permission && isOfAccount ? usual with { Class = FailureClass.Forbidden, IsOfAccount = true } : usual;
    }
}
