namespace Dragoman.Gateway.Persistence;

/// <summary>By what an attempt reached its upstream.</summary>
public enum AttemptTransport
{
    /// <summary>HTTP, as nearly all are asked.</summary>
    Http,

    /// <summary>A WebSocket.</summary>
    WebSocket,

    /// <summary>HTTP, though the account wants a WebSocket: the upstream did not take the upgrade, or had not a moment before.</summary>
    HttpFallback,
}

/// <summary>The words for <see cref="AttemptTransport"/> in records and in the API.</summary>
public static class AttemptTransportNames
{
    /// <summary>The word for a transport.</summary>
    public static string Of(AttemptTransport transport) => transport switch
    {
        AttemptTransport.WebSocket => "websocket",
        AttemptTransport.HttpFallback => "http-fallback",
        _ => "http",
    };

    /// <summary>The transport of a word; null for none, and for one that is not known.</summary>
    public static AttemptTransport? Parse(string? word) => word switch
    {
        "http" => AttemptTransport.Http,
        "websocket" => AttemptTransport.WebSocket,
        "http-fallback" => AttemptTransport.HttpFallback,
        _ => null,
    };
}
