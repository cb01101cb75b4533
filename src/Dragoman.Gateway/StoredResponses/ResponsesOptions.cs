namespace Dragoman.Gateway.StoredResponses;

/// <summary><c>responses</c>: what the gateway keeps for clients of OpenAI Responses, and whether it talks to them over WebSockets.</summary>
public sealed record ResponsesOptions
{
    /// <summary><c>websocket</c>: whether <c>GET /v1/responses</c> may be upgraded; refused with 426 otherwise.</summary>
    public bool WebSocket { get; init; } = true;

    /// <summary><c>store-ttl</c>: how long a response is kept.</summary>
    public TimeSpan StoreTtl { get; init; } = TimeSpan.FromDays(30);

    /// <summary><c>store-max-mb</c>: how much all kept responses and conversations may take, in bytes here; the longest unused go first.</summary>
    public long StoreMaxBytes { get; init; } = 64L << 20;

    /// <summary><c>store-max-count</c>: how many responses are kept.</summary>
    public int StoreMaxCount { get; init; } = 10_000;
}
