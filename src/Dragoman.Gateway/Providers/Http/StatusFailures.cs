using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Providers.Http;

/// <summary>What an error's kind and status mean where the provider has no words of its own for it.</summary>
public static class StatusFailures
{
    private static readonly string[] OtherThings =
        ["thread", "previous response", "response with id", "item with id", "conversation", "cachedcontent", "file", "container", "vector store", "prompt with id"];

    /// <summary>The failure class of an error.</summary>
    public static FailureClass ClassOf(WireError error) => error.Kind switch
    {
        ErrorKind.ContextTooLong or ErrorKind.TooLarge => FailureClass.ContextTooLong,
        ErrorKind.ContentFiltered => FailureClass.ContentFiltered,
        ErrorKind.Authentication => FailureClass.AuthDead,
        ErrorKind.Billing => FailureClass.QuotaExhausted,
        ErrorKind.Permission => FailureClass.Forbidden,
        ErrorKind.NotFound when NamesAnotherThing(error) => FailureClass.InvalidRequest,
        ErrorKind.NotFound => FailureClass.Gone,
        ErrorKind.RateLimit => FailureClass.RateLimited,
        ErrorKind.Quota => FailureClass.QuotaExhausted,
        ErrorKind.Overloaded or ErrorKind.Unavailable => FailureClass.Capacity,
        ErrorKind.Timeout or ErrorKind.Api => FailureClass.Transient,
        ErrorKind.InvalidRequest when ModelIsRefused(error) => FailureClass.Gone,
        _ => FailureClass.InvalidRequest,
    };

    /// <summary>
    /// A thing that the request names, and not the model, is unknown: the client has to hear it in these words (the SDKs send a conversation
    /// again whose thread is lost), and the model must not rest for it.
    /// </summary>
    private static bool NamesAnotherThing(WireError error)
        => !error.Message.Contains("model", StringComparison.OrdinalIgnoreCase)
            && OtherThings.Any(thing => error.Message.Contains(thing, StringComparison.OrdinalIgnoreCase));

    /// <summary>Some upstreams say "no such model" with a 400; another account may well have it.</summary>
    private static bool ModelIsRefused(WireError error)
        => error.Code is "model_not_found" or "model_not_supported"
            || (error.Message.Contains("model", StringComparison.OrdinalIgnoreCase)
                && (error.Message.Contains("does not exist", StringComparison.OrdinalIgnoreCase)
                    || error.Message.Contains("is not supported", StringComparison.OrdinalIgnoreCase)
                    || error.Message.Contains("not found", StringComparison.OrdinalIgnoreCase)));
}
