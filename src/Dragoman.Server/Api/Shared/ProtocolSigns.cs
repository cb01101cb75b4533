using Dragoman.Protocols;

namespace Dragoman.Server.Api.Shared;

/// <summary>By what a request shows that it belongs to the clients of a protocol, where no route of its own says so: its path, else headers that only they send.</summary>
/// <param name="Protocol">The protocol.</param>
internal sealed record ProtocolSigns(Protocol Protocol)
{
    /// <summary>First words of a path behind <c>/v1</c> that belong to its API alone. Words that several APIs have (<c>models</c>, <c>files</c>) are left to the headers.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Beginnings of its paths that are not behind <c>/v1</c>.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>Headers that its clients alone send.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>How the user agents of its clients begin.</summary>
    public IReadOnlyList<string> UserAgents { get; init; } = [];

    /// <summary>Whether a path is one of its API by more than its first words; asked before all else.</summary>
    public Func<string, bool> OwnsPath { get; init; } = static _ => false;
}
