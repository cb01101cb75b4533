using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Providers.Http;

/// <summary>What an error's kind and status mean where the provider has no words of its own for it.</summary>
public static class StatusFailures
{
    private static readonly string[] NamedThings =
        ["thread", "previous response", "response with id", "item with id", "conversation", "cachedcontent", "file", "container", "vector store", "prompt with id"];

    /// <summary>The failure class of an error.</summary>
    public static FailureClass ClassOf(WireError error) => error.Kind switch
    {
        ErrorKind.ContextTooLong or ErrorKind.TooLarge => FailureClass.ContextTooLong,
        ErrorKind.ContentFiltered => FailureClass.ContentFiltered,
        ErrorKind.Authentication => FailureClass.AuthDead,
        ErrorKind.Billing => FailureClass.QuotaExhausted,
        ErrorKind.Permission => FailureClass.Forbidden,
        ErrorKind.NotFound => NamesAnId(error) ? FailureClass.InvalidRequest : FailureClass.Gone,
        ErrorKind.RateLimit => FailureClass.RateLimited,
        ErrorKind.Quota => FailureClass.QuotaExhausted,
        ErrorKind.Overloaded or ErrorKind.Unavailable => FailureClass.Capacity,
        ErrorKind.Timeout or ErrorKind.Api => FailureClass.Transient,
        ErrorKind.InvalidRequest when ModelIsRefused(error) => FailureClass.Gone,
        _ => FailureClass.InvalidRequest,
    };

    /// <summary>
    /// Some upstreams say "no such model" with a 400; another account may well have it. "This field is not supported with this model" is
    /// another matter: the request would be refused everywhere.
    /// </summary>
    private static bool ModelIsRefused(WireError error)
    {
        if (error.Code is "model_not_found" or "model_not_supported") return true;
        if (error.Code is "unsupported_parameter" or "unsupported_value" || error.Param is { Length: > 0 } and not "model") return false;
        return Has(error, "model") && !Has(error, "with this model") && !Has(error, "by this model") && !Has(error, "for this model")
            && (Has(error, "does not exist") || Has(error, "model is not supported") || Has(error, "model not found") || (Has(error, "not found") && !NamesAnId(error)));
    }

    /// <summary>
    /// Whether what was not found is something that the request names by its id: no other account would find it, the client has to hear it
    /// in these words (SDKs send a conversation again whose thread is lost), and the model must not rest for it.
    /// </summary>
    private static bool NamesAnId(WireError error)
        => error.Code is "previous_response_not_found" || (!Has(error, "model") && Array.Exists(NamedThings, thing => Has(error, thing)));

    private static bool Has(WireError error, string words) => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
