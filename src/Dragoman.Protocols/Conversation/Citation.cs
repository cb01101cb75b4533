using Dragoman.Protocols.Json;

namespace Dragoman.Protocols.Conversation;

/// <summary>A source that a piece of the answer is based on.</summary>
public sealed class Citation
{
    /// <summary>The page's address, or null.</summary>
    public string? Url { get; init; }

    /// <summary>The title of the page or document, or null.</summary>
    public string? Title { get; init; }

    /// <summary>The words cited, or empty.</summary>
    public JsonText CitedText { get; init; }

    /// <summary>Where in the answer's text the cited piece starts, in UTF-16 units, or null.</summary>
    public int? Start { get; init; }

    /// <summary>Where in the answer's text the cited piece ends (exclusive), or null.</summary>
    public int? End { get; init; }

    /// <summary>Which document of the request is cited, counted from 0, or null.</summary>
    public int? DocumentIndex { get; init; }

    /// <summary>The protocol the citation was read from.</summary>
    public Protocol Origin { get; init; }

    /// <summary>The citation as it stood in <see cref="Origin"/>; may be empty.</summary>
    public JsonSlice Raw { get; init; }
}
