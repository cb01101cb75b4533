using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Vertex;

/// <summary>
/// What only Vertex AI says: a token that has ended is had anew, a project without the service or without billing serves no model, and a model may be missing in a location or not be enabled. Errors before Claude are
/// Google's own, in Google's form, whatever protocol was spoken.
/// </summary>
internal sealed class VertexFailures : IFailureClassifier
{
    /// <summary>How Google says with a 400 that this project or location does not have a model.</summary>
    private static readonly string[] NoSuchModel = ["is not servable in region", "not allowed to use publisher model", "is not enabled", "unsupported region", "not supported in this region", "is not available in"];

    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var google = ReadGoogle(failure);
        var usual = StatusFailures.Instance.Classify(google is null ? failure : failure with { Error = google });
        var error = usual.Error;
        if (error.Kind == ErrorKind.Authentication) return usual with { Class = failure.OfRefusedToken };
        if (error.Kind is ErrorKind.Permission or ErrorKind.Billing && IsOfAccount(error)) return usual with { Class = FailureClass.Forbidden, IsOfAccount = true };
        if (error.Kind is ErrorKind.RateLimit && (Has(error, "per_day") || Has(error, "per day"))) return usual with { Class = FailureClass.QuotaExhausted };
        return error.EffectiveStatus == 400 && Array.Exists(NoSuchModel, words => Has(error, words)) ? usual with { Class = FailureClass.Gone } : usual;
    }

    /// <summary>An error of Google's before a model that is asked in another protocol; null where it is the protocol's own.</summary>
    private static WireError? ReadGoogle(in UpstreamFailure failure)
    {
        if (failure is not { Account: { } account, Model: { } model } || failure.Body.IsEmpty || VertexModule.ProtocolFor(account, model) == Protocol.Gemini) return null;
        var error = ProtocolRegistry.Upstream(Protocol.Gemini).ReadError(failure.Error.EffectiveStatus, failure.Body);
        // Google names its statuses in capitals (PERMISSION_DENIED); Anthropic's types are small.
        return error.Type is { Length: > 0 } word && word.All(static letter => char.IsAsciiLetterUpper(letter) || letter == '_') ? error with { RequestId = failure.Error.RequestId } : null;
    }

    /// <summary>A policy about models and what a model's own terms want is about that model; what the service and the project lack is about all of them.</summary>
    private static bool IsOfAccount(WireError error)
        => error.Code is "SERVICE_DISABLED" or "BILLING_DISABLED" or "CONSUMER_INVALID" or "CONSUMER_SUSPENDED" or "IAM_PERMISSION_DENIED" && !Has(error, "allowedModels");

    private static bool Has(WireError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
