using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;

namespace Dragoman.Providers.Abstractions;

/// <summary>What an error's kind and status mean where the provider has no words of its own for it.</summary>
public sealed class StatusFailures : IFailureClassifier
{
    /// <summary>One for all.</summary>
    public static StatusFailures Instance { get; } = new();

    /// <summary>How upstreams say with a 400 or 422 that they do not have a model.</summary>
    private static readonly string[] NoSuchModel =
    [
        "does not exist", "not exist", "model is not supported", "model not supported", "model not found", "not a valid model", "invalid model", "unknown model", "unsupported model",
        "no such model", "decommissioned", "has been retired",
    ];

    /// <summary>How upstreams say with a 400 that they do not take a key (xAI, Gemini).</summary>
    private static readonly string[] BadKey = ["incorrect api key", "invalid api key", "api key not valid", "api key expired"];

    /// <inheritdoc/>
    public Failure Classify(in UpstreamFailure failure)
    {
        var wait = failure.Error.RetryAfter ?? RetryHints.Read(failure.Headers, failure.Now);
        var until = wait is { } delay ? failure.Now + delay : (DateTimeOffset?)null;
        var isRenewed = failure is { Error.Kind: ErrorKind.Authentication, OfRefusedToken: FailureClass.AuthExpired };
        return new Failure(isRenewed ? FailureClass.AuthExpired : ClassOf(failure.Error), failure.Error with { RetryAfter = wait }, until) { IsForeignReasoning = failure.Error.Code == "invalid_encrypted_content" };
    }

    /// <summary>The failure class of an error.</summary>
    public static FailureClass ClassOf(WireError error) => RequestScope.Find(error) ?? error.Kind switch
    {
        ErrorKind.ContextTooLong or ErrorKind.TooLarge => FailureClass.ContextTooLong,
        ErrorKind.ContentFiltered => FailureClass.ContentFiltered,
        ErrorKind.Authentication => FailureClass.AuthDead,
        ErrorKind.Billing => FailureClass.QuotaExhausted,
        ErrorKind.Permission => FailureClass.Forbidden,
        ErrorKind.NotFound => FailureClass.Gone,
        ErrorKind.RateLimit => FailureClass.RateLimited,
        ErrorKind.Quota => FailureClass.QuotaExhausted,
        ErrorKind.Overloaded or ErrorKind.Unavailable => FailureClass.Capacity,
        ErrorKind.Timeout or ErrorKind.Api => FailureClass.Transient,
        ErrorKind.InvalidRequest when ModelIsRefused(error) => FailureClass.Gone,
        ErrorKind.InvalidRequest when Any(error, BadKey) => FailureClass.AuthDead,
        // A gateway says so whose own accounts need their owner; another account may do better.
        ErrorKind.InvalidRequest when error.Status == 424 => FailureClass.Forbidden,
        _ => FailureClass.InvalidRequest,
    };

    /// <summary>
    /// Some upstreams say "no such model" with a 400; another account may well have it. "This field is not supported with this model" is
    /// another matter: the request would be refused everywhere.
    /// </summary>
    private static bool ModelIsRefused(WireError error)
    {
        if (error.Code is "model_not_found" or "model_not_supported" or "model_decommissioned" or "model_not_available") return true;
        if (error.Code is "unsupported_parameter" or "unsupported_value" || error.Param is { Length: > 0 } and not "model") return false;
        return Has(error, "model") && !Has(error, "with this model") && !Has(error, "by this model") && !Has(error, "for this model")
            && (Any(error, NoSuchModel) || (Has(error, "not found") && !RequestScope.NamesAThing(error)));
    }

    private static bool Any(WireError error, string[] words) => Array.Exists(words, word => Has(error, word));

    private static bool Has(WireError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
