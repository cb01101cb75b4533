using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Providers.Http;

/// <summary>What an error's kind and status mean where the provider has no words of its own for it.</summary>
public static class StatusFailures
{
    /// <summary>The failure class of an error.</summary>
    public static FailureClass ClassOf(WireError error) => error.Kind switch
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
        _ => FailureClass.InvalidRequest,
    };

    /// <summary>Some upstreams say "no such model" with a 400; another account may well have it.</summary>
    private static bool ModelIsRefused(WireError error)
        => error.Code is "model_not_found" or "model_not_supported"
            || (error.Message.Contains("model", StringComparison.OrdinalIgnoreCase)
                && (error.Message.Contains("does not exist", StringComparison.OrdinalIgnoreCase)
                    || error.Message.Contains("is not supported", StringComparison.OrdinalIgnoreCase)
                    || error.Message.Contains("not found", StringComparison.OrdinalIgnoreCase)));
}
