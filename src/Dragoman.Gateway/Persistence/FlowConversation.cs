namespace Dragoman.Gateway.Persistence;

/// <summary>The flows of one conversation, summed up.</summary>
public sealed record FlowConversation
{
    /// <summary>What ties its requests together.</summary>
    public required string Session { get; init; }

    /// <summary>When its first request came that is still kept.</summary>
    public DateTimeOffset FirstAt { get; init; }

    /// <summary>When its last request came.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>Its requests.</summary>
    public long Requests { get; init; }

    /// <summary>Of them, those that failed.</summary>
    public long Failures { get; init; }

    /// <summary>The upstreams' models that answered.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>The labels of the accounts that answered.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>What the clients of its first and last requests call themselves.</summary>
    public IReadOnlyList<string> UserAgents { get; init; } = [];

    /// <summary>Tokens of prompts.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens of answers.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Of the prompts, those from caches.</summary>
    public long CachedTokens { get; init; }

    /// <summary>What it cost in US dollars; null when no price is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>A first glimpse of what it is about; empty where bodies are not recorded.</summary>
    public string Preview { get; init; } = "";
}
