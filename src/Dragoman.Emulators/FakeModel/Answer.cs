namespace Dragoman.Emulators.FakeModel;

/// <summary>Why the answer ends.</summary>
internal enum Ending
{
    Stop,
    StopSequence,
    Length,
    Calls,
}

/// <summary>A piece of an answer.</summary>
internal abstract record Piece;

/// <summary>Reasoning before the answer.</summary>
internal sealed record ReasoningPiece(string Text) : Piece;

/// <summary>Text; Sources are what its first sentence cites.</summary>
internal sealed record TextPiece(string Text, IReadOnlyList<SearchResult>? Sources = null) : Piece;

/// <summary>A call of one of the client's tools. Input is JSON text, or free text for a custom tool.</summary>
internal sealed record CallPiece(string Id, string Name, ToolKind Kind, string Input) : Piece;

/// <summary>A search that the provider runs itself.</summary>
internal sealed record SearchPiece(string Id, string Query, IReadOnlyList<SearchResult> Results) : Piece;

/// <summary>One hit of a hosted search.</summary>
internal sealed record SearchResult(string Url, string Title);

/// <summary>The whole answer, before a family writes it in its own words.</summary>
internal sealed record Answer(IReadOnlyList<Piece> Pieces, Ending Ending, string? StopSequence, int OutputTokens, int ReasoningTokens);
