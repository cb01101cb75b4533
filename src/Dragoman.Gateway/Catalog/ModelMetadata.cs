using Dragoman.Protocols.Conversation;

namespace Dragoman.Gateway.Catalog;

/// <summary>What is known of a model apart from who serves it. A null is "not known".</summary>
public sealed record ModelMetadata
{
    /// <summary>The name people read (<c>Claude Sonnet 4.5</c>).</summary>
    public string? DisplayName { get; init; }

    /// <summary>Tokens the model takes in and gives out together.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Tokens an answer may have.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Whether it sees images.</summary>
    public bool? Images { get; init; }

    /// <summary>What it takes in: <c>text</c>, <c>image</c>, <c>audio</c>, <c>video</c>, <c>pdf</c>; empty when not known.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Whether it calls tools.</summary>
    public bool? Tools { get; init; }

    /// <summary>How it is told to reason.</summary>
    public ReasoningStyle Reasoning { get; init; }

    /// <summary>The effort words it takes, from the least to the most; empty when not known or not by effort.</summary>
    public IReadOnlyList<string> Efforts { get; init; } = [];

    /// <summary>Who made it (<c>anthropic</c>, <c>openai</c>, <c>google</c>, …), for <c>owned_by</c>.</summary>
    public string? Vendor { get; init; }

    /// <summary>When it came out, in Unix seconds, for <c>created</c>; 0 when not known.</summary>
    public long Created { get; init; }

    /// <summary>The day on which its maker stops to serve it, or has; null when none was announced.</summary>
    public DateOnly? Retires { get; init; }
}
