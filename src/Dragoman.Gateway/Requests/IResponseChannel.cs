using System.IO.Pipelines;

namespace Dragoman.Gateway.Requests;

/// <summary>The way back to the client, as the relay sees it: headers once, then bytes.</summary>
public interface IResponseChannel
{
    /// <summary>Where the answer's bytes go; flush it after what the client shall see at once.</summary>
    PipeWriter Body { get; }

    /// <summary>Whether <see cref="Begin"/> was called.</summary>
    bool HasBegun { get; }

    /// <summary>Sets status, media type and headers. Nothing is sent before the first flush of <see cref="Body"/>.</summary>
    void Begin(int status, string contentType, AnswerHeaders headers);

    /// <summary>Breaks the connection off, because the client takes nothing any more. Where there is none, nothing happens.</summary>
    void Abort();
}

/// <summary>The headers of an answer that say what the gateway did, and those of the upstream that the client can use.</summary>
public sealed record AnswerHeaders
{
    /// <summary>SDKs of OpenAI and Anthropic, and Claude Code, try no more on this word: waiting a minute or two would not help.</summary>
    public static KeyValuePair<string, string> DoNotRetry { get; } = new("x-should-retry", "false");

    /// <summary>The id of this request in the gateway's own records.</summary>
    public string? Flow { get; init; }

    /// <summary>The request's id for the client, where it stands in the body too and the two must agree; null leaves it to the upstream's headers, else the flow.</summary>
    public string? RequestId { get; init; }

    /// <summary>The provider that answered.</summary>
    public string? Provider { get; init; }

    /// <summary>The account's label.</summary>
    public string? Account { get; init; }

    /// <summary>The upstream's model.</summary>
    public string? Model { get; init; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }

    /// <summary>What the translation could not carry, in short.</summary>
    public string? Losses { get; init; }

    /// <summary>How tokens were counted (<c>upstream</c>, <c>estimate</c>), or null.</summary>
    public string? TokenCount { get; init; }

    /// <summary>How long to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How the client stands with its limits (<c>x-ratelimit-*</c>).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Limits { get; init; } = [];

    /// <summary>How many bytes the body has, where that is known before it is written; null otherwise.</summary>
    public long? Length { get; init; }

    /// <summary>The upstream's own headers that travel on (request ids, rate limits).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Upstream { get; init; } = [];
}
