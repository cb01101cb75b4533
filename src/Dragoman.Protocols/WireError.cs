namespace Dragoman.Protocols;

/// <summary>What sort of error; each protocol has its own word and status for it.</summary>
public enum ErrorKind
{
    /// <summary>The request is malformed or asks the impossible: 400.</summary>
    InvalidRequest,

    /// <summary>The prompt is longer than the model takes: 400, with wording that clients match on.</summary>
    ContextTooLong,

    /// <summary>The key is missing or wrong: 401.</summary>
    Authentication,

    /// <summary>There is nothing left to pay with: 402.</summary>
    Billing,

    /// <summary>The key may not do this: 403.</summary>
    Permission,

    /// <summary>The model or thing is not there: 404.</summary>
    NotFound,

    /// <summary>The method does not fit the address: 405.</summary>
    MethodNotAllowed,

    /// <summary>The body is too large: 413.</summary>
    TooLarge,

    /// <summary>The body's encoding or type is not understood: 415.</summary>
    UnsupportedMedia,

    /// <summary>Too many requests or tokens: 429.</summary>
    RateLimit,

    /// <summary>A quota is used up until it resets: 429.</summary>
    Quota,

    /// <summary>The client left before the answer: 499.</summary>
    ClientClosed,

    /// <summary>The upstream or the gateway failed: 500, 502.</summary>
    Api,

    /// <summary>No upstream can take the request now: 503.</summary>
    Unavailable,

    /// <summary>The upstream took too long: 504.</summary>
    Timeout,

    /// <summary>The upstream is overloaded: 529 in Anthropic's protocol, 503 in others.</summary>
    Overloaded,

    /// <summary>A filter stopped it.</summary>
    ContentFiltered,

    /// <summary>Nobody can answer until the gateway's owner does something: 424, because clients repeat a 5xx for minutes, and take 401 and 403 for a fault of their own key.</summary>
    NeedsOwner,
}

/// <summary>An error on its way to a client, in no client's protocol.</summary>
public sealed record WireError(ErrorKind Kind, string Message)
{
    /// <summary>The HTTP status the upstream gave, or the one the gateway chose; null leaves it to the kind.</summary>
    public int? Status { get; init; }

    /// <summary>The upstream's own error type, kept where the client's protocol is the upstream's; or null.</summary>
    public string? Type { get; init; }

    /// <summary>A machine-readable code (<c>model_not_found</c>, <c>context_length_exceeded</c>), or null.</summary>
    public string? Code { get; init; }

    /// <summary>Which field is at fault, or null.</summary>
    public string? Param { get; init; }

    /// <summary>How long to wait before another try, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The request's id (the upstream's where it gave one), or null.</summary>
    public string? RequestId { get; init; }

    /// <summary>The protocol of <see cref="Type"/> and <see cref="Code"/>, or null for the gateway's own errors.</summary>
    public Protocol? Origin { get; init; }

    /// <summary>The HTTP status that goes with the error: <see cref="Status"/>, or what the kind means everywhere.</summary>
    public int EffectiveStatus => Status ?? Kind switch
    {
        ErrorKind.InvalidRequest or ErrorKind.ContextTooLong or ErrorKind.ContentFiltered => 400,
        ErrorKind.Authentication => 401,
        ErrorKind.Billing => 402,
        ErrorKind.Permission => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.MethodNotAllowed => 405,
        ErrorKind.TooLarge => 413,
        ErrorKind.UnsupportedMedia => 415,
        ErrorKind.NeedsOwner => 424,
        ErrorKind.RateLimit or ErrorKind.Quota => 429,
        ErrorKind.ClientClosed => 499,
        ErrorKind.Unavailable or ErrorKind.Overloaded => 503,
        ErrorKind.Timeout => 504,
        _ => 500,
    };

    /// <summary>What a bare HTTP status means.</summary>
    public static ErrorKind KindOf(int status) => status switch
    {
        401 => ErrorKind.Authentication,
        402 => ErrorKind.Billing,
        403 => ErrorKind.Permission,
        404 => ErrorKind.NotFound,
        405 => ErrorKind.MethodNotAllowed,
        408 or 504 => ErrorKind.Timeout,
        413 => ErrorKind.TooLarge,
        415 => ErrorKind.UnsupportedMedia,
        429 => ErrorKind.RateLimit,
        503 => ErrorKind.Unavailable,
        529 => ErrorKind.Overloaded,
        >= 400 and < 500 => ErrorKind.InvalidRequest,
        _ => ErrorKind.Api,
    };
}
