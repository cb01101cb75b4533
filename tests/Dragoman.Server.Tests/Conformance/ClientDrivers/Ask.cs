using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>What a client asks, before its language has words for it.</summary>
public sealed record Ask
{
    public string Model { get; init; } = "m";

    public string? System { get; init; }

    public IReadOnlyList<Turn> Turns { get; init; } = [];

    public IReadOnlyList<ToolSpec> Tools { get; init; } = [];

    /// <summary>auto, none, required, or a tool's name.</summary>
    public string? Choice { get; init; }

    public bool? Parallel { get; init; }

    /// <summary>low, medium or high; null for no reasoning.</summary>
    public string? Effort { get; init; }

    public JsonObject? Schema { get; init; }

    public IReadOnlyList<string> Stops { get; init; } = [];

    public int MaxTokens { get; init; } = 8000;

    /// <summary>Members that go into the body as they are: what only one language has.</summary>
    public JsonObject? Extra { get; init; }

    public static Ask Of(string text) => new() { Turns = [Turn.User(text)] };

    /// <summary>The same conversation with more turns.</summary>
    public Ask Then(params Turn[] more) => this with { Turns = [.. Turns, .. more] };
}

/// <summary>A turn of a conversation.</summary>
public abstract record Turn
{
    public static UserTurn User(string text) => new(new TextPart(text));
}

public sealed record UserTurn(params IReadOnlyList<Part> Parts) : Turn;

/// <summary>An answer, sent back in the very form the client got it.</summary>
public sealed record ModelTurn(ClientResult Said) : Turn;

/// <summary>A model's turn that the client made itself.</summary>
public sealed record MadeTurn(string Text) : Turn;

public sealed record ResultsTurn(params IReadOnlyList<ToolResult> Results) : Turn;

/// <summary>Instructions in the middle of a conversation; only OpenAI's languages have a place for them.</summary>
public sealed record InstructionTurn(string Role, string Text) : Turn;

public abstract record Part;

public sealed record TextPart(string Text) : Part;

public sealed record ImagePart(string MediaType, string Base64) : Part;

public sealed record ImageUrlPart(string Url) : Part;

public sealed record ToolResult(ClientToolCall Call, string Text, bool IsError = false, ImagePart? Image = null);

/// <summary>A tool; without a schema it takes free text.</summary>
public sealed record ToolSpec(string Name, JsonObject? Schema);
