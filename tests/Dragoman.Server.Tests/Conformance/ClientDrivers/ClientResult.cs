using System.Text.Json.Nodes;

namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>Why an answer ended, in the words that all languages share.</summary>
public enum Ending
{
    None,
    Stop,
    Length,
    Calls,
    Refused,
}

/// <summary>A call that a client was asked to make.</summary>
public sealed record ClientToolCall(string Id, string Name, string Arguments, bool Custom = false);

/// <summary>What an answer cost, the whole prompt counted as input.</summary>
public sealed record ClientUsage(long Input, long Output, long Cached, long Written, long Reasoning);

/// <summary>An error as a client reads it.</summary>
public sealed record ClientError(string? Type, string Message, string? Code = null);

/// <summary>What a client learnt from an answer.</summary>
public sealed record ClientResult
{
    public int Status { get; set; } = 200;

    public string Text { get; init; } = "";

    public string Reasoning { get; init; } = "";

    public IReadOnlyList<ClientToolCall> Calls { get; init; } = [];

    public Ending Ending { get; init; }

    public ClientUsage? Usage { get; init; }

    public ClientError? Error { get; set; }

    /// <summary>The answer in the client's own language, as it is sent back on the next turn.</summary>
    public JsonNode? Native { get; init; }

    /// <summary>The answer's bytes as text.</summary>
    public string Raw { get; set; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    public string Losses => Header("x-dragoman-losses") ?? "";
}
