using Dragoman.Emulators.Faults;

namespace Dragoman.Emulators.Script;

/// <summary>A part of a scripted body, sent on its own after a wait.</summary>
/// <param name="Bytes">What is sent.</param>
/// <param name="Delay">How long to wait before.</param>
public readonly record struct ScriptedChunk(ReadOnlyMemory<byte> Bytes, TimeSpan Delay = default);

/// <summary>An answer prepared beforehand; it takes the place of whatever the emulator would have said, rules and all.</summary>
public sealed partial record ScriptedReply
{
    /// <summary>Only requests whose path contains this; null means any.</summary>
    public string? Path { get; init; }

    /// <summary>Only requests for this model (in the body or the path); null means any.</summary>
    public string? Model { get; init; }

    /// <summary>Only requests whose body contains this text; null means any.</summary>
    public string? BodyContains { get; init; }

    /// <summary>How often it is used before it leaves the queue; 0 or less means for ever.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The content type.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Further headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body, in the pieces it is written in. One piece without a delay is sent with a content length.</summary>
    public IReadOnlyList<ScriptedChunk> Chunks { get; init; } = [];

    /// <summary>What shall go wrong on the way.</summary>
    public Fault? Fault { get; init; }
}
